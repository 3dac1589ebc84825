import Delivery

/// An outbox and the oracle side by side: every operation is done on both, and all that can be seen is compared.
package struct OutboxTrial {
  let machine: OutboxMachine
  package private(set) var oracle: NaiveOutbox
  private var account: OutboxAccount
  /// How often it was seen that something happened.
  package private(set) var sightings: [OutboxSighting: Int] = [:]

  package init(_ world: OutboxWorld, seed: UInt64) {
    machine = OutboxMachine(world, seed: seed)
    oracle = NaiveOutbox(world)
    account = OutboxAccount(world)
  }

  /// Does one operation; what went wrong, if anything did.
  package mutating func step(_ operation: OutboxOperation) -> String? {
    let before = machine.view
    let actual = machine.apply(operation)
    if case .up = operation, oracle.isDown {
      let newest = max(oracle.newest, machine.now)
      let latest = newest + min(newest - oracle.lostAt, oracle.world.spread)
      if !(newest...latest ~= machine.opensAt) { return "the wait after the outage ends at \(machine.opensAt)" }
    }
    let expected = oracle.apply(operation, at: time(of: operation), opensAt: machine.opensAt)
    if plain(actual) != plain(expected) { return "\(operation)\n  expected \(expected)\n  actual   \(actual)" }
    let view = machine.view
    if view != oracle.view { return "\(operation)\n  expected \(oracle.view)\n  actual   \(view)" }
    if let complaint = account.enter(operation, actual, before, machine) { return "\(operation): \(complaint)" }
    if let sighting = OutboxSighting(operation, actual, before, view) { sightings[sighting, default: 0] += 1 }
    return nil
  }

  private func time(of operation: OutboxOperation) -> UInt64 {
    if case .slip(let nanoseconds) = operation { machine.now - min(machine.now, nanoseconds) } else { machine.now }
  }

  /// Compacted records in an order of their own: the library's is that of its slots.
  private func plain(_ reply: OutboxReply) -> OutboxReply {
    guard case .restored(let records) = reply else { return reply }
    let unnumbered = records.map {
      var record = $0
      record.sequence = 0
      return record
    }
    func rank(_ record: OutboxRecord<UInt64, UInt64>) -> (UInt64, UInt64, Int) {
      (record.id.rawValue, record.conversation, record.content == .conversation ? 0 : 1)
    }
    return .restored(unnumbered.sorted { rank($0) < rank($1) })
  }

  /// The faults stop: everything is persisted, transmitted and acknowledged, and what failed is discarded. Nothing may remain.
  package mutating func finish() -> String? {
    var todo: [OutboxOperation] = [.up]
    for _ in 0..<5_000 {
      if todo.isEmpty {
        if oracle.items.isEmpty { return machine.view.deadline == nil ? nil : "a deadline without a message" }
        todo.append(oracle.line.isEmpty ? .transmit : .event)
        if oracle.items.contains(where: { $0.state == .writing }) { todo.append(.persisted(oracle.lastSequence)) }
        for item in oracle.items where item.state == .failed { todo.append(.discard(item.id)) }
        for item in oracle.items where item.state == .inFlight {
          todo.append(.echo(item.number!, epoch: oracle.rooms[oracle.room(item.room)!].epoch, in: item.room))
        }
        if todo == [.transmit], oracle.turns.isEmpty || oracle.newest < oracle.opensAt { todo.append(.heed) }
      }
      if let failure = step(todo.removeFirst()) { return "at the end: \(failure)" }
    }
    return "at the end: \(oracle.items.count) messages remain: \(oracle.items.prefix(2))"
  }
}
