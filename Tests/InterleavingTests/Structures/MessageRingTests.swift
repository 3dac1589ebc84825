import Delivery
import Testing

/// The slots that one thread overwrites while others read them.
@Suite("MessageRing")
struct MessageRingTests {
  /// The ring is full; the writer overwrites it; each reader serves a subscriber that is close behind, and then one that is
  /// far behind.
  static func overwriting(capacity: Int, readers: Int = 1, messages: Int = 2) -> Scenario {
    Scenario("message ring of \(capacity), overwritten, \(readers) reader(s)") { world in
      let ring = WatchedRing(capacity: capacity, readers: readers)
      for _ in 0..<capacity { _ = ring.publish(world) }
      let newest = UInt64(capacity)
      world.thread { for _ in 0..<messages where !ring.publish(world) { break } }
      for reader in 0..<readers {
        world.thread {
          var window = ReadingWindow<UInt64>()
          for cursor in [newest, 1] { _ = ring.read(from: cursor, by: reader, into: &window, world) }
        }
      }
      world.check { world.expect(ring.publish(world), "busy, and nobody reads") }
    }
  }

  /// Numbers that will not come, among those that do, while a reader follows.
  static let skipping = Scenario("message ring of 2, with numbers left out") { world in
    let ring = WatchedRing(capacity: 2, readers: 1)
    world.thread {
      if ring.publish(world), ring.skip(2) { _ = ring.publish(world) }
    }
    world.thread {
      var window = ReadingWindow<UInt64>()
      var cursor: UInt64 = 1
      for _ in 0..<3 { cursor = ring.read(from: cursor, by: 0, into: &window, world) }
    }
  }

  @Test("Nobody reads what is being overwritten", arguments: [1, 2, 4])
  func overwriting(capacity: Int) { explore(Self.overwriting(capacity: capacity)) }

  @Test("Nor do two readers")
  func twoReaders() { explore(Self.overwriting(capacity: 1, readers: 2, messages: 1)) }

  @Test("Nor where the floor is raised by more than one")
  func longStride() { exploreAtRandom(Self.overwriting(capacity: 16, readers: 2, messages: 6), executions: 1_000) }

  @Test("Numbers that are left out are lost, and no others")
  func skipping() { explore(Self.skipping) }
}

/// A ring and its head, which is stored after the slot, as `FanOutRing` and `Hub` do it. It knows what may be found.
final class WatchedRing: @unchecked Sendable {
  private let ring: MessageRing<UInt64, ModelWord>
  private let head = ModelWord(1, .head)

  private var next: UInt64 = 1
  /// What the writer has tried to write, even if it was refused, costs the readers what stands in its place.
  private var tried: UInt64 = 0
  private var leftOut: Set<UInt64> = []
  /// Reads under way, and all that ever began.
  private var reading = 0
  private var reads = 0

  init(capacity: Int, readers: Int) {
    ring = MessageRing(capacity: capacity, readers: readers)
    ring.lease(to: 1, at: 1)
  }

  /// Publishes the next number as its own message. False if a reader is in the way, which has to be true.
  func publish(_ world: World) -> Bool {
    let position = next
    let (wasReading, before) = (reading > 0, reads)
    tried = position
    guard ring.mayWrite(at: position) else {
      world.expect(wasReading || reads > before, "busy, and nobody reads")
      return false
    }
    _ = ring.replace(at: position, with: position)
    next += 1
    head.storeReleasing(next)
    return true
  }

  /// Leaves numbers out. False if a reader is in the way.
  func skip(_ count: UInt64) -> Bool {
    let end = next + count
    leftOut.formUnion(next..<end)
    tried = end - 1
    next = ring.skip(from: next, below: end)
    head.storeReleasing(next)
    return next == end
  }

  /// What the reader goes on from.
  func read(
    from cursor: UInt64, by reader: Int, into window: inout ReadingWindow<UInt64>, _ world: World
  ) -> UInt64 {
    let head = head.loadAcquiring()
    reading += 1
    reads += 1
    let found = ring.read(from: cursor, below: head, by: reader, tenant: 1, into: &window)
    reading -= 1
    switch found {
    case .messages:
      let messages = window.all
      world.expect(
        window.first == cursor && window.end <= head && messages == Array(cursor..<window.end)
          && leftOut.isDisjoint(with: messages), "\(messages) from \(cursor)")
      return window.end
    case .lost(let end):
      let kept = UInt64(ring.capacity - max(1, ring.capacity / 8)) + 1
      let areLost = (cursor..<end).allSatisfy { leftOut.contains($0) || $0 + kept <= tried }
      world.expect(end > cursor && areLost, "\(cursor)..<\(end) are not lost while \(tried) is written")
      return end
    case .nothing:
      world.expect(cursor >= head, "nothing at \(cursor), below \(head)")
    case .retired:
      world.expect(false, "retired")
    }
    return cursor
  }
}

extension ReadingWindow where Element == UInt64 {
  var all: [UInt64] { count == 0 ? [] : unsafe Array(messages(from: first, limit: count)) }
}
