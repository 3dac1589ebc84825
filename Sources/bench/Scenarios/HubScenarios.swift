internal import Delivery
internal import Sequencer
internal import Synchronization

/// A server on two cores: each owns half of the topics and serves half of the connections, which subscribe to topics of both.
enum HubScenarios {
  static var all: [Scenario] {
    [
      deliver("hub/deliver", "10,000 topics, 100,000 subscriptions, two loops; bursts of 64, a core's time", burst: 64),
      deliver("hub/deliver/single", "the same, one message at a time", burst: 1),
      Scenario("hub/publish", unit: "ns/message", "publish to a topic that two loops know to have news") { context in
        let count = context.plan.operations(5_000_000)
        return {
          let hub = Hub<UInt64>()
          var publisher = hub.makePublisher()
          let topic = publisher.open(1)
          var first = hub.makeLoop(of: Int.self)
          var second = hub.makeLoop(of: Int.self)
          subscribe(&first, to: [topic], connections: 1)
          subscribe(&second, to: [topic], connections: 1)
          let start = Clock.nanoseconds()
          let last = timedPublish(&publisher, topic, count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(last))
        }
      },
    ]
  }

  private static func deliver(_ name: String, _ summary: String, burst: Int) -> Scenario {
    Scenario(name, unit: "ns/delivery", summary) { context in
      let messages = context.plan.operations(burst == 1 ? 400_000 : 12_800_000)
      return {
        let topics = min(10_000, max(2, messages / burst)) & ~1
        let rounds = max(1, messages / burst / topics)
        let server = Server(topics: topics, rounds: rounds, burst: burst)
        let partner = Thread(onCore: 1) { server.serve(1) }
        server.serve(0)
        partner.join()
        let deliveries = topics * rounds * burst * Server.subscribers
        let nanoseconds = server.nanoseconds.load(ordering: .acquiring)
        // Both cores have worked all the time.
        var sample = Sample(
          nanoseconds: 2 * nanoseconds, count: deliveries, hash: digest(server.sum.load(ordering: .acquiring)))
        let delivered = server.delivered.load(ordering: .acquiring)
        if delivered != UInt64(deliveries) { sample.fault = "\(delivered) deliveries instead of \(deliveries)" }
        return sample
      }
    }
  }

  @inline(never)
  private static func timedPublish(_ publisher: inout HubPublisher<UInt64>, _ topic: HubTopic<UInt64>, _ count: Int)
    -> UInt64
  {
    var last: UInt64 = 0
    for message in 0..<UInt64(count) {
      if case .published(let number) = publisher.publish(message, to: topic) { last = number }
    }
    return last
  }

  /// Subscribes each of `connections` to as many topics as make five subscribers a topic.
  static func subscribe(_ loop: inout HubLoop<UInt64, Int>, to topics: [HubTopic<UInt64>], connections: Int) {
    var names: [HubConnection] = []
    for name in 0..<connections { if let connection = try? loop.connect(name) { names.append(connection) } }
    var next = 0
    for topic in topics {
      for _ in 0..<min(Server.subscribers / 2, connections) {
        _ = try? loop.subscribe(names[next % connections], to: topic)
        next += 1
      }
    }
  }
}

/// What the two threads share.
private final class Server: Sendable {
  /// Subscribers of a topic, over both loops.
  static let subscribers = 10
  /// How many rounds a thread may be ahead of the other, so that nobody is overtaken.
  static let lead = 8

  let hub: Hub<UInt64>
  let topics: [HubTopic<UInt64>]
  let rounds: Int
  let burst: Int
  let sum = Atomic<UInt64>(0)
  let delivered = Atomic<UInt64>(0)
  let nanoseconds = Atomic<UInt64>(0)
  private let ready = Atomic<Int>(0)
  private let progress = Atomic<Int>(0)
  private let progressOfPartner = Atomic<Int>(0)

  init(topics count: Int, rounds: Int, burst: Int) {
    var configuration = HubConfiguration()
    configuration.loops = 2
    hub = Hub(configuration)
    self.rounds = rounds
    self.burst = burst
    var publisher = hub.makePublisher()
    topics = (0..<count).map { publisher.open(UInt64($0)) }
    for topic in topics { publisher.release(topic) }
  }

  func serve(_ side: Int) {
    var publisher = hub.makePublisher()
    var loop = hub.makeLoop(of: Int.self)
    let own = Array(topics[(side * topics.count / 2)..<((side + 1) * topics.count / 2)])
    for topic in own { publisher.adopt(topic) }
    HubScenarios.subscribe(&loop, to: topics, connections: max(1, topics.count / 2))
    // A first message brings the rings, which are not what is measured.
    meet()
    for topic in own { while case .busy = publisher.publish(0, to: topic) {} }
    meet()
    var sum: UInt64 = 0
    Server.timedDrain(&loop, &sum)
    let warm = loop.statistics.delivered
    meet()
    let start = Clock.nanoseconds()
    timedRounds(side, &publisher, &loop, own, &sum)
    self.sum.add(sum, ordering: .acquiringAndReleasing)
    delivered.add(loop.statistics.delivered - warm, ordering: .acquiringAndReleasing)
    nanoseconds.max(Clock.nanoseconds() - start, ordering: .acquiringAndReleasing)
  }

  @inline(never)
  private func timedRounds(
    _ side: Int, _ publisher: inout HubPublisher<UInt64>, _ loop: inout HubLoop<UInt64, Int>, _ own: [HubTopic<UInt64>],
    _ sum: inout UInt64
  ) {
    let messages = (0..<UInt64(burst)).map { $0 }
    let expected = loop.statistics.delivered + UInt64(topics.count * rounds * burst * Server.subscribers / 2)
    for round in 0..<rounds {
      for topic in own { Server.publishAll(messages.span, to: topic, &publisher) }
      Server.timedDrain(&loop, &sum)
      Server.timedDrain(&loop, &sum)
      report(round + 1, side)
      while other(side) < round + 1 - Server.lead {
        Server.timedDrain(&loop, &sum)
        Thread.yield()
      }
    }
    while loop.statistics.delivered + loop.statistics.lagged < expected {
      Server.timedDrain(&loop, &sum)
    }
  }

  @inline(never)
  private static func timedDrain(_ loop: inout HubLoop<UInt64, Int>, _ sum: inout UInt64) {
    loop.drain(at: .zero) { _, _, delivery in
      switch delivery {
      case .messages(let messages, _):
        for index in messages.indices { sum &+= messages[index] }
      default: break
      }
      return .ready
    }
  }

  /// A thread that is interrupted in the middle of copying can be in the way.
  private static func publishAll(
    _ messages: Span<UInt64>, to topic: HubTopic<UInt64>, _ publisher: inout HubPublisher<UInt64>
  ) {
    var done = publisher.publish(contentsOf: messages, to: topic)
    while done < messages.count {
      Thread.yield()
      done += publisher.publish(contentsOf: messages.extracting(done...), to: topic)
    }
  }

  private func report(_ round: Int, _ side: Int) {
    if side == 0 {
      progress.store(round, ordering: .releasing)
    } else {
      progressOfPartner.store(round, ordering: .releasing)
    }
  }

  private func other(_ side: Int) -> Int {
    side == 0 ? progressOfPartner.load(ordering: .acquiring) : progress.load(ordering: .acquiring)
  }

  /// Waits until both threads are here.
  private func meet() {
    let arrived = ready.add(1, ordering: .acquiringAndReleasing).newValue
    let both = (arrived + 1) & ~1
    while ready.load(ordering: .acquiring) < both { Thread.yield() }
  }
}
