public import Sequencer

/// What time does: messages expire, attempts fail for want of an acknowledgement, and backoffs end.
extension Outbox {
  /// When to call `advance(to:)` or `nextTransmission(at:)` next; `nil` if only what is handed in can change anything. Never
  /// before the newest `now`, and always later once it has been heeded.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// loop.wake(at: outbox.nextDeadline)
  /// ```
  @inlinable
  public var nextDeadline: Instant? {
    var deadline = nextDue
    if let opening = line.opening(after: newest), !turns.isEmpty { deadline = min(deadline, opening) }
    return deadline > Instant.max.nanoseconds ? nil : Instant(nanoseconds: max(deadline, newest))
  }

  /// The first moment at which `work` has something to do; all ones if there is none.
  @inlinable var nextDue: UInt64 {
    var due = expiries.nextDeadline?.nanoseconds ?? .max
    // While the transport is down, no attempt fails, and none is begun.
    if line.isDown { return due }
    if !inFlight.isEmpty { due = min(due, entries[inFlight.first].mark) }
    return min(due, backoffs.nextDeadline?.nanoseconds ?? .max)
  }

  /// Does what is due by `now`. `nextTransmission(at:)` does the same first.
  ///
  /// An acknowledgement that was handed in before still counts, however overdue its message was.
  ///
  /// - Complexity: O(*k*) in the number of messages of which something is due. One that goes back into its conversation's line
  ///   between others that wait there for their next attempt passes up to half of those, at most `inFlightPerConversation`.
  ///
  /// ```swift
  /// if let deadline = outbox.nextDeadline, deadline <= now { outbox.advance(to: now) }
  /// ```
  @inlinable
  public mutating func advance(to now: Instant) {
    note(now)
    if newest >= wakesAt { work() }
  }

  /// First the messages expire whose time is up, then the overdue attempts fail, and then backoffs end; each in the order of
  /// their moments, and those of the same moment in the order in which their clocks were started.
  @inlinable @inline(never)
  mutating func work() {
    let now = Instant(nanoseconds: newest)
    while let slot = expiries.nextExpired(at: now) {
      entries[slot].expiry = .none
      let index = entries[slot].conversation
      fail(slot, index, .expired, voids: !entries[slot].numberMayHaveArrived)
      updateTurn(index)
    }
    if !line.isDown {
      while !inFlight.isEmpty, entries[inFlight.first].mark <= newest {
        let slot = inFlight.first
        let index = entries[slot].conversation
        failAttempt(slot, index, nil)
        updateTurn(index)
      }
      while let slot = backoffs.nextExpired(at: now) {
        entries[slot].backoff = .none
        let index = entries[slot].conversation
        makeDue(slot, index)
        updateTurn(index)
      }
    }
    wakesAt = nextDue
  }
}
