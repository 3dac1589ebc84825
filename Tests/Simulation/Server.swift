import Choosing
import Delivery
import Sequencer

/// The server: it puts senders' messages in order, gives them the numbers of their rooms, stores them, and only then
/// acknowledges and publishes.
final class Server {
  var sequencer: Sequencer<StreamPair, UInt64>
  var numbering: Numbering<UInt64>
  let configuration: SequencerConfiguration
  var clock: NodeClock

  /// How each sender's line stands, by client and room.
  var lines: [LineAccount]
  var disk: Disk
  /// Streams to be acknowledged with the next commit.
  var unacknowledged: [Bool]
  var commitsAt: UInt64?
  var diskFailsUntil: UInt64 = 0

  /// What has been read from the network and not been looked at.
  var inbox: [Packet] = []
  var readsAt: UInt64?
  let readsInBatches: Bool

  var rooms: Rooms
  var startsAt: UInt64?
  /// Clocks of streams stand still until then.
  var standsStillUntil: UInt64?
  private var evictsAt: UInt64 = 0

  // What the sequencer says during a call, to be acted on after it.
  private var emitted: [(stream: StreamPair, position: Position, message: UInt64, isLate: Bool)] = []
  private var requests: [(stream: StreamPair, epoch: UInt32, numbers: ClosedRange<UInt64>)] = []
  private var eventCount = 0

  static let roomEpoch: UInt32 = 1

  init(_ world: World) {
    let count = world.scale.clients * world.scale.rooms
    configuration = Server.configuration(in: world)
    clock = NodeClock(origin: world.choices.pick([0, 5_000_000_000, 1_700_000_000_000_000_000]))
    sequencer = Sequencer(configuration, hashSeed: world.choices.next())
    numbering = Numbering(hashSeed: 7)
    lines = Array(repeating: LineAccount(), count: count)
    unacknowledged = Array(repeating: false, count: count)
    readsInBatches = world.choices.chance(40)
    rooms = Rooms(world)
    disk = Disk(
      sequencer: sequencer.snapshot(), numbering: numbering.snapshot(), lines: lines, counts: [], records: [:])
    disk.counts = world.log.map(\.count)
  }

  private static func configuration(in world: World) -> SequencerConfiguration {
    var configuration = SequencerConfiguration()
    configuration.gapTimeout = world.choices.pick([.seconds(5), .milliseconds(300), .seconds(60)])
    configuration.repair = world.choices.pick([
      RepairSchedule(), RepairSchedule(first: .milliseconds(20), attempts: 3), nil,
    ])
    configuration.window = world.choices.pick([1_024, 1, 2, 8, 64])
    configuration.bufferLimit = world.choices.pick([65_536, 1, 5, 40])
    configuration.ledgerLimit = world.choices.pick([16, 0, 1])
    configuration.totalLedgerLimit = world.choices.pick([65_536, 2])
    if world.scale.isCrowd { configuration = SequencerConfiguration() }
    configuration.start = world.choices.pick([.one, .reject])
    // An intruder may open what is left of the streams, if an honest one that is put out can come back.
    if configuration.start == .reject, world.choices.chance(50) {
      configuration.streamLimit = world.scale.clients * world.scale.rooms + world.choices.below(4)
    }
    return configuration
  }

  var gapTimeout: UInt64 { UInt64(configuration.gapTimeout!.nanoseconds) }

  func start(in world: World) { world.wake(.server, at: 0) }

  func index(of stream: StreamPair, in world: World) -> Int? {
    stream.first < UInt64(world.scale.clients) && stream.second < UInt64(world.scale.rooms)
      ? Int(stream.first) * world.scale.rooms + Int(stream.second) : nil
  }

  func stream(of line: Int, in world: World) -> StreamPair {
    StreamPair(UInt64(line / world.scale.rooms), UInt64(line % world.scale.rooms))
  }

  // MARK: - The driving loop

  func receive(_ packet: Packet, in world: World) {
    guard startsAt == nil else { return }
    inbox.append(packet)
    if readsAt == nil { readsAt = world.now + (readsInBatches ? world.choices.upTo(2_000) * 1_000 : 0) }
    world.wake(.server, at: readsAt!)
  }

