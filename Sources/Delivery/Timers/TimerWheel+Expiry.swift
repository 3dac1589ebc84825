public import Sequencer

extension TimerWheel where Payload: ~Copyable {
  /// Takes out the next timer that is due by `now`, by deadline and then in the order of scheduling; `nil` if none is.
  ///
  /// Between two calls the wheel is free for anything: what is cancelled then does not come out any more, and what is
  /// scheduled for a moment that has passed comes out of the same drain. A `now` before the newest one counts as that.
  ///
  /// - Complexity: O(1), amortised, as for `cancel`.
  ///
  /// ```swift
  /// while let message = wheel.nextExpired(at: now) {
  ///   try wheel.schedule(message, at: now.advanced(by: .seconds(5)))
  /// }
  /// ```
  @inlinable
  public mutating func nextExpired(at now: Instant) -> Payload? {
    newest = max(newest, now.nanoseconds)
    if firstDeadline <= newest { return remove(first, storage.handle(of: first)) }
    enter(newest)
    return nil
  }

  /// Hands out the timers that are due by `now`, by deadline and then in the order of scheduling.
  ///
  /// Nothing can be scheduled or cancelled meanwhile: the wheel is busy, and the compiler says so. Where that is needed, use
  /// `nextExpired(at:)`.
  ///
  /// - Parameters:
  ///   - limit: the most timers to hand out; if more are due, `nextDeadline` is not after `now`.
  /// - Returns: how many it handed out.
  /// - Complexity: O(*k*) in the number of timers handed out, amortised, whatever the time that has passed.
  ///
  /// ```swift
  /// wheel.advance(to: now, limit: 1_000) { message in expired.append(message) }
  /// ```
  @inlinable
  @discardableResult
  public mutating func advance(to now: Instant, limit: Int = .max, _ fire: (consuming Payload) -> Void) -> Int {
    newest = max(newest, now.nanoseconds)
    var fired = 0
    while firstDeadline <= newest {
      if fired >= limit { return fired }
      fire(remove(first, storage.handle(of: first)))
      fired &+= 1
    }
    enter(newest)
    return fired
  }
}
