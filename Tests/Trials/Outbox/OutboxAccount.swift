import Delivery
import Sequencer

/// What must hold of an outbox whatever its traffic, seen from outside: it knows neither the oracle nor the library's inside.
struct OutboxAccount {
  private let world: OutboxWorld
  /// Per room and epoch, the highest number transmitted for the first time.
  private var tips: [[UInt64]: UInt64] = [:]
  /// Which message a number stands for: for ever.
  private var owners: [[UInt64]: UInt64] = [:]
  private var attempts: [UInt64: UInt32] = [:]
  /// Ids that ended, by being acknowledged or discarded.
  private var ended: Set<UInt64> = []
  private var statuses: [UInt64: DeliveryStatus] = [:]
  private var persisted: UInt64 = 0
  private var records: [UInt64: OutboxRecord<UInt64, UInt64>] = [:]
  private var isDown = false
  private var lastID: UInt64 = 0
  /// Messages up to this one were restored: what of them was transmitted before is not known.
  private var restoredThrough: UInt64 = 0
  private var opensAt: UInt64 = 0

  init(_ world: OutboxWorld) { self.world = world }

  /// A complaint, if an operation's outcome breaks a promise.
  mutating func enter(
    _ operation: OutboxOperation, _ reply: OutboxReply, _ before: OutboxView, _ machine: OutboxMachine
  ) -> String? {
    let view = machine.view
    if view.count > world.messages { return "more messages than the limit" }
    if view.inFlight > world.inFlight { return "more in flight than the limit" }
    if view.isDown, view.inFlight > 0 { return "in flight though the transport is down" }
    switch (operation, reply) {
    case (.down, _): isDown = true
    case (_, .enqueued(.queued(let id, _))): lastID = id.rawValue
    case (.up, _):
      isDown = false
      opensAt = machine.opensAt
    case (.heed, _):
      if let old = before.deadline, let new = view.deadline, new <= old { return "a deadline that stays" }
    case (.persisted(let sequence), _): persisted = max(persisted, sequence)
    case (.discard(let id), .discarded(.discarded)): ended.insert(id)
    case (_, .transmission(let flight?)): return enter(flight, machine)
    case (_, .event(let event?)): return enter(event)
    case (.restart, .restored):
      startAgain(after: lastID)
    case (.recover(let records, _), .restored):
      startAgain(after: records.map(\.id.rawValue).max() ?? 0)
    default: break
    }
    return nil
  }

  /// A new process knows less: what was not persisted is gone, and what was settled may be sent once more.
  private mutating func startAgain(after known: UInt64) {
    self = OutboxAccount(world)
    lastID = known
    restoredThrough = known
  }

  private mutating func enter(_ flight: OutboxFlight, _ machine: OutboxMachine) -> String? {
    if isDown || machine.now < opensAt { return "sent while the transport is down" }
    if ended.contains(flight.id) { return "sent after its end" }
    if flight.base > flight.number || flight.number == 0 { return "a base above its number" }
    let room = [flight.conversation, UInt64(flight.epoch)]
    let number = room + [flight.number]
    if let owner = owners[number], owner != flight.id { return "a number used twice" }
    if owners[number] == nil, let tip = tips[room], flight.number < tip, attempts[flight.id] == nil,
      flight.id > restoredThrough
    {
      return "first sent behind a higher number"
    }
    owners[number] = flight.id
    tips[room] = max(tips[room] ?? 0, flight.number)
    if flight.attempt < attempts[flight.id] ?? 0 { return "an attempt that goes back" }
    attempts[flight.id] = flight.attempt
    if world.persists, let record = records[flight.id] {
      if record.sequence > persisted, case .message(_, _, .sending, _, _) = record.content {
        return "sent before it was persisted"
      }
      if case .message(let message, _, _, _, _) = record.content, message != flight.message {
        return "sent other than persisted"
      }
    }
    return nil
  }

  private mutating func enter(_ event: OutboxTold) -> String? {
    switch event {
    case .persist(let record):
      records[record.id.rawValue] = record
      return nil
    case .status(let id, _, let status), .failed(let id, _, let status, _):
      if ended.contains(id) { return "told of after its end" }
      if let known = statuses[id], status < known { return "a status that steps back" }
      statuses[id] = status
      if status >= .sent { ended.insert(id) }
      return nil
    }
  }
}
