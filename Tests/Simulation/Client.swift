import Choosing
import Delivery
import Sequencer

/// A device that sends: a person, an outbox, and a store for its records.
final class Client {
  let index: Int
  var outbox: Outbox<UInt64, UInt64>
  let configuration: OutboxConfiguration
  var clock: NodeClock
  /// Rises when the store is lost, with all that the outbox knew.
  var epoch: UInt32 = 1

  /// All records, in order; those behind `stored` are not on the disk yet.
  var journal: [OutboxRecord<UInt64, UInt64>] = []
  var stored = 0
  var storesAt: UInt64?

  /// Which letter has which number, by room and epoch, as it was seen on the wire.
  private var numbers: [[(epoch: UInt32, letters: [UInt64])]]
  var serials: [UInt64: Int] = [:]
  private(set) var lettersLeft: Int
  private var thinksAt: UInt64 = 0
  /// When its link is whole again; nil: it is.
  var healsAt: UInt64?
  /// When the crashed device is started again; nil: it runs.
  var startsAt: UInt64?

  var isDone: Bool { lettersLeft == 0 && startsAt == nil }

  init(_ index: Int, in world: World) {
    self.index = index
    clock = NodeClock(origin: world.choices.pick([0, 1, 1_700_000_000_000_000_000, 1 << 40]))
    configuration = Client.configuration(in: world)
    outbox = Outbox(configuration, epoch: 1, seed: world.choices.next())
    numbers = Array(repeating: [], count: world.scale.rooms)
    lettersLeft = world.scale.letters / world.scale.clients + 1
  }

  private static func configuration(in world: World) -> OutboxConfiguration {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = !world.choices.chance(25)
    configuration.acknowledgementTimeout = world.choices.pick([.seconds(5), .seconds(1), .seconds(20)])
    configuration.inFlightPerConversation = world.choices.pick([5, 1, 2, 50])
    configuration.inFlightLimit = world.choices.pick([256, 1, 3])
    configuration.messageLimit = world.choices.pick([65_536, 4, 40])
    configuration.lifetime = world.choices.pick([nil, nil, .seconds(30), .seconds(3_600)])
    configuration.afterFailure = world.choices.pick([.goOn, .goOn, .hold])
    configuration.returnSpread = world.choices.pick([.seconds(2), .zero])
    configuration.inFlightAfterOutage = world.choices.pick([5, 1])
    configuration.backoff = world.choices.pick([
      Backoff(), Backoff(maximumAttempts: 3), Backoff(base: .zero, jitter: .none),
      Backoff(base: .milliseconds(1), cap: .seconds(2), maximumAttempts: .max, deadline: .seconds(600)),
    ])
    if world.scale.isCrowd {
      configuration = OutboxConfiguration()
      configuration.inFlightPerConversation = 100
    }
    return configuration
  }

  func start(in world: World) { world.wake(.client(index), at: 0) }

  // MARK: - The driving loop

  func wake(in world: World) {
    if let startsAt {
      guard world.now >= startsAt else { return world.wake(.client(index), at: startsAt) }
      restart(in: world)
    }
    if let healsAt, world.now >= healsAt { heal(in: world) }
    let at = clock.read(world.now)
    outbox.advance(to: at)
    if lettersLeft > 0, world.now >= thinksAt { think(at, in: world) }
    if let storesAt, world.now >= storesAt { store(in: world) }
    settle(in: world)
  }

  /// Drains what the outbox has, and sees when to come again.
  func settle(in world: World) {
    let at = clock.read(world.now)
    hear(in: world)
    while let transmission = outbox.nextTransmission(at: at) {
      register(transmission, in: world)
      world.send(.message(client: index, transmission))
    }
    hear(in: world)
    world.check(outbox.count <= configuration.messageLimit, "client \(index): \(outbox.count) messages")
    world.check(outbox.inFlightCount <= configuration.inFlightLimit, "client \(index): too many in flight")
    if let deadline = outbox.nextDeadline {
      world.check(deadline.nanoseconds >= clock.newest, "client \(index): a deadline in the past")
      world.wake(.client(index), at: max(clock.time(of: deadline), world.now + 1))
    }
    if lettersLeft > 0 { world.wake(.client(index), at: thinksAt) }
    if let healsAt { world.wake(.client(index), at: healsAt) }
    if let storesAt { world.wake(.client(index), at: storesAt) }
  }

  // MARK: - People

  private func think(_ at: Instant, in world: World) {
    thinksAt = world.now + world.choices.upTo(world.weather.think) * 1_000
    if world.weather.heartbeats, world.choices.chance(10) { beat(in: world) }
    if world.choices.chance(world.weather.cancels) { return changeMind(at, in: world) }
    write(at, in: world)
  }

  private func write(_ at: Instant, in world: World) {
    let room = UInt64(world.choices.below(world.scale.rooms))
    let serial = world.letters[index].count
    let word = Letter.word(client: index, serial: serial)
    let lifetime: Duration? = world.choices.chance(3) ? .milliseconds(900) : nil
    switch outbox.enqueue(word, to: room, at: at, lifetime: lifetime) {
    case .queued(let id, let number):
      world.tell("client \(index) writes \(serial) to room \(room): number \(number)")
      lettersLeft -= 1
      var letter = Letter(room: room)
      letter.id = id.rawValue
      letter.isUnwelcome = world.choices.chance(world.weather.unwelcome)
      world.letters[index].append(letter)
      serials[id.rawValue] = serial
      world.totals.attempted += 1
    case .rejected(.full):
      world.see(.outboxFull)
      thinksAt = max(thinksAt, world.now + 100_000_000)
      // People give up, too.
      if world.choices.chance(10) { lettersLeft -= 1 }
    case .rejected(let why): world.violate(.broken, "client \(index): a message was not taken: \(why)")
    }
    if world.choices.chance(5) { world.server.type(index, room: Int(room), in: world) }
  }

