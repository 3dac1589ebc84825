/// What became of a message handed to `receive`.
@frozen
public enum ReceiveOutcome: Sendable, Hashable {
  /// It was the next one: emitted, with the whole run that waited behind it.
  case delivered
  /// It is ahead of the next number and kept. Not to be acknowledged yet.
  case buffered
  /// It fills a number that was skipped before: emitted as `.late`.
  case late
  /// It was here before and is dropped.
  case duplicate(Duplicate)
  /// It lies so far back that nobody remembers whether it came out. Not emitted, not to be acknowledged.
  case stale
  /// It was refused, and nothing changed.
  case rejected(Rejection)
}

/// Where the first copy of a duplicate is.
@frozen
public enum Duplicate: Sendable, Hashable {
  /// Waiting. The first payload stays; the number is not to be acknowledged yet.
  case buffered
  /// Out. The number may be acknowledged again.
  case emitted
}

/// Why an input was refused. A refused input has changed nothing.
@frozen
public enum Rejection: Error, Sendable, Hashable {
  /// The number is 0 or above 2⁵³ − 1, a range is empty, or `base` lies above its own number.
  case invalidNumber
  /// The sender has used a higher epoch since.
  case staleEpoch
  /// The stream is not open, and the start policy does not open it.
  case unknownStream
  /// The number lies at or beyond `next + window`. Call `noteTip(number - 1)` with the same epoch, so that a long loss does not
  /// stall the stream.
  case beyondWindow
  /// The stream is new, and `streamLimit` are known.
  case tooManyStreams
  /// `bufferLimit` numbers are held ahead.
  case overCapacity
  /// A `resynchronize` within an epoch that would go backwards.
  case behind
  /// A record that no sequencer can have written.
  case invalidRecord
}

/// What became of a noted tip.
@frozen
public enum TipOutcome: Sendable, Hashable {
  /// It is news, and opened a gap at the tail.
  case noted
  /// It lies beyond the window; the window's last number stands in for it.
  case clamped
  /// A number at least as high is known, or it lies beyond the window, and the window's last number is known.
  case known
  case rejected(Rejection)
}

/// What became of a voided range.
@frozen
public enum VoidOutcome: Sendable, Hashable {
  /// At least one number of it will no longer be waited for.
  case voided
  /// Every number of it is out, held, skipped or voided already.
  case known
  case rejected(Rejection)
}

/// What became of a record handed to `open`.
@frozen
public enum OpenOutcome: Sendable, Hashable {
  case opened
  /// The stream is known; it was left as it is.
  case alreadyOpen
  case rejected(Rejection)
}

/// What became of a `resynchronize`.
@frozen
public enum ResynchronizeOutcome: Sendable, Hashable {
  case resynchronized
  case rejected(Rejection)
}
