import Delivery
import Sequencer
import Testing

/// Everything that the hub holds is let go of, once, whatever ends first.
@Suite struct HubLifetimeTests {
  /// A connection that is counted.
  final class Peer {
    private let census: Census
    init(_ census: Census) {
      self.census = census
      census.add()
    }
    deinit { census.remove() }
  }

  /// What can end, each by itself.
  final class Parts {
    var hub: Hub<CountedMessage>?
    var publishers: [HubTrial.PublisherSeat?]
    var first: HubLoop<CountedMessage, Peer>?
    var second: HubLoop<CountedMessage, Peer>?
    var topics: [HubTopic<CountedMessage>]

    init() {
      let hub = Hub<CountedMessage>()
      self.hub = hub
      publishers = [.init(hub.makePublisher()), .init(hub.makePublisher())]
      first = hub.makeLoop()
      second = hub.makeLoop()
      topics = []
    }

    func end(_ part: Int) {
      switch part {
      case 0: hub = nil
      case 1: publishers[0] = nil
      case 2: publishers[1] = nil
      case 3: first = nil
      case 4: second.take()?.end { _, _, _ in }
      default: topics = []
      }
    }
  }

  private static func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
  }

  @Test func everythingIsFreedInWhateverOrderItEnds() throws {
    for order in Self.permutations(Array(0...5)) {
      let (messages, peers) = (Census(), Census())
      try play(order, messages, peers)
      #expect(messages.alive == 0 && peers.alive == 0, "in the order \(order)")
      #expect(messages.total >= 5 && peers.total == 4)
    }
  }

  /// One topic is drained, one has news for both loops, one is handed over, and one is published to as things end.
  private func play(_ order: [Int], _ messages: Census, _ peers: Census) throws {
    let parts = Parts()
    func message(_ topic: UInt64) -> CountedMessage { CountedMessage(topic: topic, number: 1, messages) }
    for id in 1...3 { parts.topics.append(parts.publishers[0]!.publisher.open(UInt64(id))) }
    for _ in 0..<2 {
      let (one, two) = (try parts.first!.connect(Peer(peers)), try parts.second!.connect(Peer(peers)))
      for topic in parts.topics {
        _ = try parts.first!.subscribe(one, to: topic)
        _ = try parts.second!.subscribe(two, to: topic)
      }
    }
    for topic in parts.topics { _ = parts.publishers[0]!.publisher.publish(message(topic.id), to: topic) }
    parts.first!.drain(at: .zero) { _, _, _ in .ready }
    parts.publishers[0]!.publisher.release(parts.topics[1])
    parts.publishers[1]!.publisher.adopt(parts.topics[1])
    let handedOver = parts.topics[1]
    _ = parts.publishers[1]!.publisher.publish(message(2), to: handedOver)
    _ = parts.publishers[1]!.publisher.publishLatest(message(2), key: 1, to: handedOver)
    for part in order {
      parts.end(part)
      // Whoever is left goes on.
      _ = parts.publishers[1]?.publisher.publish(message(2), to: handedOver)
      parts.publishers[1]?.publisher.advance(to: .max)
    }
  }
}