  func wake(in world: World) {
    if let startsAt {
      guard world.now >= startsAt else { return world.wake(.server, at: startsAt) }
      restart(in: world)
    }
    if let standsStillUntil, world.now >= standsStillUntil { resumeAll(in: world) }
    if let readsAt, world.now >= readsAt { readInbox(in: world) }
    advance(in: world)
    if configuration.start == .reject, world.now >= evictsAt { evict(in: world) }
    if let commitsAt, world.now >= commitsAt { commit(in: world) }
    rooms.wake(in: world)
    plan(in: world)
  }

  private func plan(in world: World) {
    let statistics = sequencer.statistics
    world.check(statistics.held <= configuration.bufferLimit, "the server holds \(statistics.held)")
    world.check(statistics.streams <= configuration.streamLimit, "the server knows \(statistics.streams) streams")
    if let deadline = sequencer.nextDeadline {
      world.check(deadline.nanoseconds >= clock.newest, "the server's deadline lies in the past")
      world.wake(.server, at: max(clock.time(of: deadline), world.now + 1))
    }
    if let readsAt { world.wake(.server, at: readsAt) }
    if let standsStillUntil { world.wake(.server, at: standsStillUntil) }
    if let commitsAt { world.wake(.server, at: commitsAt) }
    if configuration.start == .reject { world.wake(.server, at: evictsAt) }
    world.wake(.server, at: rooms.nextWake)
  }

  /// A deadline is exact: a nanosecond before it nothing happens, and at it something does.
  func advance(in world: World) {
    let newest = clock.newest
    let at = clock.read(world.now)
    guard let deadline = sequencer.nextDeadline, deadline <= at else {
      sequencer.advance(to: at) { take($0) }
      world.check(eventCount == 0, "the server's sequencer acted before its deadline")
      return act(in: world)
    }
    if deadline.nanoseconds > newest, world.choices.chance(10) {
      sequencer.advance(to: Instant(nanoseconds: deadline.nanoseconds - 1)) { take($0) }
      world.check(eventCount == 0, "the server's sequencer acted a nanosecond early")
    }
    sequencer.advance(to: at) { take($0) }
    world.check(eventCount > 0, "the server's deadline came, and nothing happened")
    act(in: world)
    if standsStillUntil != nil { return }
    for line in lines.indices {
      if let number = lines[line].overdue(at: clock.newest, timeout: gapTimeout) {
        world.violate(.lost, "\(number) of line \(line) waits at the server past the gap timeout")
      }
    }
  }

  // MARK: - What the sequencer says

  /// Notes an event while the sequencer is busy; `act` does what it asks for.
  func take(_ event: consuming SequencerEvent<StreamPair, UInt64>) {
    eventCount += 1
    switch event {
    case .delivered(let stream, let position, let message): emitted.append((stream, position, message, false))
    case .late(let stream, let position, let message): emitted.append((stream, position, message, true))
    case .skipped(let stream, let epoch, let numbers, let reason):
      // In its turn among the messages: an empty message stands for it.
      emitted.append((stream, Position(epoch: epoch, number: numbers.lowerBound), .max, false))
      skips.append((numbers, reason))
    case .missing(let stream, let epoch, let numbers, let attempt):
      requests.append((stream, epoch, numbers))
      attempts.append(attempt)
    }
  }

  private var skips: [(numbers: ClosedRange<UInt64>, reason: SkipReason)] = []
  private var attempts: [Int] = []

  func act(in world: World) {
    guard eventCount > 0 else { return }
    eventCount = 0
    var skip = 0
    for event in emitted {
      if event.message == .max {
        enter(skips[skip].numbers, skips[skip].reason, event.stream, event.position.epoch, in: world)
        skip += 1
      } else {
        enter(event.message, event.stream, event.position, isLate: event.isLate, in: world)
      }
    }
    for (index, request) in requests.enumerated() {
      world.see(attempts[index] > 1 ? .missingAskedAgain : .missingAsked)
      guard let line = self.index(of: request.stream, in: world) else { continue }
      lines[line].begin(epoch: request.epoch)
      world.check(request.numbers.lowerBound >= lines[line].next, "the server asks for \(request.numbers), which came")
      world.send(
        .request(
          client: Int(request.stream.first), room: request.stream.second, epoch: request.epoch, request.numbers))
    }
    emitted.removeAll(keepingCapacity: true)
    requests.removeAll(keepingCapacity: true)
    skips.removeAll(keepingCapacity: true)
    attempts.removeAll(keepingCapacity: true)
  }

