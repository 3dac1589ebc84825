internal import Delivery
internal import Sequencer

extension ScaleScenarios {
  static var subscribers: [Scenario] {
    powersOfTen(0...5).map { count in
      Scenario(
        "scale/subscribers/\(count)", unit: "ns/delivery",
        "connections that subscribe to one topic of a hub: bursts of 64; one by one; a connection", isOnRequest: true
      ) { context in
        let bursts = FanOutRounds(context.plan, subscribers: count, burst: 64, deliveries: 20_000_000)
        let singles = FanOutRounds(context.plan, subscribers: count, burst: 1, deliveries: 2_000_000)
        return {
          var room = ScaleRoom()
          let bytes = bytes(perPieceOf: bursts.subscribers) { room.fill(bursts.subscribers) }
          let start = Clock.nanoseconds()
          room.timedRounds(bursts)
          let middle = Clock.nanoseconds()
          room.timedRounds(singles)
          let end = Clock.nanoseconds()
          let deliveries = bursts.deliveries + singles.deliveries
          var sample = Sample(nanoseconds: middle - start, count: bursts.deliveries, hash: digest(room.sum))
          let single = Double(end - middle) / Double(singles.deliveries)
          sample.further = [Figure(name: "single", unit: "ns/delivery", value: single)] + bytes
          if room.delivered != UInt64(deliveries) { sample.fault = "\(room.delivered) deliveries, not \(deliveries)" }
          return sample
        }
      }
    }
  }
}

/// A topic and the connections that subscribe to it, all on one thread.
private struct ScaleRoom: ~Copyable {
  private var publisher: HubPublisher<UInt64>
  private var loop: HubLoop<UInt64, Int>
  private let topic: HubTopic<UInt64>
  private var word: UInt64 = 0
  private(set) var sum: UInt64 = 0

  var delivered: UInt64 { loop.statistics.delivered }

  init() {
    let hub = Hub<UInt64>()
    var publisher = hub.makePublisher()
    topic = publisher.open(1)
    self.publisher = publisher
    loop = hub.makeLoop()
  }

  mutating func fill(_ subscribers: Int) {
    for name in 0..<subscribers {
      if let connection = try? loop.connect(name) { _ = try? loop.subscribe(connection, to: topic) }
    }
    // Shows the new ones that there is nothing for them yet.
    timedDrain()
  }

  @inline(never)
  mutating func timedRounds(_ rounds: FanOutRounds) {
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        _ = publisher.publish(word, to: topic)
        word &+= 1
      }
      timedDrain()
    }
  }

  @inline(never)
  private mutating func timedDrain() {
    var total = sum
    loop.drain(at: .zero) { _, _, delivery in
      switch delivery {
      case .messages(let words, _): for index in words.indices { total &+= words[index] }
      default: break
      }
      return .ready
    }
    sum = total
  }
}
