/// Names one scheduled timer of one wheel. Once the timer has fired or was cancelled, its handle names nothing, for ever.
///
/// ```swift
/// var timeout = TimerHandle.none
/// timeout = try wheel.schedule(message, at: deadline)
/// wheel.cancel(timeout)    // the message
/// wheel.cancel(timeout)    // nil, however many timers have been scheduled since
/// ```
@frozen
public struct TimerHandle: Sendable, Hashable {
  /// The slot in the lower half; how often it has been used in the upper half, which is never 0.
  @usableFromInline let bits: UInt64

  @inlinable
  init(slot: Int32, generation: UInt32) {
    bits = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: slot))
  }

  @inlinable
  init(bits: UInt64) { self.bits = bits }

  /// A handle of the next generation for this slot or another.
  @inlinable @inline(__always)
  func next(slot: Int32) -> TimerHandle {
    TimerHandle(bits: (bits & 0xFFFF_FFFF_0000_0000) &+ (1 << 32 | UInt64(UInt32(bitPattern: slot))))
  }

  /// Whether the slot must not be used again once this handle names nothing any more.
  @inlinable var isLast: Bool { bits >= 0xFFFF_FFFD_0000_0000 }

  /// A handle that names no timer of any wheel, for records that have none at the moment.
  ///
  /// - Complexity: O(1)
  @inlinable public static var none: TimerHandle { TimerHandle(bits: 0) }

  @inlinable var index: Int32 { Int32(truncatingIfNeeded: bits) }
  /// The same as a number that is never negative, for the check of a handle that may be anything.
  @inlinable var slot: UInt32 { UInt32(truncatingIfNeeded: bits) }
}

/// Why a timer cannot be scheduled.
public enum TimerWheelError: Error, Sendable, Hashable {
  /// As many timers as the limit are scheduled.
  case full
}
