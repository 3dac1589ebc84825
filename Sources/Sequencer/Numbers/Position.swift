/// Where a message stands in its stream: the sender's epoch, and the number within it.
///
/// A sender counts 1, 2, 3 … within an epoch. One that lost its counter comes back with a higher epoch and starts at 1
/// again, so positions of a stream only ever grow.
///
/// ```swift
/// Position(epoch: 0, number: 41) < Position(epoch: 1, number: 1)   // true
/// ```
@frozen
public struct Position: Sendable, Hashable, Comparable {
  public var epoch: UInt32
  public var number: UInt64

  /// - Complexity: O(1)
  @inlinable
  public init(epoch: UInt32 = 0, number: UInt64) {
    self.epoch = epoch
    self.number = number
  }

  @inlinable
  public static func < (lhs: Position, rhs: Position) -> Bool {
    (lhs.epoch, lhs.number) < (rhs.epoch, rhs.number)
  }
}

extension Position {
  /// The largest number that a message may carry: 2⁵³ − 1, the last one that JSON and JavaScript hold exactly.
  @inlinable public static var lastNumber: UInt64 { (1 << 53) - 1 }

  /// Whether a number that came from a peer may stand on a message: 1 … 2⁵³ − 1.
  ///
  /// - Complexity: O(1)
  @inlinable
  public static func isValid(number: UInt64) -> Bool { number &- 1 < lastNumber }
}
