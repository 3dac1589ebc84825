import Choosing
import Delivery
import Sequencer

/// A sending device's disk, and how it comes back from a crash.
extension Client {
  /// What was written is on the disk; the outbox hears of it, and its messages may go.
  func store(in world: World) {
    storesAt = nil
    guard let last = journal.last else { return }
    promise(journal[stored...], in: world)
    stored = journal.count
    outbox.persisted(through: last.sequence)
    if journal.count > 400, world.choices.chance(30) { compact(in: world) }
  }

  private func promise(_ records: ArraySlice<OutboxRecord<UInt64, UInt64>>, in world: World) {
    for record in records {
      guard case .message(let word, _, _, _, _) = record.content else { continue }
      let serial = Letter.serial(of: word)
      if !world.letters[index][serial].isPromised { world.totals.promised += 1 }
      world.letters[index][serial].isPromised = true
    }
  }

  /// Exchanges all records for those that are needed. They are written whole, or not at all.
  func compact(in world: World) {
    world.see(.compacted)
    journal = []
    outbox.compact { journal.append($0) }
    promise(journal[...], in: world)
    stored = journal.count
    if let last = journal.last { outbox.persisted(through: last.sequence) }
  }

  // MARK: - Crashing

  func crash(losingStore: Bool, in world: World) {
    guard startsAt == nil else { return }
    world.totals.crashes += 1
    world.tell("client \(index) crashes\(losingStore ? " and loses its store" : "")")
    startsAt = world.now + world.choices.upTo(world.weather.pause) * 1_000
    world.wake(.client(index), at: startsAt!)
    storesAt = nil
    // Of what was being written, some may have got there.
    let kept = min(journal.count, stored + world.choices.below(journal.count - stored + 1))
    journal.removeLast(journal.count - kept)
    promise(journal[stored...], in: world)
    stored = kept
    if losingStore || !configuration.persistsFirst { journal = [] }
    if losingStore { world.see(.storeLost) }
  }

  func restart(in world: World) {
    startsAt = nil
    clock.restart()
    if journal.isEmpty {
      stored = 0
      epoch += 1
      forget(in: world)
    }
    outbox = Outbox(configuration, epoch: epoch, seed: world.choices.next())
    var records = journal
    if world.choices.chance(50) { world.choices.shuffle(&records) }
    do { try outbox.restore(records, at: clock.read(world.now)) } catch {
      return world.violate(.lost, "client \(index) cannot restore its own records: \(error)")
    }
    world.tell("client \(index) restarts with \(outbox.count) messages")
    if !journal.isEmpty { compare(in: world) }
  }

  /// All that was known is gone: messages that did not arrive will not come.
  private func forget(in world: World) {
    serials = [:]
    for serial in world.letters[index].indices.dropFirst() {
      world.letters[index][serial].isGivenUp = true
      world.letters[index][serial].told = .sending(round: 0)
    }
  }

  /// What was promised is there again, unless the records say that it is settled.
  private func compare(in world: World) {
    world.see(.restored)
    var isGone: [UInt64: (sequence: UInt64, isGone: Bool)] = [:]
    for record in journal {
      if case .conversation = record.content { continue }
      if let known = isGone[record.id.rawValue], known.sequence > record.sequence { continue }
      isGone[record.id.rawValue] = (record.sequence, record.content == .gone)
    }
    for serial in world.letters[index].indices.dropFirst() {
      world.letters[index][serial].told = .sending(round: 0)
      let letter = world.letters[index][serial]
      guard serials[letter.id] == serial else { continue }
      if let status = outbox.status(of: MessageID(rawValue: letter.id)) {
        resume(serial, status, in: world)
      } else if letter.isGivenUp {
        continue
      } else if let record = isGone[letter.id] {
        if !record.isGone { world.violate(.lost, "\(serial) is in the records of client \(index), and not restored") }
      } else if letter.isPromised, letter.status < .sent, !letter.mustNotArrive {
        world.violate(.lost, "\(serial) of client \(index) was stored, and is gone")
      } else {
        // It was never stored, or it is settled and compaction has dropped it.
        if !letter.isPromised { world.see(.recordsLost) }
        world.letters[index][serial].isGivenUp = true
        serials[letter.id] = nil
      }
    }
  }

  /// A message is back as it was when it was last stored: what was decided since then is decided again.
  private func resume(_ serial: Int, _ status: DeliveryStatus, in world: World) {
    world.totals.recovered += 1
    world.letters[index][serial].mustNotArrive = false
    // What had failed is not told again: the records say it, and somebody has to decide.
    guard case .failed = status else { return }
    world.letters[index][serial].isGivenUp = true
    outbox.discard(MessageID(rawValue: world.letters[index][serial].id), at: clock.read(world.now))
  }
}
