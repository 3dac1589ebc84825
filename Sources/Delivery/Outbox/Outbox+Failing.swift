public import Sequencer

/// What says that a message did not arrive, or that it is lacking.
extension Outbox {
  /// Notes that the receiver refused a transmission.
  ///
  /// Only the attempt that is being made can fail by it: a refusal of an earlier one is ignored, and so is a repetition.
  ///
  /// - Parameter attempt: the transmission's.
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// outbox.reject(7, epoch: epoch, attempt: 1, in: room, .forNow(retryAfter: .seconds(20)), at: now)   // .retrying
  /// outbox.reject(8, epoch: epoch, attempt: 1, in: room, .forGood, at: now)                            // .failed
  /// ```
  @inlinable
  @discardableResult
  public mutating func reject(
    _ number: UInt64, epoch: UInt32 = 0, attempt: UInt32, in conversation: Conversation, _ refusal: Refusal,
    at now: Instant
  ) -> RefusalOutcome {
    note(now)
    guard let index = find(conversation), conversations[index].epoch == epoch, Position.isValid(number: number),
      let slot = find(number, in: index)
    else { return .unknown }
    guard entries[slot].attempt == attempt, isUnderWay(slot) else { return .ignored }
    switch refusal {
    case .forGood:
      fail(slot, index, .rejected, voids: true)
      entries[slot].mayHaveArrived = false
    case .stale: fail(slot, index, .unconfirmed, voids: false)
    case .forNow(let retryAfter): failAttempt(slot, index, retryAfter)
    }
    updateTurn(index)
    return entries[slot].state == .failed ? .failed : .retrying
  }

  /// Whether the message's attempt has been transmitted and has not failed: it is in flight, or was when an outage or a
  /// `resend` came.
  @inlinable
  func isUnderWay(_ slot: UInt32) -> Bool {
    entries[slot].state == .inFlight || (entries[slot].state == .due && entries[slot].wasTransmitted)
  }

  /// Sends numbers again at once that a receiver says are missing, if they are on their way: what waits out a backoff goes
  /// now, and what is in flight goes again. It counts as no failure, and begins no attempt.
  ///
  /// - Returns: how many messages will be sent again.
  /// - Complexity: O(*k*) in the length of the range or the number of the conversation's open messages, whichever is less, and
  ///   as for `advance(to:)` to put them back in line.
  ///
  /// ```swift
  /// outbox.resend(17...18, epoch: epoch, in: room, at: now)   // the receiver's .missing
  /// ```
  @inlinable
  @discardableResult
  public mutating func resend(
    _ numbers: ClosedRange<UInt64>, epoch: UInt32 = 0, in conversation: Conversation, at now: Instant
  ) -> Int {
    note(now)
    guard let index = find(conversation), conversations[index].epoch == epoch else { return 0 }
    let first = max(numbers.lowerBound, 1)
    let last = min(numbers.upperBound, conversations[index].highest)
    guard first <= last else { return 0 }
    var count = 0
    if last &- first < UInt64(conversations[index].entries) {
      for number in first...last {
        if let slot = find(number, in: index), hurry(slot, index) { count &+= 1 }
      }
    } else {
      var slot = conversations[index].open.first
      while slot != Chain.none, entries[slot].number <= last {
        if entries[slot].number >= first, hurry(slot, index) { count &+= 1 }
        slot = entries[slot].link(.open).later
      }
    }
    updateTurn(index)
    return count
  }

  /// Makes a message due that holds a place.
  @inlinable
  mutating func hurry(_ slot: UInt32, _ index: UInt32) -> Bool {
    switch entries[slot].state {
    case .due: return true
    case .inFlight:
      ground(slot)
      makeDue(slot, index)
      return true
    case .backingOff:
      stopBackoff(slot)
      makeDue(slot, index)
      return true
    default: return false
    }
  }

  /// Takes a message out of the air.
  @inlinable
  mutating func ground(_ slot: UInt32) {
    entries.remove(slot, from: &inFlight, .queue)
    flying &-= 1
  }

  @inlinable
  mutating func makeDue(_ slot: UInt32, _ index: UInt32) {
    entries[slot].state = .due
    entries.lineUp(slot, in: &conversations[index].due)
  }

  /// Counts the attempt of a message under way as failed: it waits for the next one, or has had them all.
  @inlinable @inline(never)
  mutating func failAttempt(_ slot: UInt32, _ index: UInt32, _ retryAfter: Duration?) {
    entries[slot].failures = Self.next(entries[slot].failures)
    let elapsed = Duration.nanoseconds(Int64(newest &- min(entries[slot].began, newest)))
    let decision = limits.backoff.delay(
      after: entries[slot].failures, elapsed: elapsed, retryAfter: retryAfter, using: &jitter)
    guard case .retry(let delay) = decision else { return fail(slot, index, .expired, voids: false) }
    if entries[slot].state == .inFlight {
      ground(slot)
    } else {
      entries.remove(slot, from: &conversations[index].due, .queue)
    }
    entries[slot].state = .backingOff
    entries[slot].wasTransmitted = false
    entries[slot].attempt = Self.next(entries[slot].attempt)
    let moment = after(OutboxLimits.nanoseconds(delay))
    guard moment <= Instant.max.nanoseconds else { return }
    entries[slot].backoff = Self.schedule(slot, at: moment, in: &backoffs)
    wakesAt = min(wakesAt, moment)
  }

  /// Ends a message's round. It stays until the user decides, or until it turns out to have arrived.
  ///
  /// - Parameter voids: whether it certainly never arrived.
  @inlinable @inline(never)
  mutating func fail(_ slot: UInt32, _ index: UInt32, _ reason: FailureReason, voids: Bool) {
    leave(slot, index)
    if voids {
      close(slot, index)
      entries[slot].numberMayHaveArrived = false
    }
    entries[slot].state = .failed
    entries[slot].wasTransmitted = false
    entries[slot].expiresAt = .max
    if case .sending(let round) = entries[slot].status {
      entries[slot].status = .failed(round: round, reason: reason)
    }
    entries[slot].attempt = Self.next(entries[slot].attempt)
    if limits.holds, reason != .cancelled {
      entries[slot].isHolding = true
      conversations[index].holds &+= 1
    }
    raiseStatus(slot)
  }

  /// Counts on, up to what 32 bits hold.
  @inlinable
  static func next(_ count: UInt32) -> UInt32 { count == .max ? count : count &+ 1 }

  /// Schedules a message's timer. There is room: a wheel holds one timer for each message.
  @inlinable
  static func schedule(_ slot: UInt32, at moment: UInt64, in wheel: inout TimerWheel<UInt32>) -> TimerHandle {
    do {
      return try wheel.schedule(slot, at: Instant(nanoseconds: moment))
    } catch {
      preconditionFailure("a timer wheel with room for every message is full")
    }
  }
}
