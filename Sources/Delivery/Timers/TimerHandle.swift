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

  /// A handle that names no timer of any wheel, for records that have none at the moment.
  ///
  /// - Complexity: O(1)
  @inlinable public static var none: TimerHandle { TimerHandle(bits: 0) }

  @inlinable var slot: UInt32 { UInt32(truncatingIfNeeded: bits) }
  @inlinable var generation: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
}

/// Why a timer cannot be scheduled.
public enum TimerWheelError: Error, Sendable, Hashable {
  /// As many timers as the limit are scheduled.
  case full
}