  private func enter(
    _ numbers: ClosedRange<UInt64>, _ reason: SkipReason, _ stream: StreamPair, _ epoch: UInt32, in world: World
  ) {
    switch reason {
    case .timeout: world.see(.gapTimedOut)
    case .void: world.see(.voided)
    case .epoch: world.see(.epochRaised)
    case .closed, .resync: break
    }
    guard let line = index(of: stream, in: world) else { return }
    world.tell("the server skips \(numbers) of \(stream.first) in room \(stream.second): \(reason)")
    world.mark(numbers.lowerBound << 8 ^ numbers.upperBound)
    begin(epoch, line, in: world)
    if let complaint = lines[line].skip(numbers, epoch: epoch) { world.violate(complaint.breach, complaint.text) }
    unacknowledged[line] = true
    commitSoon(in: world)
  }

  private func enter(
    _ word: UInt64, _ stream: StreamPair, _ position: Position, isLate: Bool, in world: World
  ) {
    guard let line = index(of: stream, in: world) else { return }
    begin(position.epoch, line, in: world)
    if lines[line].isHolding, !lines[line].holds(position.number) { world.see(.gapFilled) }
    let complaint =
      isLate
      ? lines[line].takeLate(position.number, epoch: position.epoch)
      : lines[line].deliver(position.number, epoch: position.epoch)
    if let complaint { return world.violate(complaint.breach, "line \(line) at the server: \(complaint.text)") }
    if isLate { world.see(.lateMessage) }
    let (client, serial) = (Letter.client(of: word), Letter.serial(of: word))
    let letter = world.letters[client][serial]
    guard
      client == Int(stream.first),
      world.clients[client].letter(room: stream.second, epoch: position.epoch, number: position.number)
        == UInt64(serial)
    else { return world.violate(.broken, "number \(position.number) of line \(line) came out as another message") }
    if letter.place > 0 { world.violate(.duplicated, "\(serial) of client \(client) was taken twice") }
    if letter.mustNotArrive || letter.isUnwelcome {
      world.violate(.broken, "\(serial) of client \(client) was taken back")
    }
    guard let number = try? numbering.next(in: stream.second), number == UInt64(world.log[Int(stream.second)].count + 1)
    else { return world.violate(.broken, "room \(stream.second) gives a wrong number") }
    world.tell("the server takes \(serial) of \(client): \(number) of room \(stream.second)")
    world.mark(word ^ number << 24)
    world.log[Int(stream.second)].append(word)
    world.letters[client][serial].place = number
    world.totals.emitted += 1
    unacknowledged[line] = true
    commitSoon(in: world)
  }

  private func begin(_ epoch: UInt32, _ line: Int, in world: World) {
    if epoch > lines[line].epoch { lines[line].begin(epoch: epoch) }
  }

  func commitSoon(in world: World) {
    if world.sabotage == .acknowledgesEarly { acknowledge(in: world) }
    if commitsAt == nil { commitsAt = world.now + world.choices.upTo(world.weather.commitDelay) * 1_000 }
  }

  // MARK: - Quiet streams

  /// Records of quiet streams go to the disk, and make room.
  private func evict(in world: World) {
    evictsAt = world.now + 3_000_000_000
    sequencer.evictIdle { record in
      world.see(.evicted)
      guard index(of: record.stream, in: world) != nil else { return }
      disk.evicted[record.stream] = record
      commitSoon(in: world)
    }
  }

  func restless(in world: World) -> String? {
    if startsAt != nil { return "the server is not running" }
    if sequencer.statistics.held > 0 { return "the server holds \(sequencer.statistics.held) messages" }
    if sequencer.nextDeadline != nil { return "the server has a deadline with nothing held" }
    if commitsAt != nil || !inbox.isEmpty { return "the server has something to store" }
    return rooms.restless
  }

  func calmDown(in world: World) {
    if startsAt != nil { startsAt = world.now }
    diskFailsUntil = 0
    clock.correct(at: world.now)
    resumeAll(in: world)
    rooms.calmDown()
    world.wake(.server, at: world.now)
  }

  func resumeAll(in world: World) {
    standsStillUntil = nil
    let at = clock.read(world.now)
    sequencer.resume(at: at)
    for line in lines.indices {
      sequencer.resume(stream(of: line, in: world), at: at)
      lines[line].refresh(at: clock.newest)
    }
    world.wake(.server, at: world.now)
  }
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
