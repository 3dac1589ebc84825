import Delivery
import Sequencer
import Testing

/// What a hub promises, rule by rule.
@Suite struct HubRuleTests {
  @Test func whatIsPublishedReachesEverySubscriberOnce() throws {
    let hub = Hub<String>()
    var publisher = hub.makePublisher()
    var loop = hub.makeLoop(of: Int.self)
    let room = publisher.open(7)
    var log: [String] = []
    for name in 1...3 {
      let connection = try loop.connect(name)
      let (_, start) = try loop.subscribe(connection, to: room)
      #expect(start == .nothingMissed)
    }
    for text in ["a", "b", "c"] { publisher.publish(text, to: room) }
    loop.drain(at: .zero) { name, _, delivery in
      switch delivery {
      case .messages(let messages, let first):
        for index in messages.indices { log.append("\(name): \(first + UInt64(index)) \(messages[index])") }
      default: break
      }
      return .ready
    }
    #expect(log == (1...3).flatMap { name in ["\(name): 1 a", "\(name): 2 b", "\(name): 3 c"] })
    #expect(loop.statistics.delivered == 9)
    let again = loop.drain(at: .zero) { _, _, _ in .ready }
    #expect(!again)
  }
}
