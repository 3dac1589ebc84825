/// A moment on the caller's clock, in nanoseconds from any fixed origin.
///
/// The library never reads a clock. Whatever monotonic clock the caller has, it passes readings of it in; only
/// differences matter.
///
/// ```swift
/// let start = Instant(nanoseconds: 1_000)
/// let deadline = start.advanced(by: .seconds(5))
/// ```
@frozen
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the clock's origin, at most 2⁶³ − 1.
  public let nanoseconds: UInt64

  /// The origin of the clock.
  @inlinable public static var zero: Instant { Instant(unchecked: 0) }

  /// The last instant there is, 2⁶³ − 1 nanoseconds (292 years) after the origin.
  @inlinable public static var max: Instant { Instant(unchecked: UInt64(Int64.max)) }

  /// Creates an instant.
  ///
  /// - Precondition: `nanoseconds` is at most 2⁶³ − 1.
  /// - Complexity: O(1)
  @inlinable
  public init(nanoseconds: UInt64) {
    precondition(nanoseconds <= UInt64(Int64.max), "an Instant lies at most 2^63 - 1 nanoseconds after its origin")
    self.nanoseconds = nanoseconds
  }

  /// Creates an instant from a sum that is already known to be in range.
  @inlinable
  package init(unchecked nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The instant `duration` later, held within the range of `Instant`.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func advanced(by duration: Duration) -> Instant {
    let step = duration.saturatedNanoseconds
    if step >= 0 { return Instant(unchecked: min(nanoseconds &+ UInt64(step), Instant.max.nanoseconds)) }
    return Instant(unchecked: nanoseconds > step.magnitude ? nanoseconds &- step.magnitude : 0)
  }

  /// The time from this instant to a later (positive) or an earlier (negative) one.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func duration(to other: Instant) -> Duration {
    .nanoseconds(Int64(other.nanoseconds) &- Int64(nanoseconds))
  }

  @inlinable
  public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.nanoseconds < rhs.nanoseconds }
}

extension Duration {
  /// Whole nanoseconds, rounded towards zero and held within `Int64`.
  @inlinable
  package var saturatedNanoseconds: Int64 {
    let magnitude = attoseconds.magnitude
    // 10⁹ is 2⁹ times 5⁹. Of less than two hours a word remains after the shift, and dividing that is a multiplication.
    guard magnitude >> 73 == 0 else { return Int64(clamping: attoseconds / 1_000_000_000) }
    let nanoseconds = Int64(UInt64(truncatingIfNeeded: magnitude >> 9) / 1_953_125)
    return attoseconds < 0 ? -nanoseconds : nanoseconds
  }
}
