import Choosing
import Delivery
import Sequencer

/// A member's device: it puts what comes of each room in order, asks for what is missing, and says what it has shown.
final class Member {
  let index: Int
  private var sequencer: Sequencer<UInt64, UInt64>
  private let configuration: SequencerConfiguration
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

  private let nothing = StreamProgress(epoch: Server.roomEpoch, through: 0)
  private(set) var screen: Screen
  private var saved: (records: [UInt8], screen: Screen)
  private var savesAt: UInt64?
  private var isChanged = false
  private let saveDelay: UInt64
  /// How long until what was said is said again.
  private var sayPause: UInt64 = 2_000_000_000

  private var session = 0
  private var isConnected = false
  private var knocksAt: UInt64 = 0
  private var startsAt: UInt64?
  /// When its link is whole again; nil: it is.
  var healsAt: UInt64?
  private var isPaused = false
  private let readsInBatches: Bool
  private var eventCount = 0
  /// The newest number of each room, as far as the device was told.
  private var tips: [UInt64]

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
    for room in world.server.rooms.stays.indices where world.server.rooms.stays[room][index] != nil {
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

  private func plan(in world: World) {
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

  private func advance(in world: World) {
    let newest = clock.newest
    let at = clock.read(world.now)
    let isDue = sequencer.nextDeadline.map { $0 <= at } ?? false
    if isDue, let deadline = sequencer.nextDeadline, deadline.nanoseconds > newest, world.choices.chance(10) {
      sequencer.advance(to: Instant(nanoseconds: deadline.nanoseconds - 1)) { take($0, in: world) }
      world.check(eventCount == 0, "member \(index): the sequencer acted a nanosecond early")
      world.see(.gapLeftToTheLastNanosecond)
    }
    sequencer.advance(to: at) { take($0, in: world) }
    world.check(isDue == (eventCount > 0), "member \(index): due is \(isDue), and there were \(eventCount) events")
    eventCount = 0
    if isPaused { return }
    for room in screen.lines.indices {
      if let number = screen.lines[room]?.overdue(
        at: clock.newest, timeout: UInt64(configuration.gapTimeout!.nanoseconds))
      {
        world.violate(.lost, "\(number) of room \(room) waits at member \(index) past the gap timeout")
      }
    }
  }

  // MARK: - What comes

  func receive(_ packet: Packet, in world: World) {
    guard startsAt == nil else { return }
    let at = clock.read(world.now)
    switch packet {
    case .letters(_, let room, let numbers): take(numbers, room, at, in: world)
    case .tip(_, let room, let tip):
      tips[room] = max(tips[room], tip)
      note(tip, room, at, in: world)
    case .welcome(_, let session):
      if session == self.session {
        isConnected = true
        unpause(in: world)
      }
    default: break
    }
    eventCount = 0
    advance(in: world)
    plan(in: world)
  }

  private func note(_ tip: UInt64, _ room: Int, _ at: Instant, in world: World) {
    let outcome = sequencer.noteTip(tip, epoch: Server.roomEpoch, of: UInt64(room), at: at) { take($0, in: world) }
    if outcome == .clamped { world.see(.tipClamped) }
  }

  /// A tip beyond the window is noted again as the window moves on.
  private func noteTipsAgain(in world: World) {
    guard sequencer.nextDeadline == nil else { return }
    for room in tips.indices {
      guard let line = screen.lines[room], line.next <= tips[room] else { continue }
      note(tips[room], room, clock.read(world.now), in: world)
    }
    eventCount = 0
  }

  private func take(_ numbers: ClosedRange<UInt64>, _ room: Int, _ at: Instant, in world: World) {
    guard screen.lines[room] != nil else { return }
    if readsInBatches, numbers.count > 1 { return takeBatch(numbers, room, at, in: world) }
    for number in numbers {
      let outcome = sequencer.receive(
        world.log[room][Int(number) - 1], number: number, epoch: Server.roomEpoch, from: UInt64(room), at: at
      ) { take($0, in: world) }
      note(outcome, number, room, at, in: world)
    }
  }

  private func takeBatch(_ numbers: ClosedRange<UInt64>, _ room: Int, _ at: Instant, in world: World) {
    let arrivals = numbers.map {
      Arrival(message: world.log[room][Int($0) - 1], number: $0, epoch: Server.roomEpoch, stream: UInt64(room))
    }
    sequencer.receive(arrivals.span, at: at) {
      take($0, in: world)
    } outcome: { index, outcome in
      if outcome == .buffered { screen.lines[room]!.hold(numbers.lowerBound + UInt64(index), at: clock.newest) }
      beyond = outcome == .rejected(.beyondWindow) ? numbers.lowerBound + UInt64(index) : beyond
      count(outcome, in: world)
    }
    if let number = beyond {
      beyond = nil
      note(.rejected(.beyondWindow), number, room, at, in: world)
    }
  }

  private var beyond: UInt64?

  private func note(
    _ outcome: ReceiveOutcome, _ number: UInt64, _ room: Int, _ at: Instant, in world: World
  ) {
    count(outcome, in: world)
    if outcome == .buffered { screen.lines[room]!.hold(number, at: clock.newest) }
    guard outcome == .rejected(.beyondWindow) else { return }
    note(number - 1, room, at, in: world)
  }

  private func count(_ outcome: ReceiveOutcome, in world: World) {
    switch outcome {
    case .delivered, .late, .buffered: break
    case .duplicate: world.totals.repetitionsDropped += 1
    case .stale: world.see(.stale)
    case .rejected(.overCapacity): world.see(.overCapacity)
    case .rejected(.beyondWindow): world.see(.beyondWindow)
    case .rejected(let rejection):
      world.violate(.broken, "member \(index): an honest message was refused: \(rejection)")
    }
  }

  /// What the sequencer says is shown at once.
  private func take(_ event: consuming SequencerEvent<UInt64, UInt64>, in world: World) {
    eventCount += 1
    var complaint: LineAccount.Complaint?
    switch event {
    case .delivered(let room, let position, let word):
      complaint = screen.lines[Int(room)]!.deliver(position.number, epoch: position.epoch)
      screen.shown += 1
      show(word, position.number, Int(room), in: world)
    case .late(let room, let position, let word):
      complaint = screen.lines[Int(room)]!.takeLate(position.number, epoch: position.epoch)
      world.see(.lateMessage)
      screen.late += 1
      show(word, position.number, Int(room), in: world)
    case .skipped(let room, let epoch, let numbers, let reason):
      complaint = screen.lines[Int(room)]!.skip(numbers, epoch: epoch)
      world.check(reason == .timeout || reason == .closed, "member \(index) skips \(numbers): \(reason)")
      world.see(.gapTimedOut)
      world.tell("member \(index) does without \(numbers) of room \(room)")
      screen.skipped += UInt64(numbers.count)
      isChanged = true
    case .missing(let room, _, let numbers, let attempt):
      world.see(attempt > 1 ? .missingAskedAgain : .missingAsked)
      world.send(.wanted(member: index, room: Int(room), numbers))
    }
    if let complaint { world.violate(complaint.breach, "member \(index): \(complaint.text)") }
  }

  private func show(_ word: UInt64, _ number: UInt64, _ room: Int, in world: World) {
    world.mark(number << 8 ^ UInt64(index) ^ UInt64(room) << 4)
    if world.log[room][Int(number) - 1] != word {
      world.violate(.broken, "member \(index) shows another message as \(number) of room \(room)")
    }
    if screen.delivered[room].insert(number, limit: .max) != .grown {
      world.violate(.duplicated, "member \(index) shows \(number) of room \(room) again")
    }
    isChanged = true
    // A person's own device hears from the room what it sent.
    if Letter.client(of: word) == index, index < world.clients.count { world.clients[index].echo(word, in: world) }
  }

  // MARK: - Storing, and saying so

  private func save(in world: World) {
    savesAt = nil
    let isRepeating = !isChanged
    sayPause = isRepeating ? min(2 * sayPause, 60_000_000_000) : 2_000_000_000
    isChanged = false
    for room in screen.read.indices where world.isCalm || world.choices.chance(50) {
      screen.read[room] = screen.delivered[room]
    }
    let before = saved.screen
    saved = (sequencer.snapshot(), screen)
    for room in screen.lines.indices where screen.lines[room] != nil {
      if isRepeating || before.delivered[room] != screen.delivered[room] || before.read[room] != screen.read[room] {
        say(room, in: world)
      }
    }
    // What is said can be lost, and is said again.
    savesAt = world.isCalm && hasSaid(in: world) ? nil : world.now + sayPause
  }

  private func say(_ room: Int, in world: World) {
    if !saved.screen.delivered[room].isEmpty {
      world.send(.receipt(member: index, room: room, .delivered, saved.screen.delivered[room]))
    }
    if !saved.screen.read[room].isEmpty {
      world.send(.receipt(member: index, room: room, .read, saved.screen.read[room]))
    }
  }

  /// Whether the server knows all that was shown, or as much as it may remember.
  private func hasSaid(in world: World) -> Bool {
    screen.lines.indices.allSatisfy { room in
      if screen.delivered[room].isEmpty { return true }
      guard let known = world.server.rooms.receipts[room].receipts.progress(.read, of: UInt64(index)) else {
        return false
      }
      // What would need more holes than may be is refused. A person's own messages make holes among those it lacks.
      if screen.delivered[room].except.count >= 60 || known.except.count >= 60 { return true }
      var isKnown = true
      screen.delivered[room].forEachRange(notIn: known) { _ in isKnown = false }
      return isKnown
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

  private func unpause(in world: World) {
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
      guard let line = screen.lines[room], let stay = world.server.rooms.stays[room][index] else { continue }
      let end = stay.through ?? UInt64(world.log[room].count)
      if stay.through == nil, line.next <= end {
        return "member \(index) has room \(room) up to \(line.next - 1) of \(end)"
      }
    }
    if isChanged { return "member \(index) has something to store" }
    return hasSaid(in: world) ? nil : "member \(index) has something to say"
  }
}
