internal import Delivery

/// One publisher and many subscribers of one topic: rounds of publishing a burst and letting each subscriber read all of it.
///
/// A delivery is a message for one subscriber, and each one is really read: its word is added to the hash, in a loop over the
/// span that a subscriber is given. The compiler may turn that loop into vector instructions, as it may for any user.
enum FanOutScenarios {
  static let capacity = 1_024
  static let burst = 64

  static var all: [Scenario] {
    [
      words("fan-out/100", "100 subscribers read bursts of 64 words", subscribers: 100, work: Work.fanOut),
      words("fan-out/10k", "10,000 subscribers read bursts of 64 words", subscribers: 10_000),
      words(
        "fan-out/10k/single", "10,000 subscribers read words one by one", subscribers: 10_000, burst: 1,
        work: Work.fanOutSingle),
      words(
        "fan-out/10k/single/each", "the same, with a call for each subscriber", subscribers: 10_000, burst: 1,
        work: Work.fanOutSingle
      ) { $0.timedOneByOne($1) },
      Scenario("fan-out/10k/reference", unit: "ns/delivery", "10,000 subscribers read bursts of 64 objects, borrowed") {
        context in
        let rounds = FanOutRounds(context.plan, subscribers: 10_000, burst: burst)
        let letters = Letter.letters(capacity)
        return {
          var stage = FanOutStage<Letter>(rounds)
          return stage.sample(rounds) { $0.timedRounds($1, letters) }
        }
      },
      Scenario(
        "fan-out/10k/two-readers", unit: "ns/delivery", "two threads, each with 5,000 subscribers, read 64 words"
      ) {
        context in
        let rounds = FanOutRounds(context.plan, subscribers: 5_000, burst: burst)
        return { FanOutThreads.sample(rounds) }
      },
      Scenario("fan-out/publish", unit: "ns/message", "publish a word, whatever the number of subscribers") { context in
        let count = context.plan.operations(20_000_000)
        return { published(count) { timedPublish(&$0, count) } }
      },
      Scenario("fan-out/publish/reference", unit: "ns/message", "publish an object, and let go of an older one") {
        context in
        let count = context.plan.operations(5_000_000)
        let letters = Letter.letters(capacity)
        return { published(count) { timedPublish(&$0, letters, count) } }
      },
    ]
  }

  private static func words(
    _ name: String, _ summary: String, subscribers: Int, burst: Int = burst, work: String? = nil,
    timed: @escaping @Sendable (inout FanOutStage<UInt64>, FanOutRounds) -> UInt64 = { $0.timedRounds($1) }
  ) -> Scenario {
    Scenario(name, unit: "ns/delivery", summary, work: work) { context in
      let rounds = FanOutRounds(context.plan, subscribers: subscribers, burst: burst)
      return {
        var stage = FanOutStage<UInt64>(rounds)
        return stage.sample(rounds, timed)
      }
    }
  }

  private static func published<Element: Sendable>(
    _ count: Int, _ timed: (inout FanOutPublisher<Element>) -> Int
  ) -> Sample {
    let ring = FanOutRing<Element>(capacity: capacity, readers: 2)
    var publisher = ring.makePublisher()
    let start = Clock.nanoseconds()
    let published = timed(&publisher)
    var sample = Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(ring.head))
    if published != count { sample.fault = "\(published) messages were published, not \(count)" }
    return sample
  }

  @inline(never)
  private static func timedPublish(_ publisher: inout FanOutPublisher<UInt64>, _ count: Int) -> Int {
    var published = 0
    for word in 0..<UInt64(count) {
      if case .published = publisher.publish(word) { published &+= 1 }
    }
    return published
  }

  @inline(never)
  private static func timedPublish(
    _ publisher: inout FanOutPublisher<Letter>, _ letters: [Letter], _ count: Int
  ) -> Int {
    var published = 0
    for index in 0..<count {
      if case .published = publisher.publish(letters[index & (capacity - 1)]) { published &+= 1 }
    }
    return published
  }
}

/// How much a scenario does.
struct FanOutRounds: Sendable {
  let subscribers: Int
  let burst: Int
  let count: Int

  var messages: Int { count * burst }
  var deliveries: Int { messages * subscribers }

