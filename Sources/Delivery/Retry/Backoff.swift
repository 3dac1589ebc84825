internal import Sequencer

/// How long to wait before trying again, and when to stop trying.
///
/// After the first failure the wait is at most `base`, after each further one at most `factor` times as long, up to `cap`.
/// Where in that span it falls is left to chance, so that clients that failed together do not come back together.
///
/// ```swift
/// let backoff = Backoff(maximumAttempts: 8)
/// var random = SystemRandomNumberGenerator()
/// switch backoff.delay(after: 3, elapsed: .seconds(4), using: &random) {
/// case .retry(let delay): wheel.reschedule(timer, to: now.advanced(by: delay))   // within 2 s
/// case .giveUp(let reason): print(reason)
/// }
/// ```
///
/// Every input is taken: what lies outside the range of a value counts as its nearest end, and nothing overflows.
public struct Backoff: Sendable, Hashable {
  /// Where in its span a wait falls.
  public enum Jitter: Sendable, Hashable {
    /// At its end: the same wait for everybody. Only where nobody else waits for the same thing.
    case none
    /// Anywhere from `floor` to its end. The floor keeps a lucky draw from being no wait at all.
    case full(floor: Duration)
  }

  /// What to do after a failure.
  @frozen
  public enum Decision: Sendable, Hashable {
    /// Try again when this time has passed.
    case retry(after: Duration)
    /// Stop.
    case giveUp(GiveUpReason)
  }

  /// Why not to try again.
  @frozen
  public enum GiveUpReason: Sendable, Hashable {
    /// As many attempts as are allowed have failed.
    case attempts
    /// The deadline has passed, or would have passed before the next attempt.
    case deadline
  }

  /// The longest wait that a peer can ask for. A peer that says *tomorrow* must not silence its clients for a day.
  public static let longestRetryAfter = Duration.seconds(900)

  @usableFromInline let base: UInt64
  @usableFromInline let factor: UInt32
  @usableFromInline let cap: UInt64
  /// At most `cap`.
  @usableFromInline let floor: UInt64
  @usableFromInline let isJittered: Bool
  @usableFromInline let maximumAttempts: UInt32
  /// In attoseconds, at most 2⁶³ nanoseconds of them.
  @usableFromInline let deadline: Int128

  /// Creates a policy. Durations below zero count as zero, a factor of 0 as 1.
  ///
  /// - Parameters:
  ///   - base: the longest wait after the first failure. Half a second is about when a user notices.
  ///   - factor: how much longer each further wait may be.
  ///   - cap: the longest wait of all, also where `base` is longer.
  ///   - jitter: where in its span a wait falls.
  ///   - maximumAttempts: how many attempts may fail in all; 16 take five minutes or so.
  ///   - deadline: the time after the first attempt at which to stop.
  /// - Complexity: O(1)
  public init(
    base: Duration = .milliseconds(500), factor: UInt32 = 2, cap: Duration = .seconds(30),
    jitter: Jitter = .full(floor: .milliseconds(100)), maximumAttempts: UInt32 = 16,
    deadline: Duration = .seconds(86_400)
  ) {
    self.base = Backoff.nanoseconds(base)
    self.factor = max(factor, 1)
    self.cap = Backoff.nanoseconds(cap)
    switch jitter {
    case .none: (isJittered, floor) = (false, 0)
    case .full(let floor): (isJittered, self.floor) = (true, min(Backoff.nanoseconds(floor), self.cap))
    }
    self.maximumAttempts = maximumAttempts
    self.deadline = Int128(Backoff.nanoseconds(deadline)) * 1_000_000_000
  }

  @usableFromInline
  static func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(duration.saturatedNanoseconds, 0)) }
}

extension Backoff {
  /// Decides what to do after `failures` failed attempts.
  ///
  /// A peer's `retryAfter`, at most ``longestRetryAfter``, raises the whole span: the wait is never shorter than what was
  /// asked for, and up to a quarter longer at least, since the peer tells all its clients the same. Without jitter it is the
  /// longer of the two.
  ///
  /// ```swift
  /// backoff.delay(after: 1, elapsed: .zero, retryAfter: .seconds(20), using: &random)   // 20 … 25 s
  /// ```
  /// - Parameters:
  ///   - failures: the attempts that have failed; after none of them there is nothing to wait for.
  ///   - elapsed: the time since the first attempt.
  ///   - generator: where chance comes from. The same numbers give the same waits.
  /// - Complexity: O(1)
  @inlinable
  public func delay(
    after failures: UInt32, elapsed: Duration, retryAfter: Duration? = nil,
    using generator: inout some RandomNumberGenerator
  ) -> Decision {
    if failures >= maximumAttempts { return .giveUp(.attempts) }
    // In attoseconds, whose comparison is two instructions; those of `Duration` are calls.
    let left = deadline &- max(elapsed.attoseconds, 0)
    if left <= 0 { return .giveUp(.deadline) }
    let longest = longestNanoseconds(after: failures)
    var shortest = isJittered ? min(floor, longest) : longest
    var spread = longest &- shortest
    if let retryAfter {
      let asked = Backoff.nanoseconds(min(retryAfter, Backoff.longestRetryAfter))
      shortest = max(shortest, asked)
      if isJittered { spread = max(spread, asked / 4) }
    }
    // The upper half of a product: uniform but for one part in 2⁶⁴, and without a division.
    let delay = shortest &+ (isJittered ? generator.next().multipliedFullWidth(by: spread &+ 1).high : 0)
    let wait = Int128(delay) &* 1_000_000_000
    return wait > left ? .giveUp(.deadline) : .retry(after: Duration(attoseconds: wait))
  }

  /// The longest wait after `failures` failed attempts: the end of the span in which `delay` draws.
  ///
  /// ```swift
  /// Backoff().longestDelay(after: 3)   // 2 s
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public func longestDelay(after failures: UInt32) -> Duration {
    .nanoseconds(Int64(truncatingIfNeeded: longestNanoseconds(after: failures)))
  }

  @inlinable
  func longestNanoseconds(after failures: UInt32) -> UInt64 {
    guard failures > 0 else { return 0 }
    guard factor & (factor &- 1) == 0 else { return longestByMultiplying(failures) }
    // A power of two only shifts. What would shift a bit out is above the cap, as the cap is less than 2⁶³.
    let shift = UInt64(failures &- 1) &* UInt64(truncatingIfNeeded: factor.trailingZeroBitCount)
    if shift >= UInt64(truncatingIfNeeded: base.leadingZeroBitCount) { return base == 0 ? 0 : cap }
    return min(base &<< shift, cap)
  }

  /// At most forty steps: a factor of three reaches any cap in as many.
  @inlinable @inline(never)
  func longestByMultiplying(_ failures: UInt32) -> UInt64 {
    var longest = min(base, cap)
    var left = failures &- 1
    while left > 0, longest > 0, longest < cap {
      let (product, overflow) = longest.multipliedReportingOverflow(by: UInt64(factor))
      longest = overflow ? cap : min(product, cap)
      left &-= 1
    }
    return longest
  }
}
