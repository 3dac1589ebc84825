public import Sequencer

extension TimerWheel where Payload: ~Copyable {
  /// Schedules a timer. One whose deadline has passed fires in the next drain, after what is due by now already.
  ///
  /// - Throws: `TimerWheelError.full`. The payload is gone then; where it must not be, ask `isFull` first.
  /// - Complexity: O(1), amortised over the growth of the wheel's memory.
  ///
  /// ```swift
  /// let timeout = try wheel.schedule(message, at: now.advanced(by: .seconds(5)))
  /// ```
  @inlinable @inline(__always)
  @discardableResult
  public mutating func schedule(
    _ payload: consuming Payload, at deadline: Instant
  ) throws(TimerWheelError) -> TimerHandle {
    if storage.free < 0 { try freeMore() }
    let handle = storage.allocate(payload)
    scheduled &+= 1
    insert(handle.index, max(deadline.nanoseconds, newest))
    return handle
  }

  /// Cancels a timer and gives its payload back at once. A handle of one that fired or was cancelled does nothing.
  ///
  /// - Returns: the payload; `nil` if there is no such timer any more.
  /// - Complexity: O(1), amortised: finding the next deadline anew may move timers to finer buckets, at most once for each of
  ///   eleven levels.
  ///
  /// ```swift
  /// if wheel.cancel(timeout) == nil { print("too late") }
  /// ```
  @inlinable @inline(__always)
  @discardableResult
  public mutating func cancel(_ handle: TimerHandle) -> Payload? {
    guard let index = storage.find(handle) else { return nil }
    return remove(index, handle)
  }

  /// Gives a timer another deadline, as if it had been cancelled and scheduled anew; its handle stays what it is.
  ///
  /// - Returns: whether there still is such a timer.
  /// - Complexity: O(1), amortised, as for `cancel`.
  ///
  /// ```swift
  /// wheel.reschedule(idle, to: now.advanced(by: .seconds(60)))   // sign of life: another minute
  /// ```
  @inlinable
  @discardableResult
  public mutating func reschedule(_ handle: TimerHandle, to deadline: Instant) -> Bool {
    guard let index = storage.find(handle) else { return false }
    storage.unlink(index)
    let wasFirst = index == first
    if wasFirst { forgetFirst() }
    insert(index, max(deadline.nanoseconds, newest))
    // Alone, or before all others as far as is known: which is only certain once the others have been looked at.
    if wasFirst { findFirst() }
    return true
  }

  /// When a timer fires; `nil` if there is no such timer any more.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func deadline(of handle: TimerHandle) -> Instant? {
    guard let index = storage.find(handle) else { return nil }
    return Instant(unchecked: storage.deadline(of: index))
  }
}

extension TimerWheel where Payload: ~Copyable {
  @inlinable @inline(__always)
  mutating func insert(_ index: Int32, _ deadline: UInt64) {
    storage.setDeadline(deadline, of: index)
    place(index, deadline)
    if deadline < firstDeadline {
      firstDeadline = deadline
      first = index
    }
  }

  /// Takes out a timer, ends it, and finds the next to fire if that was the one.
  @inlinable @inline(__always)
  mutating func remove(_ index: Int32, _ handle: TimerHandle) -> Payload {
    storage.unlink(index)
    scheduled &-= 1
    // Before the next one is looked for: that changes anything, so what is known of this one would be read anew.
    let payload = storage.release(index, handle)
    if index == first {
      forgetFirst()
      if scheduled > 0 { findFirst() }
    }
    return payload
  }

  @inlinable @inline(__always)
  mutating func forgetFirst() {
    firstDeadline = .max
    first = .min
  }

  /// Called when no timer is free. There are never more of them than the limit, so that its being reached is seen here only.
  @inlinable @inline(never)
  mutating func freeMore() throws(TimerWheelError) {
    if isFull { throw .full }
    // What was retired takes up room beside the limit.
    if storage.used == storage.capacity { makeRoom(for: min(max(16, storage.capacity &* 2), limit &+ storage.retired)) }
    storage.freeUnused()
  }

  @inlinable
  mutating func makeRoom(for timers: Int32) {
    storage.reserve(timers: timers, blocks: Self.levelCount)
    while storage.usedBlocks < Self.levelCount { _ = storage.allocateBlock() }
  }
}
