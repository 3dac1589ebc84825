import Choosing
import Sequencer

/// From the sequencer to the rooms' logs.
extension Server {
  /// Does what the events of a call ask for.
  func act(in world: World) {
    for event in events {
      switch event {
      case .delivered(let stream, let position, let word): enter(word, stream, position, isLate: false, in: world)
      case .late(let stream, let position, let word): enter(word, stream, position, isLate: true, in: world)
      case .skipped(let stream, let epoch, let numbers, let reason): pass(numbers, reason, stream, epoch, in: world)
      case .missing(let stream, let epoch, let numbers, let attempt):
        request(numbers, stream, epoch, attempt: attempt, in: world)
      }
    }
    events.removeAll(keepingCapacity: true)
  }

  private func request(
    _ numbers: ClosedRange<UInt64>, _ stream: StreamPair, _ epoch: UInt32, attempt: Int, in world: World
  ) {
    world.see(attempt > 1 ? .missingAskedAgain : .missingAsked)
    guard let line = index(of: stream, in: world) else { return }
    lines[line].begin(epoch: epoch)
    world.check(numbers.lowerBound >= lines[line].next, "the server asks for \(numbers), which came")
    world.send(.request(client: Int(stream.first), room: stream.second, epoch: epoch, numbers))
  }

  private func pass(
    _ numbers: ClosedRange<UInt64>, _ reason: SkipReason, _ stream: StreamPair, _ epoch: UInt32, in world: World
  ) {
    switch reason {
    case .timeout: world.see(.gapTimedOut)
    case .void: world.see(.voided)
    case .epoch: world.see(.epochRaised)
    case .closed, .resync: world.violate(.broken, "the server skips \(numbers): \(reason)")
    }
    guard let line = index(of: stream, in: world) else { return }
    if reason == .void { checkVoid(numbers, stream, epoch, in: world) }
    world.tell("the server skips \(numbers) of \(stream.first) in room \(stream.second): \(reason)")
    world.mark(numbers.lowerBound << 8 ^ numbers.upperBound)
    lines[line].begin(epoch: epoch)
    world.report(lines[line].skip(numbers, epoch: epoch), of: "line \(line) at the server")
    unacknowledged[line] = true
    commitSoon(in: world)
  }

  /// Only what its author has given up is not waited for.
  private func checkVoid(
    _ numbers: ClosedRange<UInt64>, _ stream: StreamPair, _ epoch: UInt32, in world: World
  ) {
    let client = Int(stream.first)
    for number in numbers {
      let serial = Int(world.clients[client].letter(room: stream.second, epoch: epoch, number: number))
      let letter = world.letters[client][serial]
      if serial > 0, letter.isOwed, !letter.isUnwelcome, letter.epoch == epoch, letter.number == number {
        world.violate(.lost, "the server does without \(serial) of client \(client), which is still to come")
      }
    }
  }

  private func enter(
    _ word: UInt64, _ stream: StreamPair, _ position: Position, isLate: Bool, in world: World
  ) {
    guard let line = index(of: stream, in: world) else { return }
    lines[line].begin(epoch: position.epoch)
    if lines[line].isHolding, !lines[line].holds(position.number) { world.see(.gapFilled) }
    let complaint =
      isLate
      ? lines[line].takeLate(position.number, epoch: position.epoch)
      : lines[line].deliver(position.number, epoch: position.epoch)
    if complaint != nil { return world.report(complaint, of: "line \(line) at the server") }
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

  func commitSoon(in world: World) {
    if world.sabotage == .acknowledgesEarly { acknowledge(in: world) }
    if commitsAt == nil { commitsAt = world.now + world.choices.upTo(world.weather.commitDelay) * 1_000 }
  }
}
