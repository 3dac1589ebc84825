import Choosing
import Delivery
import Sequencer

/// What somebody sends who has read the source and wants to see it fall.
enum Attack {
  case message(room: UInt64, epoch: UInt32, number: UInt64, base: UInt64?)
  case tip(room: UInt64, epoch: UInt32, number: UInt64)
  case void(room: UInt64, epoch: UInt32, ClosedRange<UInt64>)
  case receipt(name: UInt64, room: Int, StreamProgress)
  case range(name: UInt64, room: Int, ClosedRange<UInt64>)
  case token(Position)
}

/// One peer that sends what no honest one does, in streams of its own, and an honest outbox whose server does the same.
final class Intruder {
  /// Above all names of clients and members.
  static let name: UInt64 = 1 << 40

  /// Whom the attacks come back to: its limits are small, and nothing that it is told may break it.
  private var victim: Outbox<UInt64, UInt64>
  private let limit = 8
  private var attacksLeft: Int

  init(in world: World) {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    configuration.messageLimit = limit
    configuration.conversationLimit = 2
    victim = Outbox(configuration, epoch: 1, seed: world.choices.next())
    attacksLeft = world.weather.intruder ? 20 + 2 * world.scale.letters : 0
  }

  func start(in world: World) {
    if attacksLeft > 0 { world.wake(.intruder, at: 0) }
  }

  func wake(in world: World) {
    guard attacksLeft > 0, world.weather.intruder else { return }
    attacksLeft -= 1
    world.totals.attacks += 1
    world.send(.hostile(attack(in: world)))
    torment(in: world)
    world.wake(.intruder, in: world.choices.upTo(world.weather.think) * 1_000 + 1)
  }

  // MARK: - What it sends

  /// Numbers at which something could break.
  private func number(in world: World) -> UInt64 {
    world.choices.pick([
      1, 2, 3, 0, 5, 1_000, 1_024, 1_025, 1 << 32, Position.lastNumber - 1, Position.lastNumber,
      Position.lastNumber + 1,
      1 << 63, .max - 1, .max, world.choices.number(1...2_000), world.choices.number(1...64),
    ])
  }

  private func range(in world: World) -> ClosedRange<UInt64> {
    let (first, last) = (number(in: world), number(in: world))
    return min(first, last)...max(first, last)
  }

  private func epoch(in world: World) -> UInt32 {
    world.choices.pick([0, 0, 0, 1, 255, 256, .max, UInt32(world.choices.below(100))])
  }

  private func progress(in world: World, epoch: UInt32) -> StreamProgress {
    let except = (0..<world.choices.below(4)).map { _ in range(in: world) }
    return StreamProgress(epoch: epoch, above: number(in: world), through: number(in: world), except: except)
  }

  private func attack(in world: World) -> Attack {
    // Few streams, so that something builds up in them; sometimes a new one each time.
    let room = world.choices.pick([0, 1, 2, .max, world.choices.next()])
    let epoch = epoch(in: world)
    switch world.choices.below(10) {
    case 0..<5:
      let base = world.choices.pick([nil, nil, nil, number(in: world)])
      return .message(room: room, epoch: epoch, number: number(in: world), base: base)
    case 5: return .tip(room: room, epoch: epoch, number: number(in: world))
    case 6: return .void(room: room, epoch: epoch, range(in: world))
    case 7: return .receipt(name: name(in: world), room: world.choices.below(64), progress(in: world, epoch: epoch))
    case 8: return .range(name: name(in: world), room: world.choices.below(64), range(in: world))
    default: return .token(Position(epoch: epoch, number: number(in: world)))
    }
  }

  private func name(in world: World) -> UInt64 { Intruder.name + UInt64(world.choices.below(200)) }

  // MARK: - What it does to those who listen to it

  private func torment(in world: World) {
    let at = Instant(nanoseconds: min(world.now, Instant.max.nanoseconds))
    if victim.count < limit { _ = victim.enqueue(7, to: UInt64(world.choices.below(2)), at: at) }
    while victim.nextTransmission(at: at) != nil {}
    let room: UInt64 = world.choices.pick([0, 1, 2])
    let epoch: UInt32 = world.choices.pick([1, 1, 0, .max])
    let before = victim.count
    switch world.choices.below(4) {
    case 0:
      // What claims more than was sent is no acknowledgement.
      _ = victim.acknowledge(progress(in: world, epoch: epoch), in: room, at: at)
    case 1: _ = victim.echo(number(in: world), epoch: epoch, in: room, at: at)
    case 2:
      let wait = Duration.nanoseconds(Int64(bitPattern: world.choices.next()))
      _ = victim.reject(
        number(in: world), epoch: epoch, attempt: UInt32(world.choices.below(3)), in: room,
        world.choices.pick([.forNow(retryAfter: wait), .forGood, .stale]), at: at)
    default: _ = victim.resend(range(in: world), epoch: epoch, in: room, at: at)
    }
    victim.advance(to: at)
    world.check(victim.count <= max(before, limit), "an outbox grew by what its server said")
    while let event = victim.nextEvent() {
      if case .failed(let id, _, _, _) = event { victim.discard(id, at: at) }
    }
  }
}

extension Server {
  /// Whatever it is, the answer is an outcome.
  func suffer(_ attack: Attack, in world: World) {
    let at = clock.read(world.now)
    switch attack {
    case .message(let room, let epoch, let number, let base):
      let stream = StreamPair(Intruder.name, room)
      let outcome = sequencer.receive(.max - 1, number: number, epoch: epoch, base: base, from: stream, at: at) {
        events.append($0)
      }
      switch outcome {
      case .rejected(.tooManyStreams): world.see(.tooManyStreams)
      case .rejected(.unknownStream): _ = sequencer.open(StreamRecord(stream: stream))
      default: break
      }
    case .tip(let room, let epoch, let number):
      _ = sequencer.noteTip(number, epoch: epoch, of: StreamPair(Intruder.name, room), at: at) { events.append($0) }
    case .void(let room, let epoch, let range):
      _ = sequencer.void(range, epoch: epoch, of: StreamPair(Intruder.name, room), at: at) { events.append($0) }
    case .receipt(let name, let room, let progress):
      let receipts = rooms.receipts[room % rooms.receipts.count]
      _ = receipts.receipts.apply(.read, progress, from: name)
    case .range(let name, let room, let range):
      let receipts = rooms.receipts[room % rooms.receipts.count]
      _ = receipts.receipts.apply(.delivered, range, from: name)
    case .token(let token): rooms.probe(token, in: world)
    }
    act(in: world)
  }
}

extension Rooms {
  /// A stranger's resume token: it gets a start, and takes up no room once it is gone.
  func probe(_ token: Position, in world: World) {
    guard let connection = try? seats[0].loop.connect(-1) else { return }
    _ = try? seats[0].loop.subscribe(connection, to: topics[0], from: token)
    var ended = 0
    seats[0].loop.disconnect(connection) { _, account in
      ended += 1
      world.check(
        account.delivered + account.lagged == account.position.number - account.start,
        "a stranger's account: \(account)")
    }
    world.check(ended == 1, "a stranger had \(ended) subscriptions")
  }
}
