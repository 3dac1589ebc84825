/// Plain counters since the sequencer was made, and a few readings of the moment.
///
/// Every message handed in is in exactly one of `delivered`, `late`, `duplicates`, `stale`, `rejected`, or it is still held.
///
/// ```swift
/// if sequencer.statistics.stale > 0 { log("the ledger is too short for this traffic") }
/// ```
public struct SequencerStatistics: Sendable, Hashable {
  /// Messages emitted in order.
  public internal(set) var delivered: UInt64 = 0
  /// Messages emitted after their number had been skipped.
  public internal(set) var late: UInt64 = 0
  /// Messages dropped because they were emitted or held before.
  public internal(set) var duplicates: UInt64 = 0
  /// Messages of which nobody knows whether they were emitted before.
  public internal(set) var stale: UInt64 = 0
  /// Messages refused, for whatever reason.
  public internal(set) var rejected: UInt64 = 0
  /// Messages that had to wait for an earlier one.
  public internal(set) var buffered: UInt64 = 0
  /// Numbers given up, for whatever reason.
  public internal(set) var skipped: UInt64 = 0
  /// Requests for missing numbers emitted.
  public internal(set) var requests: UInt64 = 0
  /// Streams that became known.
  public internal(set) var opened: UInt64 = 0
  /// Streams handed back by `evictIdle`.
  public internal(set) var evicted: UInt64 = 0

  /// Streams known now.
  public internal(set) var streams = 0
  /// Places taken in the buffer now, by messages, voided numbers and tips.
  public internal(set) var held = 0
  /// Bytes taken from the system now.
  public internal(set) var allocatedBytes = 0
  /// The most buckets of the stream table that finding one stream takes. More than a few: somebody guesses the hash seed.
  public internal(set) var longestProbe = 0
}

/// The counters behind `SequencerStatistics`.
@usableFromInline
struct Counters {
  /// Messages delivered, by the low two bits of their numbers. With a single counter every message of a busy stream would
  /// wait until the one before has been counted.
  @usableFromInline var delivered: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  @usableFromInline var late: UInt64 = 0
  @usableFromInline var duplicates: UInt64 = 0
  @usableFromInline var stale: UInt64 = 0
  @usableFromInline var rejected: UInt64 = 0
  @usableFromInline var buffered: UInt64 = 0
  @usableFromInline var skipped: UInt64 = 0
  @usableFromInline var requests: UInt64 = 0
  @usableFromInline var opened: UInt64 = 0
  @usableFromInline var evicted: UInt64 = 0

  @inlinable
  init() {}

  @inlinable @inline(__always)
  mutating func countDelivery(_ number: UInt64) {
    unsafe withUnsafeMutableBytes(of: &delivered) { lanes in
      let lane =
        unsafe lanes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)
        + Int(truncatingIfNeeded: number & 3)
      unsafe lane.pointee &+= 1
    }
  }
}

extension Sequencer where Message: ~Copyable {
  /// What has happened so far.
  ///
  /// - Complexity: O(1)
  public var statistics: SequencerStatistics {
    var statistics = SequencerStatistics()
    let lanes = counters.delivered
    statistics.delivered = lanes.0 &+ lanes.1 &+ lanes.2 &+ lanes.3
    statistics.late = counters.late
    statistics.duplicates = counters.duplicates
    statistics.stale = counters.stale
    statistics.rejected = counters.rejected
    statistics.buffered = counters.buffered
    statistics.skipped = counters.skipped
    statistics.requests = counters.requests
    statistics.opened = counters.opened
    statistics.evicted = counters.evicted
    statistics.streams = table.count
    statistics.held = heldCount
    statistics.allocatedBytes =
      table.allocatedBytes + store.allocatedBytes + gaps.allocatedBytes
    statistics.longestProbe = table.longestProbe
    return statistics
  }
}
