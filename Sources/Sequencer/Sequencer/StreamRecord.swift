/// What is worth keeping of a stream when nobody listens: some forty bytes that continue it anywhere.
///
/// Eviction, `open` and the snapshot share it. It holds no message: what is buffered was never acknowledged, so its sender
/// sends it again.
///
/// ```swift
/// sequencer.evictIdle { record in database.save(record) }
/// …
/// _ = sequencer.open(database.load("alice"))
/// ```
public struct StreamRecord<Key: StreamKey>: Hashable {
  public var stream: Key
  public var epoch: UInt32
  /// The number that is emitted next, 1 … 2⁵³.
  public var next: UInt64
  /// At or below it, nobody remembers which numbers came out.
  public var floor: UInt64
  /// The skipped ranges between `floor` and `next`: ascending, apart, never touching.
  public var skipped: [ClosedRange<UInt64>]

  /// - Complexity: O(1)
  public init(
    stream: Key, epoch: UInt32 = 0, next: UInt64 = 1, floor: UInt64 = 0, skipped: [ClosedRange<UInt64>] = []
  ) {
    self.stream = stream
    self.epoch = epoch
    self.next = next
    self.floor = floor
    self.skipped = skipped
  }

  /// Whether a sequencer can have written this record.
  ///
  /// - Complexity: O(*k*) in the number of skipped ranges.
  public var isValid: Bool {
    guard next >= 1, next <= Position.lastNumber + 1, floor < next else { return false }
    // A range that touches the floor is whole; one that touches its neighbour should have been joined with it.
    var free = floor + 1
    for range in skipped {
      guard range.lowerBound >= free, range.upperBound < next else { return false }
      free = range.upperBound + 2
    }
    return true
  }
}

extension StreamRecord: Sendable where Key: Sendable {}
