import Delivery
import Testing

/// A ring with an index at each end, in miniature: the first structure that every such tool is tried on.
@Suite("Index ring")
struct IndexRingTests {
  /// Two slots, three values, and attempts to spare at both ends.
  private static let scenario = Scenario("index ring of two") { world in
    let ring = IndexRing(capacity: 2)
    var received: [UInt64] = []
    world.thread {
      var next: UInt64 = 1
      for _ in 0..<4 where next <= 3 { if ring.push(next) { next += 1 } }
    }
    world.thread { for _ in 0..<4 { if let value = ring.pop() { received.append(value) } } }
    world.check { world.expect(received == Array([1, 2, 3].prefix(received.count)), "received \(received)") }
  }

  @Test("It holds") func holds() { explore(Self.scenario) }

  @Test("It holds at random") func random() { exploreAtRandom(Self.scenario, executions: 1_000) }

  @Test(
    "Each of six planted bugs is found",
    arguments: [
      Fault.relaxed(.loads, of: .consumerPosition).by(thread: 1),
      .relaxed(.stores, of: .producerPosition),
      .relaxed(.loads, of: .producerPosition).by(thread: 2),
      .relaxed(.stores, of: .consumerPosition),
      .late(.read, past: .stores),
      .late(.write, past: .stores),
    ])
  func isChecked(_ fault: Fault) { expectFound(fault, in: Self.scenario, as: .race) }
}

private final class IndexRing: Sendable {
  private let produced = ModelWord(0, .producerPosition)
  private let consumed = ModelWord(0, .consumerPosition)
  private let slots: SharedPayload
  private let capacity: UInt64

  init(capacity: Int) {
    self.capacity = UInt64(capacity)
    slots = SharedPayload(count: capacity)
  }

  func push(_ value: UInt64) -> Bool {
    let position = produced.loadRelaxed()
    guard position - consumed.loadAcquiring() < capacity else { return false }
    slots[Int(position % capacity)] = value
    produced.storeReleasing(position + 1)
    return true
  }

  func pop() -> UInt64? {
    let position = consumed.loadRelaxed()
    guard position != produced.loadAcquiring() else { return nil }
    let value = slots[Int(position % capacity)]
    consumed.storeReleasing(position + 1)
    return value
  }
}
