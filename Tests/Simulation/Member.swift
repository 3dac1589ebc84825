import Choosing
import Sequencer

/// A member's device: it puts what comes of each room in order, asks for what is missing, and says what it has shown.
final class Member {
  let index: Int
  var sequencer: Sequencer<UInt64, UInt64>
  let configuration: SequencerConfiguration
  var clock: NodeClock

  /// What the device has shown; it is stored together with the sequencer's records, and a crash takes both back.
  struct Screen {
    var lines: [LineAccount?]
    var delivered: [StreamProgress]
    var read: [StreamProgress]
    var shown: UInt64 = 0
    var late: UInt64 = 0
    var skipped: UInt64 = 0
  }

  let nothing = StreamProgress(epoch: Server.roomEpoch, through: 0)
  var screen: Screen
  var saved: (records: [UInt8], screen: Screen)
  var savesAt: UInt64?
  var isChanged = false
  let saveDelay: UInt64
  /// How long until what was said is said again.
  var sayPause: UInt64 = 2_000_000_000

  var session = 0
  var isConnected = false
  private var knocksAt: UInt64 = 0
  var startsAt: UInt64?
  /// When its link is whole again; nil: it is.
  var healsAt: UInt64?
  private var isPaused = false
  let readsInBatches: Bool
  /// The newest number of each room, as far as the device was told.
  var tips: [UInt64]

  init(_ index: Int, in world: World) {
    self.index = index
    var configuration = SequencerConfiguration()
    configuration.gapTimeout = world.choices.pick([.seconds(5), .milliseconds(500), .seconds(60)])
    configuration.repair = world.choices.pick([RepairSchedule(), RepairSchedule(first: .milliseconds(50), attempts: 2)])
    configuration.window = world.choices.pick([1_024, 4, 64])
    configuration.bufferLimit = world.choices.pick([65_536, 3, 100])
    configuration.ledgerLimit = world.choices.pick([16, 2])
    // A crowd is for volume; the narrow places are for the others.
    if world.scale.isCrowd { configuration = SequencerConfiguration() }
    configuration.start = .reject
    self.configuration = configuration
    clock = NodeClock(origin: world.choices.pick([0, 77_000_000_000, 1_700_000_000_000_000_000]))
    readsInBatches = world.choices.chance(50)
    saveDelay = world.scale.isCrowd ? 2_000_000_000 : world.choices.pick([200_000_000, 10_000_000, 2_000_000_000])
    tips = Array(repeating: 0, count: world.scale.rooms)
    sequencer = Sequencer(configuration, hashSeed: world.choices.next())
    let none = Array(repeating: nothing, count: world.scale.rooms)
    screen = Screen(lines: Array(repeating: nil, count: world.scale.rooms), delivered: none, read: none)
    saved = (sequencer.snapshot(), screen)
  }

  func start(in world: World) {
    for room in world.server.rooms.stays.indices where world.server.rooms.stay(of: index, in: room) != nil {
      join(room, from: 1, in: world)
    }
    world.wake(.member(index), at: 0)
  }

  /// Joining is stored at once: the device asked for it.
  func join(_ room: Int, from first: UInt64, in world: World) {
    if startsAt != nil { restart(in: world) }
    screen.lines[room] = LineAccount(epoch: Server.roomEpoch, next: first)
    let outcome = sequencer.open(StreamRecord(stream: UInt64(room), epoch: Server.roomEpoch, next: first))
    world.check(outcome == .opened, "member \(index) cannot open room \(room): \(outcome)")
    save(in: world)
  }

  /// So is leaving: what waits is shown, and what is missing will not come.
  func leave(_ room: Int, in world: World) {
    if startsAt != nil { restart(in: world) }
    let wasOpen = sequencer.close(UInt64(room)) { take($0, in: world) }
    world.check(wasOpen, "member \(index) has left room \(room) before")
    if let line = screen.lines[room] {
      if line.isHolding { world.violate(.lost, "member \(index) left room \(room) with something waiting") }
      check(line, of: room, in: world)
    }
    screen.lines[room] = nil
    save(in: world)
  }

  /// Each number of a line was shown, or lies in exactly one declared gap.
  func check(_ line: LineAccount, of room: Int, in world: World) {
    var gaps = line.skipped[...]
    for number in line.first..<line.next {
      while let gap = gaps.first, gap.upperBound < number { gaps.removeFirst() }
      let isDeclared = gaps.first?.contains(number) ?? false
      let isShown = screen.delivered[room].contains(number)
      if !isShown, !isDeclared { return world.violate(.lost, "member \(index) never had \(number) of room \(room)") }
      if isShown, isDeclared {
        return world.violate(.broken, "member \(index) has \(number) of room \(room), and was told it has not")
      }
    }
  }