  init(_ plan: Plan, subscribers: Int, burst: Int, deliveries: Int = 40_000_000) {
    self.subscribers = min(subscribers, plan.streams)
    self.burst = burst
    count = max(1, plan.operations(deliveries) / (self.subscribers * burst))
  }
}

/// A payload that is counted.
final class Letter: Sendable {
  let word: UInt64
  init(_ word: UInt64) { self.word = word }

  static func letters(_ count: Int) -> [Letter] { (0..<UInt64(count)).map { Letter($0) } }
}

/// A ring with its two ends and the subscribers, all on one thread.
struct FanOutStage<Element: Sendable>: ~Copyable {
  var publisher: FanOutPublisher<Element>
  var reader: FanOutReader<Element>
  var subscriptions: [FanOutSubscription] = []

  init(_ rounds: FanOutRounds) {
    let ring = FanOutRing<Element>(capacity: FanOutScenarios.capacity, readers: 1)
    publisher = ring.makePublisher()
    reader = ring.makeReader()
    for _ in 0..<rounds.subscribers { subscriptions.append(reader.subscribe(from: nil).subscription) }
  }

  mutating func sample(_ rounds: FanOutRounds, _ timed: (inout Self, FanOutRounds) -> UInt64) -> Sample {
    let start = Clock.nanoseconds()
    let sum = timed(&self, rounds)
    var sample = Sample(nanoseconds: Clock.nanoseconds() - start, count: rounds.deliveries, hash: digest(sum))
    let delivered = subscriptions.reduce(0) { $0 + $1.delivered }
    if delivered != UInt64(rounds.deliveries) { sample.fault = "\(delivered) deliveries, not \(rounds.deliveries)" }
    return sample
  }
}

extension FanOutStage<UInt64> {
  /// All subscribers with one call.
  @inline(never)
  mutating func timedRounds(_ rounds: FanOutRounds) -> UInt64 {
    var sum: UInt64 = 0
    var word: UInt64 = 0
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        _ = publisher.publish(word)
        word &+= 1
      }
      reader.addUp(&subscriptions, &sum)
    }
    return sum
  }

  /// A call for each subscriber.
  @inline(never)
  mutating func timedOneByOne(_ rounds: FanOutRounds) -> UInt64 {
    var sum: UInt64 = 0
    var word: UInt64 = 0
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        _ = publisher.publish(word)
        word &+= 1
      }
      for index in subscriptions.indices {
        reader.drain(&subscriptions[index]) { delivery in
          switch delivery {
          case .messages(let words, from: _): for index in words.indices { sum &+= words[index] }
          default: break
          }
        }
      }
    }
    return sum
  }
}

extension FanOutReader<UInt64> {
  /// Gives every subscriber all that is new, and adds each word up that one is given.
  @inline(__always)
  mutating func addUp(_ subscriptions: inout [FanOutSubscription], _ sum: inout UInt64) {
    var subscriptions = subscriptions.mutableSpan
    drain(&subscriptions) { _, delivery in
      switch delivery {
      case .messages(let words, from: _):
        // A sum for each subscriber, so that none has to wait for the sum of the one before.
        var own: UInt64 = 0
        for index in words.indices { own &+= words[index] }
        sum &+= own
      default: break
      }
    }
  }
}

extension FanOutStage<Letter> {
  @inline(never)
  mutating func timedRounds(_ rounds: FanOutRounds, _ letters: [Letter]) -> UInt64 {
    var sum: UInt64 = 0
    var next = 0
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        _ = publisher.publish(letters[next & (letters.count - 1)])
        next &+= 1
      }
      Self.timedDrain(&reader, &subscriptions, &sum)
    }
    return sum
  }

  @inline(__always)
  private static func timedDrain(
    _ reader: inout FanOutReader<Letter>, _ subscriptions: inout [FanOutSubscription], _ sum: inout UInt64
  ) {
    var subscriptions = subscriptions.mutableSpan
    reader.drain(&subscriptions) { _, delivery in
      switch delivery {
      case .messages(let letters, from: _): for index in letters.indices { sum &+= letters[index].word }
      default: break
      }
    }
  }
}
