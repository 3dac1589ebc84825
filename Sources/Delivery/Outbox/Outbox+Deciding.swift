public import Sequencer

/// What the user decides.
extension Outbox {
  /// Takes a message back. One that was never transmitted certainly never arrives.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// if outbox.cancel(id, at: now) == .mayHaveArrived { show("It may have been sent already.") }
  /// ```
  @inlinable
  @discardableResult
  public mutating func cancel(_ id: MessageID, at now: Instant) -> CancelOutcome {
    note(now)
    guard let slot = find(id) else { return .unknown }
    if entries[slot].state == .failed { return .alreadyFailed }
    let index = entries[slot].conversation
    let mayHaveArrived = entries[slot].mayHaveArrived
    fail(slot, index, .cancelled, voids: !entries[slot].numberMayHaveArrived)
    updateTurn(index)
    return mayHaveArrived ? .mayHaveArrived : .cancelled
  }

  /// Lets go of a message that failed. Its number is no longer open: a receiver that lacks it stops waiting.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// case .failed(let id, _, _, _): outbox.discard(id, at: now)
  /// ```
  @inlinable
  @discardableResult
  public mutating func discard(_ id: MessageID, at now: Instant) -> DiscardOutcome {
    note(now)
    guard let slot = find(id) else { return .unknown }
    guard entries[slot].state == .failed else { return .notFailed }
    let index = entries[slot].conversation
    leave(slot, index)
    entries[slot].pending.status = false
    forget(slot, index)
    updateTurn(index)
    return .discarded
  }

  /// Begins the next round of a message that failed. It keeps its id, and its number unless that was voided; its attempts and
  /// its lifetime begin anew.
  ///
  /// - Complexity: O(1); O(*k*) in the messages that wait in its conversation if it goes back among them.
  ///
  /// ```swift
  /// if case .started(let round, _) = outbox.retry(id, at: now) { bubble.show(.sending(round: round)) }
  /// ```
  @inlinable
  @discardableResult
  public mutating func retry(_ id: MessageID, at now: Instant) -> OutboxRetryOutcome {
    note(now)
    guard let slot = find(id) else { return .unknown }
    let index = entries[slot].conversation
    if entries[slot].number == 0, !Position.isValid(number: conversations[index].next) { return .exhausted }
    guard case .started(let round) = entries[slot].status.retry() else {
      return entries[slot].state == .failed ? .exhausted : .alreadySending
    }
    leave(slot, index)
    let number = entries[slot].number == 0 ? openNext(slot, index) : entries[slot].number
    entries[slot].failures = 0
    entries[slot].began = .max
    startRound(slot, index)
    return .started(round: round, number: number)
  }
}
