import Delivery
import Sequencer
import Testing

/// One publisher, and readers that are overtaken: every number is either delivered or told to be lost, in order.
@Suite("FanOutRing")
struct FanOutTests {
  private typealias Core = FanOutCore<UInt64, ModelWord>

  /// The ring is full; the publisher goes on and closes it, while readers subscribe from the beginning.
  static func publishing(capacity: Int, readers: Int = 1, messages: Int = 1) -> Scenario {
    Scenario("fan-out ring of \(capacity), \(readers) reader(s)") { world in
      let core = full(capacity, readers)
      world.thread {
        var writer = core.takeWriter()!
        publish(messages, with: &writer, world)
        writer.close()
      }
      for _ in 0..<readers {
        world.thread {
          let follower = Follower(of: core, world)
          follower.drain()
          follower.drain()
        }
      }
      world.check { Follower(of: core, world).checkEnd() }
    }
  }

  /// Numbers that are left out, and all of them forgotten, while a reader follows.
  static let losing = Scenario("fan-out ring of 2, skipped and cleared") { world in
    let core = full(2, 1)
    world.thread {
      var writer = core.takeWriter()!
      if writer.skip(through: 3) == .skipped { _ = writer.clear() }
      publish(1, with: &writer, world)
    }
    let follower = Follower(of: core, world)
    world.thread { for _ in 0..<2 { follower.drain() } }
    world.check { follower.checkEnd() }
  }

  /// The publisher's end goes to another thread, which knows that it is free and nothing else.
  static let handedOver = Scenario("fan-out ring of 1, the publisher handed over") { world in
    let core = full(1, 1)
    let isFree = world.semaphore()
    world.thread {
      publishOnce(core, world)
      isFree.post()
    }
    world.thread {
      isFree.wait()
      publishOnce(core, world)
    }
    let follower = Follower(of: core, world)
    world.thread { follower.drain() }
    world.check { follower.checkEnd() }
  }

  private static func full(_ capacity: Int, _ readers: Int) -> Core {
    let core = Core(capacity: capacity, readers: readers, epoch: 1, after: 0)
    var writer = core.takeWriter()!
    for number in 1...UInt64(capacity) { _ = writer.publish(number) }
    return core
  }

  private static func publishOnce(_ core: Core, _ world: World) {
    var writer = core.takeWriter()!
    publish(1, with: &writer, world)
  }

  private static func publish(_ count: Int, with writer: inout RingWriter<UInt64, ModelWord>, _ world: World) {
    for _ in 0..<count {
      let number = writer.head + 1
      switch writer.publish(number) {
      case .published(let position): world.expect(position == number, "\(position), not \(number)")
      case .busy: return
      case .closed, .exhausted: world.expect(false, "neither closed nor exhausted")
      }
    }
  }

  @Test("Every number is delivered or lost", arguments: [1, 2])
  func publishing(capacity: Int) { explore(Self.publishing(capacity: capacity)) }

  @Test("So it is for two readers")
  func twoReaders() { exploreAtRandom(Self.publishing(capacity: 2, readers: 2, messages: 2), executions: 1_000) }

  @Test("So it is in a ring of 16, whose floor is raised by more than one")
  func longStride() {
    exploreAtRandom(Self.publishing(capacity: 16, readers: 2, messages: 4), executions: 500)
  }

  @Test("Skipping and clearing lose what they say and no more")
  func losing() { explore(Self.losing) }

  @Test("A publisher's end goes on in another thread")
  func handedOver() { explore(Self.handedOver) }
}

/// A subscriber from the beginning, which notices if anything is left out, comes twice or is not what was published.
private final class Follower {
  private let core: FanOutCore<UInt64, ModelWord>
  private var reader: RingReader<UInt64, ModelWord>
  private var subscription: FanOutSubscription
  private var told: UInt64
  private var isClosed = false
  private unowned let world: World

  init(of core: FanOutCore<UInt64, ModelWord>, _ world: World) {
    self.core = core
    self.world = world
    reader = core.takeReader()!
    let start: FanOutStart
    (subscription, start) = core.subscribe(from: Position(epoch: 1, number: 0))
    told = subscription.position
    switch start {
    case .replay(let numbers): world.expect(told == 0 && numbers.lowerBound == 1, "\(start)")
    case .gap(let numbers, _): world.expect(numbers == 1...told, "\(start), then from \(told)")
    case .nothingMissed, .ahead, .otherEpoch: world.expect(false, "\(start)")
    }
  }

  func drain() {
    let before = subscription.delivered
    let delivered = reader.drain(&subscription, limit: .max) { delivery in
      switch delivery {
      case .messages(let messages, let first):
        let numbers = messages.indices.map { messages[$0] }
        world.expect(first == told + 1 && numbers == Array(first..<first + UInt64(numbers.count)), "\(numbers)")
        world.expect(!isClosed, "closed, and more came")
        told += UInt64(numbers.count)
      case .lagged(let numbers):
        world.expect(numbers.lowerBound == told + 1, "lagged \(numbers) after \(told)")
        told = numbers.upperBound
      case .closed: isClosed = true
      }
    }
    world.expect(UInt64(delivered) == subscription.delivered - before, "\(delivered) delivered, by its own account")
    world.expect(told == subscription.position, "told up to \(told), by its account \(subscription.position)")
    world.expect(
      subscription.delivered + subscription.lagged == subscription.position - subscription.start, "the account is open")
  }

  /// When all is over, it has heard of everything.
  func checkEnd() {
    drain()
    world.expect(told == core.head, "told up to \(told) of \(core.head)")
  }
}
