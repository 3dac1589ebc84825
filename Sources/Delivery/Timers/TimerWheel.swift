public import Sequencer

/// Timers by the hundred thousand: each holds a payload until its deadline and then gives it out.
///
/// Schedule, cancel and drain what has expired; between the calls, sleep until `nextDeadline`.
///
/// ```swift
/// var wheel = TimerWheel<String>()
/// let timeout = try wheel.schedule("no answer", at: now.advanced(by: .seconds(5)))
/// try wheel.schedule("typing ended", at: now.advanced(by: .seconds(2)))
/// wheel.cancel(timeout)                      // the answer came: "no answer"
/// while let text = wheel.nextExpired(at: later) { print(text) }
/// ```
///
/// It is exact to the nanosecond: a timer fires in the first drain at or after its deadline, never in one before. Timers come
/// out by deadline, and those with the same deadline in the order in which they were scheduled, over any leap of the clock. A
/// deadline that has passed already counts as the newest moment that the wheel was told.
///
/// A wheel is owned by one thread. It reads no clock and takes no lock.
///
/// Memory, for payloads of *p* bytes: 24 + *p* for each of the most timers that were ever scheduled at a time, with room to grow
/// the double of that; 12 KB for the levels; and for buckets that were split at most 33 bytes a timer and 67 KB. A wheel in which
/// nothing was ever scheduled has none of these.
public struct TimerWheel<Payload: ~Copyable>: ~Copyable {
  @usableFromInline var storage = TimerStorage<Payload>()
  /// Every timer's deadline is at or after it. Where a timer waits depends on the highest digit in which its deadline differs
  /// from it.
  @usableFromInline var base: UInt64 = 0
  /// The newest moment the caller named. It never runs backwards.
  @usableFromInline var newest: UInt64 = 0
  /// The deadline of the next timer to fire, `UInt64.max` if there is none, and that timer.
  @usableFromInline var firstDeadline = UInt64.max
  @usableFromInline var first: Int32 = .min
  @usableFromInline var scheduled: Int32 = 0
  @usableFromInline let limit: Int32

  /// Creates a wheel for at most `limit` timers at a time.
  ///
  /// - Precondition: `limit` is 0 … 2²⁸.
  /// - Complexity: O(1)
  public init(limit: Int = 1 << 20) {
    precondition(0...1 << 28 ~= limit, "the limit of timers must be 0 to 2^28")
    self.limit = Int32(limit)
  }

  /// The number of timers scheduled.
  ///
  /// - Complexity: O(1)
  @inlinable public var count: Int { Int(scheduled) }

  /// Whether as many timers as the limit are scheduled.
  ///
  /// - Complexity: O(1)
  @inlinable public var isFull: Bool { scheduled >= limit }

  /// When to drain next: one nanosecond before, nothing would fire; at that moment, a timer does. `nil` if there is none.
  /// Never before the newest moment that the wheel was told.
  ///
  /// - Complexity: O(1)
  @inlinable public var nextDeadline: Instant? {
    scheduled == 0 ? nil : Instant(unchecked: max(firstDeadline, newest))
  }

  /// Makes room for `timers` timers in all, so that nothing is allocated while they are scheduled.
  ///
  /// - Complexity: O(*n*) in the number of timers scheduled.
  @inlinable
  public mutating func reserve(_ timers: Int) {
    let timers = min(timers, Int(limit))
    guard timers > Int(storage.capacity) else { return }
    makeRoom(for: Int32(timers))
  }
}

extension TimerWheel: @unchecked Sendable where Payload: Sendable & ~Copyable {}
