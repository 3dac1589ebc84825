import Delivery
import Sequencer

/// A loop that writes down what its connections are given, for the tests of the rules.
struct HubScript: ~Copyable {
  let hub: Hub<String>
  var publisher: HubPublisher<String>
  var loop: HubLoop<String, String>

  init(_ configuration: HubConfiguration = HubConfiguration()) {
    hub = Hub(configuration)
    publisher = hub.makePublisher()
    loop = hub.makeLoop()
  }

  /// Connects somebody and subscribes it to a topic.
  mutating func join(
    _ name: String, _ topic: HubTopic<String>, from token: Position? = nil, _ policy: HubPolicy = .lag
  ) throws -> (HubConnection, HubSubscription, FanOutStart) {
    let connection = try loop.connect(name, policy)
    let (subscription, start) = try loop.subscribe(connection, to: topic, from: token)
    return (connection, subscription, start)
  }

  /// Publishes messages whose content is their number.
  mutating func publish(_ count: Int, to topic: HubTopic<String>) {
    for _ in 0..<count { _ = publisher.publish("\(topic.head.number + 1)", to: topic) }
  }

  /// Drains, and returns what was given: "name: 1 2 3", "name: lost 4…5", "name: key 7 text", "name: resynchronize",
  /// "name: closed, 3 + 2 of 5".
  mutating func drain(
    at seconds: Int64 = 0, nanoseconds: Int64 = 0, _ answer: (String) -> HubAnswer = { _ in .ready }
  ) -> [String] {
    var log: [String] = []
    let now = Instant.zero.advanced(by: .seconds(seconds) + .nanoseconds(nanoseconds))
    loop.drain(at: now) { name, _, delivery in
      var line = "\(name):"
      switch delivery {
      case .messages(let messages, let first):
        for index in messages.indices { line += " \(first + UInt64(index))" }
      case .lagged(let range): line += " lost \(range.lowerBound)…\(range.upperBound)"
      case .latest(let key, let text): line += " key \(key) \(text)"
      case .resynchronize: line += " resynchronize"
      case .ended(let account, let end):
        line += " \(end), \(account.delivered) + \(account.lagged) of \(account.position.number - account.start)"
      }
      log.append(line)
      return answer(name)
    }
    return log
  }
}
