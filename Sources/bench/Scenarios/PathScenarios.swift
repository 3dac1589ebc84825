internal import Delivery
internal import Sequencer

/// A message's whole way in one process: from a client's outbox through the server's ordering and numbering into a room, to
/// every subscriber, and back to the outbox as an acknowledgement.
enum PathScenarios {
  private static let pairs = PathTraffic(conversations: 1_000, subscribers: 1, messages: 500_000)

  static var all: [Scenario] {
    [
      scenario(
        "path/1", "enqueue, transmit, order, number, publish, deliver to 1 subscriber, and acknowledge",
        pairs, work: Work.path),
      scenario(
        "path/100", "the same with 100 subscribers",
        PathTraffic(conversations: 1_000, subscribers: 100, messages: 100_000)),
      scenario(
        "path/10k", "the same with 10,000 subscribers",
        PathTraffic(conversations: 16, subscribers: 10_000, messages: 6_400)),
    ]
  }

  /// The straightforward code for the same.
  static var baselines: [Scenario] {
    [
      Scenario(
        "baseline/path/1", unit: "ns/message", "the same with dictionaries, and a closure for each subscriber",
        work: Work.path
      ) { context in
        let traffic = pairs.scaled(to: context.plan)
        return {
          var path = StraightforwardPath(traffic)
          _ = path.timedRounds(traffic.opening)
          let start = Clock.nanoseconds()
          let account = path.timedRounds(traffic.timed)
          return Sample(nanoseconds: Clock.nanoseconds() - start, account, traffic)
        }
      }
    ]
  }

  private static func scenario(
    _ name: String, _ summary: String, _ traffic: PathTraffic, work: String? = nil
  ) -> Scenario {
    Scenario(name, unit: "ns/message", summary, work: work) { context in
      let traffic = traffic.scaled(to: context.plan)
      return {
        var client = PathClient()
        var server = PathServer(traffic)
        // Opens the conversations, and brings the memory that they need.
        _ = PathClient.timedRounds(traffic.opening, &client, &server)
        let start = Clock.nanoseconds()
        let account = PathClient.timedRounds(traffic.timed, &client, &server)
        let nanoseconds = Clock.nanoseconds() - start
        var sample = Sample(nanoseconds: nanoseconds, account, traffic)
        if traffic.subscribers > 1 {
          let delivery = Double(nanoseconds) / Double(max(account.deliveries, 1))
          sample.further = [Figure(name: "delivery", unit: "ns/delivery", value: delivery)]
        }
        return sample
      }
    }
  }
}

/// Which messages go where: to the conversations in turn, a burst at a time.
struct PathTraffic: Sendable {
  /// Messages that are written before any of them is acknowledged.
  static let burst = 64
  static let roundNanoseconds: UInt64 = 1_000_000

  var conversations: Int
  /// Of each conversation.
  var subscribers: Int
  /// That are timed, after each conversation has had one.
  var messages: Int

  var opening: Range<Int> { 0..<conversations }
  var timed: Range<Int> { conversations..<conversations + messages }

  func scaled(to plan: Plan) -> PathTraffic {
    var traffic = self
    traffic.conversations = min(conversations, plan.streams)
    traffic.messages = plan.operations(messages)
    if plan.operations != nil { traffic.subscribers = min(subscribers, plan.streams) }
    return traffic
  }

  @inline(__always)
  func conversation(of message: Int) -> Int { message % conversations }

  /// The messages of one burst, and so many conversations that they are for, from that of its first one on.
  @inline(__always)
  func burst(from message: Int, in messages: Range<Int>) -> (messages: Range<Int>, conversations: Int) {
    let end = min(message + PathTraffic.burst, messages.upperBound)
    return (message..<end, min(end - message, conversations))
  }
}

/// What came of the messages.
struct PathAccount {
  var deliveries: UInt64 = 0
  /// Over all deliveries: which message came under which number.
  var sum: UInt64 = 0
  /// Messages of which the outbox said that they were sent.
  var sent: UInt64 = 0

  @inline(__always)
  mutating func deliver(_ message: UInt64, number: UInt64) {
    deliveries &+= 1
    sum &+= message ^ number << 32
  }
}

extension Sample {
  init(nanoseconds: UInt64, _ account: PathAccount, _ traffic: PathTraffic) {
    self.init(
      nanoseconds: nanoseconds, count: traffic.messages, hash: digest(account.deliveries, account.sum, account.sent))
    let deliveries = traffic.messages * traffic.subscribers
    if account.deliveries != UInt64(deliveries) { fault = "\(account.deliveries) deliveries instead of \(deliveries)" }
    if account.sent != UInt64(traffic.messages) { fault = "\(account.sent) messages were settled, not all" }
  }
}
