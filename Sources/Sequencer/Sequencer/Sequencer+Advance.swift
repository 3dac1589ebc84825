/// What time does: gaps are given up, and what is missing is asked for.
extension Sequencer where Message: ~Copyable {
  /// When to call `advance(to:_:)` next: one nanosecond before, it would do nothing; at that moment, it does something. `nil`
  /// if nothing will ever be due as things stand. Never before the newest `now` that was handed in.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var nextDeadline: Instant? {
    gaps.nextDeadline.flatMap { clock.callerTime(of: $0) }
  }

  /// Does what is due by `now`: first skips the gaps whose timeout has run out and emits what they held back, then asks for
  /// what is still missing.
  ///
  /// Call it when `nextDeadline` has come, and after every batch of input; a message handed in before still fills its gap.
  ///
  /// - Complexity: O(*k*) in the number of gaps that are due and messages that they held back, and the gaps of the streams
  ///   concerned.
  ///
  /// ```swift
  /// while let deadline = sequencer.nextDeadline, deadline <= now {
  ///   sequencer.advance(to: now) { event in handle(event) }
  /// }
  /// ```
  @inlinable
  public mutating func advance(to now: Instant, _ emit: (consuming Event) -> Void) {
    clock.note(now)
    let own = clock.own
    guard let deadline = gaps.nextDeadline, deadline <= own else { return }
    giveUp(at: own, emit)
    request(at: own, emit)
  }

  @inlinable @inline(never)
  mutating func giveUp(at own: UInt64, _ emit: (consuming Event) -> Void) {
    var fetched = 0
    while let (stream, last) = gaps.due(at: own) {
      if fetched == 0 { fetched = fetchDue(at: own) }
      fetched &-= 1
      release(stream, through: last, .timeout, emit)
      settle(stream)
    }
  }

  /// Reads what giving up the next clocks will need: the headers of their streams, and then their places in the table. When
  /// many are due, their reads do not wait for each other.
  ///
  /// - Returns: for how many streams, at least one.
  @inlinable
  mutating func fetchDue(at own: UInt64) -> Int {
    var touched: UInt64 = 0
    let count = gaps.forEachDue(batchLength, at: own) { touched &+= $0.next }
    if count > 1 {
      gaps.forEachDue(batchLength, at: own) { stream in
        touched &+= table.touchHome(table.hash(stream.key)) &+ store.touchSlots(stream)
      }
    }
    scratch.touched &+= touched
    return max(count, 1)
  }

  @inlinable @inline(never)
  mutating func request(at own: UInt64, _ emit: (consuming Event) -> Void) {
    var requested: UInt64 = 0
    gaps.request(at: own) { stream, first, last, attempt in
      requested &+= 1
      emit(.missing(stream: stream.key, epoch: stream.epoch, numbers: first...last, attempt: attempt))
    }
    counters.requests &+= requested
  }
}

// MARK: - Stopping the clocks

extension Sequencer where Message: ~Copyable {
  /// Whether all clocks stand still.
  ///
  /// - Complexity: O(1)
  public var isPaused: Bool { clock.pausedAt != nil }

  /// Stops all clocks: the transport is down, so waiting proves nothing. What was due by now stays due.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// sequencer.pause(at: now)     // the link broke
  /// sequencer.resume(at: later)  // every gap has the time that was left to it
  /// ```
  public mutating func pause(at now: Instant) {
    clock.note(now)
    clock.pause()
  }

  /// Starts all clocks again with the time that was left to them.
  ///
  /// - Complexity: O(1)
  public mutating func resume(at now: Instant) {
    clock.note(now)
    clock.resume()
  }

  /// Stops the clocks of one stream, because its sender is away. Until it is resumed, nothing of it is asked for or given up,
  /// whatever was due. Suspension outlasts a higher epoch; it ends with `resume`, `close` or eviction.
  ///
  /// - Returns: false if the stream is unknown.
  /// - Complexity: O(*k*) in the number of the stream's clocks.
  ///
  /// ```swift
  /// sequencer.suspend("alice")                 // her connection closed
  /// sequencer.resume("alice", at: now)         // she is back
  /// ```
  @inlinable
  @discardableResult
  public mutating func suspend(_ stream: Key) -> Bool {
    guard let reference = table.find(stream, hash: table.hash(stream)) else { return false }
    reference.touch()
    let header = header(of: reference, Standing<Key>(reference.cell), stream, hasSlots: false)
    header.isSuspended = true
    gaps.stopAll(header)
    return true
  }

  /// Starts the clocks of a suspended stream afresh: every gap of it has the whole gap timeout, and is asked for again.
  ///
  /// - Returns: false if the stream is unknown.
  /// - Complexity: O(1)
  @inlinable
  @discardableResult
  public mutating func resume(_ stream: Key, at now: Instant) -> Bool {
    clock.note(now)
    guard let reference = table.find(stream, hash: table.hash(stream)) else { return false }
    reference.touch()
    guard let header = Standing<Key>(reference.cell).stream, header.isSuspended else { return true }
    header.isSuspended = false
    if header.isWaiting { gaps.start(header.next...header.top, of: header, at: clock.own) }
    settle(reference, header)
    return true
  }
}
