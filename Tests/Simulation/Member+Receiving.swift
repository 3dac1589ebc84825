import Sequencer

/// From packets to the screen.
extension Member {
  func receive(_ packet: Packet, in world: World) {
    guard startsAt == nil else { return }
    let at = clock.read(world.now)
    switch packet {
    case .letters(_, let room, let numbers): take(numbers, room, at, in: world)
    case .tip(_, let room, let tip):
      tips[room] = max(tips[room], tip)
      note(tip, room, at, in: world)
    case .history(_, let room, let next): goOn(room, from: next, in: world)
    case .welcome(_, let session):
      if session == self.session {
        isConnected = true
        unpause(in: world)
      }
    default: break
    }
    advance(in: world)
    plan(in: world)
  }

  /// The server will not send what lies below again.
  private func goOn(_ room: Int, from next: UInt64, in world: World) {
    guard screen.lines[room] != nil else { return }
    let outcome = sequencer.resynchronize(UInt64(room), next: next, epoch: Server.roomEpoch) { take($0, in: world) }
    world.check(
      outcome == .resynchronized || outcome == .rejected(.behind), "member \(index) goes on from \(next): \(outcome)")
  }

  private func note(_ tip: UInt64, _ room: Int, _ at: Instant, in world: World) {
    let outcome = sequencer.noteTip(tip, epoch: Server.roomEpoch, of: UInt64(room), at: at) { take($0, in: world) }
    if outcome == .clamped { world.see(.tipClamped) }
  }

  /// A tip beyond the window is noted again as the window moves on.
  func noteTipsAgain(in world: World) {
    guard sequencer.nextDeadline == nil else { return }
    for room in tips.indices {
      guard let line = screen.lines[room], line.next <= tips[room] else { continue }
      note(tips[room], room, clock.read(world.now), in: world)
    }
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
    var beyond: UInt64?
    sequencer.receive(arrivals.span, at: at) {
      take($0, in: world)
    } outcome: { index, outcome in
      if outcome == .buffered { hold(numbers.lowerBound + UInt64(index), room, in: world) }
      if outcome == .rejected(.beyondWindow) { beyond = numbers.lowerBound + UInt64(index) }
      count(outcome, in: world)
    }
    if let beyond { note(beyond - 1, room, at, in: world) }
  }

  private func note(
    _ outcome: ReceiveOutcome, _ number: UInt64, _ room: Int, _ at: Instant, in world: World
  ) {
    count(outcome, in: world)
    if outcome == .buffered { hold(number, room, in: world) }
    guard outcome == .rejected(.beyondWindow) else { return }
    note(number - 1, room, at, in: world)
  }

  private func hold(_ number: UInt64, _ room: Int, in world: World) {
    let complaint = screen.lines[room]!.hold(
      number, epoch: Server.roomEpoch, window: configuration.window, at: clock.newest)
    world.report(complaint, of: "member \(index)")
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
  func take(_ event: consuming SequencerEvent<UInt64, UInt64>, in world: World) {
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
      switch reason {
      case .timeout: world.see(.gapTimedOut)
      case .closed: world.see(.gapClosed)
      case .resync: world.see(.resynchronized)
      case .void, .epoch: world.violate(.broken, "member \(index) skips \(numbers): \(reason)")
      }
      world.tell("member \(index) does without \(numbers) of room \(room)")
      screen.skipped += UInt64(numbers.count)
      isChanged = true
    case .missing(let room, _, let numbers, let attempt):
      world.see(attempt > 1 ? .missingAskedAgain : .missingAsked)
      world.send(.wanted(member: index, room: Int(room), numbers))
    }
    world.report(complaint, of: "member \(index)")
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
}
