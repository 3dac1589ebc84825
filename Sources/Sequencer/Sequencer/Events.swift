/// What a sequencer emits, in the order in which it is to be acted on.
@frozen
public enum SequencerEvent<Key: StreamKey, Message: ~Copyable>: ~Copyable {
  /// The next message of its stream.
  case delivered(stream: Key, position: Position, message: Message)
  /// A message whose number was skipped before: out of order, but not lost. It comes once.
  case late(stream: Key, position: Position, message: Message)
  /// These numbers are given up. It comes before whatever they held back; one event a run and reason.
  case skipped(stream: Key, epoch: UInt32, numbers: ClosedRange<UInt64>, reason: SkipReason)
  /// These numbers are missing: ask the sender for them. `attempt` counts from 1.
  case missing(stream: Key, epoch: UInt32, numbers: ClosedRange<UInt64>, attempt: Int)
}

extension SequencerEvent: Copyable where Message: Copyable {}
extension SequencerEvent: Sendable where Key: Sendable, Message: Sendable & ~Copyable {}

/// Why numbers were skipped.
@frozen
public enum SkipReason: Sendable, Hashable {
  /// The gap stood open for the whole gap timeout.
  case timeout
  /// The sender said that they will not come.
  case void
  /// The sender began a higher epoch.
  case epoch
  /// The stream was closed.
  case closed
  /// The stream was resynchronized past them.
  case resync
}
