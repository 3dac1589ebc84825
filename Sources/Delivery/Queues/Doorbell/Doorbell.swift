/// What lets a consumer sleep when it found nothing, and be woken exactly once by the next notification.
///
/// The sleeping itself is the caller's: a semaphore, an eventfd, a continuation, a `poll` with a deadline. The doorbell says who
/// has to do what.
///
/// ```swift
/// let doorbell = Doorbell()
///
/// // a producer: after a batch, not after each element
/// if doorbell.notify() { semaphore.signal() }
///
/// // the consumer
/// while true {
///   consumer.drain { … }
///   if consumer.isFinished { break }                              // between the drain and the sleep
///   if doorbell.park() { semaphore.wait() }                       // false: look again
/// }
/// ```
///
/// A producer notifies after a batch, before it waits for room, and after closing: whatever it did last, the consumer may
/// have gone to sleep before.
///
/// One serves any number of queues and producers, but only one consumer: whoever drains several queues drains all of them before
/// it parks. Nothing is lost between its last look and its sleep, because ``park()`` answers `false` if anybody has notified
/// since the last time it did so. That costs a look for nothing now and then, never a wake-up.
public final class Doorbell: Sendable {
  @usableFromInline let word: DoorbellWord<HardwareWord>

  @inlinable
  public init() {
    word = DoorbellWord()
  }

  /// Says that there is something to look at. Any thread may.
  ///
  /// - Returns: whether the consumer is parked, and it is the caller's to wake it: exactly one caller is told so.
  /// - Complexity: O(1): one read-modify-write, always. Looking first whether the consumer is parked would lose wake-ups.
  @inlinable @inline(__always)
  public func notify() -> Bool { word.notify() }

  /// Announces that the consumer is about to sleep. Only the consumer may.
  ///
  /// - Returns: `true`: sleep until woken. `false`: somebody has notified meanwhile; look again.
  /// - Precondition: the consumer has not parked, or was woken since.
  /// - Complexity: O(1): one read-modify-write.
  @inlinable
  public func park() -> Bool { word.park() }

  /// Withdraws the announcement: the consumer woke for another reason, such as a deadline. Only the consumer may.
  ///
  /// ```swift
  /// if doorbell.park(), !semaphore.wait(until: deadline), doorbell.unpark() {
  ///   semaphore.wait()                                            // its signal is on the way: eat it
  /// }
  /// ```
  ///
  /// - Returns: whether somebody has been told to wake the consumer, who has done it or is about to.
  /// - Precondition: the consumer has parked: ``park()`` answered `true`.
  /// - Complexity: O(1): one read-modify-write.
  @inlinable
  public func unpark() -> Bool { word.unpark() }
}
