import Delivery
import Sequencer
import Testing

/// Acknowledgements, receipts, refusals and retries in every order.
@Suite struct OutboxOrderTests {
  enum News: CaseIterable {
    case acknowledged, acknowledgedInPart, echoed, refused, refusedAgain, retried, delivered, read
  }

  /// What is left when all has come: the statuses of three messages, and what the outbox keeps.
  private func outcome(_ news: [News]) -> [String] {
    var script = OutboxScript { $0.backoff = Backoff(jitter: .none, maximumAttempts: 1) }
    script.queue("1", "2", "3")
    _ = script.sent()
    var statuses = [DeliveryStatus](repeating: .sending(round: 0), count: 4)
    for arrival in news {
      switch arrival {
      case .acknowledged: script.acknowledge(1)
      case .acknowledgedInPart: script.acknowledge(3, except: [2...2])
      case .echoed: script.outbox.echo(2, epoch: 1, in: "a", at: script.at)
      case .refused: script.refuse(1)
      case .refusedAgain: script.refuse(1)
      case .retried: script.outbox.retry(MessageID(rawValue: 1), at: script.at)
      case .delivered: for message in 1...3 { statuses[message].merge(.delivered) }
      case .read: for message in 1...2 { statuses[message].merge(.read) }
      }
      while let event = script.outbox.nextEvent() {
        switch event {
        case .status(let id, _, let status), .failed(let id, _, let status, _): statuses[Int(id.rawValue)].merge(status)
        case .persist: break
        }
      }
    }
    return statuses.map { "\($0)" } + [
      "\(script.outbox.count) \(script.outbox.inFlightCount)", "\(String(describing: script.outbox.reach(of: "a")))",
    ]
  }

  /// A retry answers a failure, so it means something else before and after it; unless the message was acknowledged, and then
  /// no order of them matters.
  @Test func everyOrderOfUpToSixEndsTheSame() {
    var orders = 0
    for subset in 1..<(1 << News.allCases.count) {
      let chosen = News.allCases.indices.filter { subset >> $0 & 1 == 1 }.map { News.allCases[$0] }
      let settlesTheFirst = chosen.contains(.acknowledged) || chosen.contains(.acknowledgedInPart)
      guard chosen.count <= 6, !chosen.contains(.retried) || settlesTheFirst else { continue }
      let expected = outcome(chosen)
      var all = true
      forEachPermutation(chosen) { order in
        orders += 1
        if outcome(order) != expected {
          all = false
          Issue.record("\(order)")
        }
        return all
      }
    }
    #expect(orders > 20_000)
  }

  private func forEachPermutation(_ items: [News], _ body: ([News]) -> Bool) {
    var items = items
    func permute(_ start: Int) -> Bool {
      if start + 1 >= items.count { return body(items) }
      for index in start..<items.count {
        items.swapAt(start, index)
        defer { items.swapAt(start, index) }
        if !permute(start + 1) { return false }
      }
      return true
    }
    _ = permute(0)
  }
}
