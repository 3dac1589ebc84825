public import Sequencer

/// Who may do the work of a key, and for how long.
@frozen
public enum DeduplicatorOutcome<Result> {
  /// Nobody does it, or whoever did has taken too long: do it, and then `complete` or `fail` the lease.
  case first(DeduplicatorLease)
  /// It has been done, with this result.
  case `repeat`(Result)
  /// Somebody is doing it, and has time until then.
  case inProgress(until: Instant)
  /// The key is new, and as many as the limit are in progress.
  case full
}

extension DeduplicatorOutcome: Sendable where Result: Sendable {}
extension DeduplicatorOutcome: Equatable where Result: Equatable {}

/// The right to complete one key, once. No two are the same.
public struct DeduplicatorLease: Sendable, Hashable {
  @usableFromInline let slot: Int32
  @usableFromInline let number: UInt64

  @inlinable
  init(slot: Int32, number: UInt64) {
    self.slot = slot
    self.number = number
  }
}

/// What became of a lease that was given back.
@frozen
public enum LeaseOutcome: Sendable, Hashable {
  /// It counted: the result is kept, or the key is free again.
  case accepted
  /// It had run out or been given back before. Nothing has changed; somebody else may have the key by now.
  case expired
}
