import Delivery
import Sequencer

/// The outbox of the design, as plainly as it can be said: a list of messages, and everything found by looking through it.
package struct NaiveOutbox {
  enum State { case unwritten, writing, waiting, inFlight, backingOff, due, failed, gone }

  struct Item {
    let id: UInt64
    let room: UInt64
    var content: UInt64
    var number: UInt64?
    var epoch: UInt32
    var state = State.waiting
    var status = DeliveryStatus.sending(round: 0)
    var attempt: UInt32 = 1
    var failures: UInt32 = 0
    var mayHaveArrived = false
    /// Under the number that it has now.
    var numberMayHaveArrived = false
    var wasTransmitted = false
    var isHolding = false
    var began: UInt64?
    var lifetime: UInt64?
    var expiresAt: UInt64?
    /// In flight: when the acknowledgement is overdue. Backing off: when that ends.
    var dueAt: UInt64?
    var expiryStarted = 0
    var clockStarted = 0
    var sequence: UInt64 = 0
    var owesPersist = false
    var owesStatus = false
  }

  struct Room {
    let key: UInt64
    var epoch: UInt32
    var next: UInt64 = 1
    var highest: UInt64 = 0
  }

  let world: OutboxWorld
  var epoch: UInt32
  var items: [Item] = []
  var rooms: [Room] = []
  /// Rooms that can send, in turn.
  var turns: [UInt64] = []
  /// Ids of which there is something to tell, the first first.
  var line: [UInt64] = []
  var newest: UInt64 = 0
  var lastID: UInt64 = 0
  package internal(set) var lastSequence: UInt64 = 0
  var clocks = 0
  var isDown = false
  var lostAt: UInt64 = 0
  var opensAt: UInt64 = 0
  var allowed: Int
  var journal: [OutboxRecord<UInt64, UInt64>] = []

  init(_ world: OutboxWorld) {
    self.world = world
    epoch = world.epoch
    allowed = world.inFlight
  }

  var view: OutboxView {
    OutboxView(
      count: items.count, inFlight: items.count { $0.state == .inFlight }, deadline: deadline, isDown: isDown)
  }

  /// The first moment at which time alone changes something.
  var deadline: UInt64? {
    var moments = items.compactMap { isSending($0) ? $0.expiresAt : nil }
    if !isDown {
      moments += items.compactMap { $0.state == .inFlight || $0.state == .backingOff ? $0.dueAt : nil }
      if opensAt > newest, !turns.isEmpty { moments.append(opensAt) }
    }
    return moments.filter { $0 < 1 << 63 }.min().map { max($0, newest) }
  }

  // MARK: - Looking

  func place(_ id: UInt64) -> Int? { items.firstIndex { $0.id == id && $0.state != .gone } }
  func room(_ key: UInt64) -> Int? { rooms.firstIndex { $0.key == key } }

  func place(number: UInt64, in key: UInt64) -> Int? {
    items.firstIndex { $0.room == key && $0.number == number && $0.state != .gone }
  }

  func isSending(_ item: Item) -> Bool { item.state != .failed && item.state != .gone }
  func holdsPlace(_ item: Item) -> Bool { [.inFlight, .backingOff, .due].contains(item.state) }

  /// Places of a room's open messages, by number.
  func open(in key: UInt64) -> [Int] {
    items.indices.filter { items[$0].room == key && items[$0].number != nil && items[$0].state != .gone }
      .sorted { items[$0].number! < items[$1].number! }
  }

  /// What a room would send now.
  func candidate(in key: UInt64) -> Int? {
    if items.contains(where: { $0.room == key && $0.isHolding }) { return nil }
    let open = open(in: key)
    let due = open.first { items[$0].state == .due }
    var fresh = open.first { [.unwritten, .writing, .waiting].contains(items[$0].state) }
    if let first = fresh, items[first].state != .waiting { fresh = nil }
    if open.count(where: { holdsPlace(items[$0]) }) >= world.places { fresh = nil }
    guard let due, let fresh else { return due ?? fresh }
    return items[due].number! < items[fresh].number! ? due : fresh
  }

  mutating func update(_ key: UInt64) {
    let canSend = candidate(in: key) != nil
    if !canSend { turns.removeAll { $0 == key } } else if !turns.contains(key) { turns.append(key) }
  }

  // MARK: - Changing

  mutating func note(_ now: UInt64) { newest = max(newest, now) }

  mutating func tell(_ place: Int, status: Bool, persist: Bool = true) {
    if status { items[place].owesStatus = true }
    if persist, world.persists { items[place].owesPersist = true }
    let item = items[place]
    if item.owesStatus || item.owesPersist {
      if !line.contains(item.id) { line.append(item.id) }
    } else {
      line.removeAll { $0 == item.id }
      if item.state == .gone { items.remove(at: place) }
    }
  }

  mutating func beginRound(_ place: Int) {
    items[place].state = world.persists ? .unwritten : .waiting
    items[place].failures = 0
    items[place].began = nil
    if let lifetime = items[place].lifetime {
      clocks += 1
      items[place].expiresAt = newest + lifetime
      items[place].expiryStarted = clocks
    }
    if world.persists { tell(place, status: false) }
    update(items[place].room)
  }

  mutating func settle(_ place: Int) {
    items[place].status = .sent
    items[place].number = nil
    items[place].state = .gone
    items[place].isHolding = false
    tell(place, status: true)
    allowed = min(allowed + 1, world.inFlight)
  }

  mutating func fail(_ place: Int, _ reason: FailureReason, voids: Bool) {
    if voids {
      items[place].number = nil
      items[place].numberMayHaveArrived = false
    }
    if case .sending(let round) = items[place].status { items[place].status = .failed(round: round, reason: reason) }
    items[place].state = .failed
    items[place].expiresAt = nil
    items[place].attempt += 1
    items[place].wasTransmitted = false
    items[place].isHolding = world.holds && reason != .cancelled
    tell(place, status: true)
  }

  mutating func failAttempt(_ place: Int, retryAfter: UInt64? = nil) {
    items[place].failures += 1
    let failures = items[place].failures
    let elapsed = newest - (items[place].began ?? newest)
    var wait = world.base
    for _ in 1..<max(failures, 1) where wait < world.cap { wait = min(wait * 2, world.cap) }
    wait = min(wait, world.cap)
    if let retryAfter { wait = max(wait, min(retryAfter, 900_000_000_000)) }
    if failures >= world.attempts || elapsed >= world.patience || wait > world.patience - elapsed {
      return fail(place, .expired, voids: false)
    }
    clocks += 1
    items[place].attempt += 1
    items[place].state = .backingOff
    items[place].wasTransmitted = false
    items[place].dueAt = newest + wait
    items[place].clockStarted = clocks
  }

  mutating func advance(to now: UInt64) {
    note(now)
    while let place = first(where: { isSending($0) && $0.expiresAt != nil }, by: { ($0.expiresAt!, $0.expiryStarted) }),
      items[place].expiresAt! <= newest
    {
      let key = items[place].room
      fail(place, .expired, voids: !items[place].numberMayHaveArrived)
      update(key)
    }
    if isDown { return }
    while let place = first(where: { $0.state == .inFlight }, by: { ($0.dueAt!, $0.clockStarted) }),
      items[place].dueAt! <= newest
    {
      let key = items[place].room
      failAttempt(place)
      update(key)
    }
    while let place = first(where: { $0.state == .backingOff }, by: { ($0.dueAt!, $0.clockStarted) }),
      items[place].dueAt! <= newest
    {
      items[place].state = .due
      update(items[place].room)
    }
  }

  private func first(where isOne: (Item) -> Bool, by key: (Item) -> (UInt64, Int)) -> Int? {
    items.indices.filter { isOne(items[$0]) }.min { key(items[$0]) < key(items[$1]) }
  }
}
