import Delivery
import Testing

/// A ring that is taken from one tenant and leased to another, while readers of both look into it.
@Suite("MessageRing, from tenant to tenant")
struct RingTenancyTests {
  /// The first tenant's messages are there. Both tenants use the same numbers, so that only the message tells them apart.
  static let scenario = Scenario("message ring of 2, from tenant to tenant") { world in
    let ring = MessageRing<UInt64, ModelWord>(capacity: 2, readers: 2)
    let secondHead = Shared(.head, 1)
    ring.lease(to: 1, at: 1)
    for number: UInt64 in 1...2 { _ = ring.replace(at: number, with: message(number, of: 1)) }

    world.thread {
      for _ in 0..<2 {
        guard ring.retire() else { continue }
        ring.lease(to: 2, at: 1)
        _ = ring.replace(at: 1, with: message(1, of: 2))
        secondHead.word.storeReleasing(2)
        return
      }
    }
    world.thread {
      var window = ReadingWindow<UInt64>()
      var wasRetired = false
      for number: UInt64 in [2, 1] {
        switch ring.read(from: number, below: 3, by: 0, tenant: 1, into: &window) {
        case .messages:
          let expected = (number...2).map { message($0, of: 1) }
          world.expect(!wasRetired && window.all == expected, "\(window.all) from \(number)")
        case .retired: wasRetired = true
        case .lost, .nothing: world.expect(false, "neither there nor retired")
        }
      }
    }
    world.thread {
      var window = ReadingWindow<UInt64>()
      let head = secondHead.word.loadAcquiring()
      switch ring.read(from: 1, below: head, by: 1, tenant: 2, into: &window) {
      case .messages: world.expect(window.all == [message(1, of: 2)], "\(window.all)")
      case .nothing: world.expect(head == 1, "nothing below \(head)")
      case .lost, .retired: world.expect(false, "the second tenant's message is there")
      }
    }
    world.check {
      // Whoever was in the way is done.
      world.expect(ring.retire(), "not retired, and nobody reads")
    }
  }

  @Test("A reader finds its tenant's messages, or that the ring is another's")
  func holds() { explore(Self.scenario) }

  private static func message(_ number: UInt64, of tenant: UInt64) -> UInt64 { tenant * 1_000 + number }
}
