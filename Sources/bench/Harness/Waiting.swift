internal import Synchronization

/// Where threads meet before what they do together is timed.
final class Gate: Sendable {
  private let arrived = Atomic<Int>(0)

  /// Returns when `count` threads have come.
  func meet(_ count: Int) {
    arrived.add(1, ordering: .acquiringAndReleasing)
    var patience = Patience()
    while arrived.load(ordering: .acquiring) < count { patience.wait() }
  }
}

/// What a loop does that waits for another core: it looks again at once, and lets others run now and then, so that it ends
/// where two threads share a core, or where the other one lost its own.
struct Patience {
  private var looks: UInt32 = 0
  /// Looks between two turns that others get, less one.
  private var mask: UInt32 = 0xFFFF

  init() {}

  /// For threads that are known to share a core: spinning for long would keep the one that is waited for from running.
  init(sharingCores: Bool) {
    if sharingCores { mask = 0x3F }
  }

  @inline(__always)
  mutating func wait() {
    looks &+= 1
    if looks & mask == 0 { Thread.yield() }
  }
}
