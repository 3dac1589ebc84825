public import Sequencer

/// How often each of many keys may do something: a bucket of tokens for each, refilled at a steady rate.
///
/// ```swift
/// var limiter = RateLimiter<String>(burst: 20, refill: .milliseconds(200))   // five a second, twenty at once
/// switch limiter.take(from: user, at: now) {
/// case .allowed: accept(message)
/// case .limited(let moment): refuse(retryAfter: now.duration(to: moment))
/// case .tooManyKeys: refuse(retryAfter: .seconds(1))
/// }
/// ```
///
/// A key whose bucket is full again is forgotten: it could not be told from a new one. So the memory is bounded by the keys
/// that were active during the last `burst` × `refill`, and by `keyLimit` in any case.
///
/// It is owned by one thread and covers one instance. It reads no clock.
///
/// Memory: about 60 bytes a key beside twice the key itself, with room to grow the double of that.
public struct RateLimiter<Key: Hashable>: ~Copyable {
  /// Whether tokens could be taken.
  @frozen
  public enum Outcome: Sendable, Hashable {
    case allowed
    /// Nothing was taken. There will be enough at this moment, if nothing is taken before.
    case limited(until: Instant)
    /// The key is new, and as many as the limit have buckets that are not full.
    case tooManyKeys
  }

  /// When each key's bucket is full again: all that there is to know of a bucket.
  @usableFromInline var fullAgain: [Key: UInt64] = [:]
  /// One timer a key, at the moment at which its bucket is full unless it was used since.
  @usableFromInline var forgetting: TimerWheel<Key>
  @usableFromInline var newest: UInt64 = 0
  @usableFromInline let nanosecondsPerToken: UInt64
  @usableFromInline let burst: UInt64
  @usableFromInline let keyLimit: Int

  /// Creates a limiter whose buckets are all full.
  ///
  /// - Parameters:
  ///   - burst: how many tokens a bucket has room for.
  ///   - refill: the time in which a bucket gains one token.
  ///   - keyLimit: the most keys known at a time.
  /// - Precondition: `burst` is positive, `refill` at least a nanosecond, both together at most 2⁶² nanoseconds, and
  ///   `keyLimit` 0 … 2²⁸.
  /// - Complexity: O(1)
  @inlinable
  public init(burst: Int, refill: Duration, keyLimit: Int = 1 << 20) {
    precondition(burst > 0, "a bucket must have room for a token")
    let nanoseconds = refill.saturatedNanoseconds
    precondition(nanoseconds > 0, "a token must take at least a nanosecond")
    let (room, overflow) = nanoseconds.multipliedReportingOverflow(by: Int64(burst))
    precondition(!overflow && room <= 1 << 62, "filling a bucket must take at most 2^62 nanoseconds")
    self.burst = UInt64(burst)
    self.keyLimit = keyLimit
    nanosecondsPerToken = UInt64(nanoseconds)
    forgetting = TimerWheel(limit: keyLimit)
  }

  /// The keys whose buckets were not full when they were last looked at.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var count: Int { fullAgain.count }

  /// Takes tokens from a key's bucket, or none if there are not enough. A `now` before the newest one counts as that.
  ///
  /// - Precondition: `tokens` is 1 … `burst`.
  /// - Complexity: O(1), amortised.
  @inlinable
  public mutating func take(_ tokens: Int = 1, from key: Key, at now: Instant) -> Outcome {
    precondition(tokens > 0 && UInt64(tokens) <= burst, "take between one token and all that a bucket has room for")
    newest = max(newest, now.nanoseconds)
    let taken = UInt64(tokens) * nanosecondsPerToken
    if let known = fullAgain[key] {
      let full = max(known, newest) + taken
      if let refusal = refusal(full) { return refusal }
      fullAgain[key] = full
      return .allowed
    }
    // Two for one: what is idle goes faster than what is new can come.
    forget(atMost: 2)
    if fullAgain.count >= keyLimit {
      forget(atMost: .max)
      if fullAgain.count >= keyLimit { return .tooManyKeys }
    }
    // A bucket that would be full again only after the last instant is never forgotten.
    let full = newest + taken
    fullAgain[key] = full
    _ = try? forgetting.schedule(key, at: Instant(unchecked: min(full, Instant.max.nanoseconds)))
    return .allowed
  }

  /// Forgets the keys whose buckets are full by `now`. It changes no answer, only how much memory is in use.
  ///
  /// - Complexity: O(*k*) in the number of keys whose buckets have come to be full, amortised.
  @inlinable
  public mutating func forgetIdle(at now: Instant) {
    newest = max(newest, now.nanoseconds)
    forget(atMost: .max)
  }

  @inlinable
  func refusal(_ full: UInt64) -> Outcome? {
    let room = burst * nanosecondsPerToken
    guard full - newest > room else { return nil }
    return .limited(until: Instant(unchecked: min(full - room, Instant.max.nanoseconds)))
  }

  @inlinable
  mutating func forget(atMost limit: Int) {
    var forgotten = 0
    while forgotten < limit, let key = forgetting.nextExpired(at: Instant(unchecked: newest)) {
      guard let full = fullAgain[key] else { continue }
      if full <= newest {
        fullAgain[key] = nil
      } else if full <= Instant.max.nanoseconds {
        // It was used since. The place that its timer had is free.
        _ = try? forgetting.schedule(key, at: Instant(unchecked: full))
      }
      forgotten += 1
    }
  }
}

extension RateLimiter: @unchecked Sendable where Key: Sendable {}
