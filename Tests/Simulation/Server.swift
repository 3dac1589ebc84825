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

  /// How much a sender may send; nil: as much as it likes.
  let allowance: (burst: Int, refill: Duration)?
  var limiter: RateLimiter<Int>?

  var rooms: Rooms
  var startsAt: UInt64?
  /// Clocks of streams stand still until then.
  var standsStillUntil: UInt64?
  private var evictsAt: UInt64 = 0

  /// What the sequencer says during a call, to be acted on after it.
  var events: [SequencerEvent<StreamPair, UInt64>] = []

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
    allowance = Server.allowance(in: world)
    rooms = Rooms(world)
    disk = Disk(
      sequencer: sequencer.snapshot(), numbering: numbering.snapshot(), lines: lines,
      counts: world.log.map(\.count), records: [:])
    beginLimiting()
  }

  /// What a sender has used up is nowhere stored.
  func beginLimiting() {
    if let allowance { limiter = RateLimiter(burst: allowance.burst, refill: allowance.refill) }
  }

  private static func allowance(in world: World) -> (burst: Int, refill: Duration)? {
    world.scale.isCrowd ? nil : world.choices.pick([nil, nil, (20, .milliseconds(10)), (3, .milliseconds(80))])
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

  var gapTimeout: UInt64 { Instant.zero.advanced(by: configuration.gapTimeout!).nanoseconds }

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

  func advance(in world: World) {
    sequencer.advanceExactly(&clock, in: world) { events.append($0) }
    act(in: world)
    if standsStillUntil != nil { return }
    for line in lines.indices {
      if let number = lines[line].overdue(at: clock.newest, timeout: gapTimeout) {
        world.violate(.lost, "\(number) of line \(line) waits at the server past the gap timeout")
      }
    }
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