  /// Takes back, edits, or sends again what is not settled.
  private func changeMind(_ at: Instant, in world: World) {
    let serial = world.choices.below(world.letters[index].count)
    guard serial > 0, outbox.status(of: MessageID(rawValue: world.letters[index][serial].id)) != nil,
      serials[world.letters[index][serial].id] == serial
    else { return }
    let id = MessageID(rawValue: world.letters[index][serial].id)
    switch world.choices.below(3) {
    case 0: cancel(serial, id, at, in: world)
    case 1:
      // The content stays what it is: only whether it may be replaced is looked at.
      let outcome = outbox.replace(id, with: Letter.word(client: index, serial: serial))
      if outcome == .replaced { world.see(.replaced) }
      world.check(
        outcome != .replaced || world.letters[index][serial].place == 0, "\(serial) was replaced after it arrived")
    default:
      if configuration.persistsFirst { compact(in: world) }
    }
  }

  private func cancel(_ serial: Int, _ id: MessageID, _ at: Instant, in world: World) {
    switch outbox.cancel(id, at: at) {
    case .cancelled:
      world.see(.cancelledInTime)
      world.check(world.letters[index][serial].place == 0, "\(serial) was cancelled for certain after it arrived")
      world.letters[index][serial].mustNotArrive = true
    case .mayHaveArrived:
      world.see(.cancelledTooLate)
      world.letters[index][serial].isGivenUp = true
    case .alreadyFailed, .unknown: break
    }
  }

  private func beat(in world: World) {
    for room in 0..<UInt64(world.scale.rooms) {
      guard let (tip, _) = outbox.reach(of: room), tip > 0 else { continue }
      world.send(.heartbeat(client: index, room: room, epoch: roomEpoch(room), tip: tip))
    }
  }

  private func roomEpoch(_ room: UInt64) -> UInt32 { numbers[Int(room)].last?.epoch ?? epoch }

  /// What people say in the end: nothing new, and what failed is let go.
  func calmDown(in world: World) {
    if startsAt != nil { startsAt = world.now }
    clock.correct(at: world.now)
    lettersLeft = 0
    heal(in: world)
    world.wake(.client(index), at: world.now)
  }

  var restless: String? {
    if startsAt != nil { return "client \(index) is not running" }
    if outbox.count > 0 { return "client \(index) has \(outbox.count) messages" }
    return outbox.nextDeadline == nil ? nil : "client \(index) has a deadline without a message"
  }

  // MARK: - What goes out

  /// A number names one message for ever, and later messages have higher ones.
  private func register(_ transmission: Transmission<UInt64, UInt64>, in world: World) {
    let serial = Letter.serial(of: transmission.message)
    let room = Int(transmission.conversation)
    world.mark(transmission.message ^ transmission.number << 20)
    world.tell(
      "client \(index) sends \(serial): \(transmission.epoch).\(transmission.number), attempt \(transmission.attempt)")
    let letter = world.letters[index][serial]
    world.check(letter.room == transmission.conversation, "\(serial) goes to another room")
    world.check(!configuration.persistsFirst || letter.isPromised, "\(serial) was sent before it was stored")
    world.check(!letter.mustNotArrive, "\(serial) was sent after it was cancelled for certain")
    world.check(transmission.base <= transmission.number, "the base of \(serial) lies above it")
    world.check(startsAt == nil && !outbox.isTransportDown, "sent during an outage")
    if transmission.attempt > 1 { world.see(.attemptFailed) }
    let number = Int(transmission.number)
    if numbers[room].last?.epoch != transmission.epoch { numbers[room].append((transmission.epoch, [0])) }
    let line = numbers[room].count - 1
    while numbers[room][line].letters.count <= number { numbers[room][line].letters.append(0) }
    let known = numbers[room][line].letters[number]
    if known == 0 {
      numbers[room][line].letters[number] = UInt64(serial)
      checkOrder(of: serial, number, numbers[room][line].letters, in: world)
    } else if known != UInt64(serial) {
      world.violate(.broken, "number \(number) of room \(room) was \(known), and is \(serial)")
    }
    (world.letters[index][serial].epoch, world.letters[index][serial].number) = (
      transmission.epoch, transmission.number
    )
  }

  private func checkOrder(of serial: Int, _ number: Int, _ line: [UInt64], in world: World) {
    if world.letters[index][serial].isRenumbered { return }
    var before = number - 1
    while before > 0, line[before] == 0 || world.letters[index][Int(line[before])].isRenumbered { before -= 1 }
    if before > 0, line[before] > UInt64(serial) {
      world.violate(.reordered, "client \(index): \(serial) has number \(number), and \(line[before]) an earlier one")
    }
  }

  /// Which letter went out under a number; 0: none.
  func letter(room: UInt64, epoch: UInt32, number: UInt64) -> UInt64 {
    guard let line = numbers[Int(room)].last(where: { $0.epoch == epoch }), number < line.letters.count else {
      return 0
    }
    return line.letters[Int(number)]
  }
}