  private var gapTimeout: UInt64 { Instant.zero.advanced(by: configuration.gapTimeout!).nanoseconds }

  // MARK: - The driving loop

  func wake(in world: World) {
    if let startsAt {
      guard world.now >= startsAt else { return world.wake(.member(index), at: startsAt) }
      restart(in: world)
    }
    if let healsAt, world.now >= healsAt { heal(in: world) }
    advance(in: world)
    if let savesAt, world.now >= savesAt { save(in: world) }
    if !isConnected, world.now >= knocksAt { knock(in: world) }
    plan(in: world)
  }

  func plan(in world: World) {
    noteTipsAgain(in: world)
    world.check(
      sequencer.statistics.held <= configuration.bufferLimit, "member \(index) holds \(sequencer.statistics.held)")
    if isChanged { savesAt = min(savesAt ?? .max, world.now + saveDelay) }
    if let deadline = sequencer.nextDeadline {
      world.check(deadline.nanoseconds >= clock.newest, "member \(index): a deadline in the past")
      world.wake(.member(index), at: max(clock.time(of: deadline), world.now + 1))
    }
    if let savesAt { world.wake(.member(index), at: savesAt) }
    if let healsAt { world.wake(.member(index), at: healsAt) }
    if !isConnected { world.wake(.member(index), at: knocksAt) }
  }

  func advance(in world: World) {
    sequencer.advanceExactly(&clock, in: world) { take($0, in: world) }
    if isPaused { return }
    for room in screen.lines.indices {
      if let number = screen.lines[room]?.overdue(at: clock.newest, timeout: gapTimeout) {
        world.violate(.lost, "\(number) of room \(room) waits at member \(index) past the gap timeout")
      }
    }
  }

  // MARK: - Losing touch

  func loseConnection(in world: World) {
    isConnected = false
    // A welcome that is still on its way is none.
    session += 1
    knocksAt = world.now + world.choices.upTo(300_000) * 1_000
    if world.choices.chance(30), startsAt == nil, !world.isCalm {
      world.see(.streamsPaused)
      sequencer.pause(at: clock.read(world.now))
      isPaused = true
    }
    world.wake(.member(index), at: knocksAt)
  }

  private func knock(in world: World) {
    session += 1
    knocksAt = world.now + 1_000_000_000
    let seen = screen.lines.map { line in line.map { $0.next - 1 } ?? 0 }
    world.send(.hello(member: index, session: session, seen: seen))
  }

  func unpause(in world: World) {
    guard isPaused else { return }
    isPaused = false
    sequencer.resume(at: clock.read(world.now))
    for room in screen.lines.indices { screen.lines[room]?.refresh(at: clock.newest) }
  }

  func crash(in world: World) {
    guard startsAt == nil else { return }
    world.totals.crashes += 1
    world.see(.memberCrashed)
    world.tell("member \(index) crashes")
    startsAt = world.now + world.choices.upTo(world.weather.pause) * 1_000
    isConnected = false
    world.wake(.member(index), at: startsAt!)
  }

  private func restart(in world: World) {
    startsAt = nil
    (isPaused, savesAt, isChanged) = (false, nil, true)
    clock.restart()
    screen = saved.screen
    if world.sabotage == .forgetsScreen { for room in screen.delivered.indices { screen.delivered[room] = nothing } }
    for room in screen.lines.indices { screen.lines[room]?.dropHeld() }
    do { sequencer = try Sequencer(restoring: saved.records, configuration, hashSeed: world.choices.next()) } catch {
      world.violate(.lost, "member \(index) cannot restore what it stored: \(error)")
    }
    knocksAt = world.now
  }

  func calmDown(in world: World) {
    if startsAt != nil { restart(in: world) }
    clock.correct(at: world.now)
    unpause(in: world)
    heal(in: world)
    isChanged = true
    if world.server.rooms.feeds[index].connection == nil || !isConnected { loseConnection(in: world) }
    savesAt = world.now
    world.wake(.member(index), at: world.now)
  }

  func restless(in world: World) -> String? {
    if startsAt != nil || !isConnected { return "member \(index) is not connected" }
    if sequencer.statistics.held > 0 || sequencer.nextDeadline != nil { return "member \(index) waits for something" }
    for room in screen.lines.indices {
      guard let line = screen.lines[room] else { continue }
      let end = UInt64(world.log[room].count)
      if line.next <= end { return "member \(index) has room \(room) up to \(line.next - 1) of \(end)" }
    }
    if isChanged { return "member \(index) has something to store" }
    return hasSaid(in: world) ? nil : "member \(index) has something to say"
  }
}
