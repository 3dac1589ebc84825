/// What became of a message handed to `enqueue`.
///
/// ```swift
/// guard case .queued(let id, let number) = outbox.enqueue(text, to: room, at: now) else { return showQueueFull() }
/// ```
@frozen
public enum EnqueueOutcome: Sendable, Hashable {
  /// It has this number in its conversation, and the status `sending(round: 0)`.
  case queued(id: MessageID, number: UInt64)
  /// It was not taken, and nothing changed.
  case rejected(EnqueueRejection)
}

/// Why a message was not taken.
@frozen
public enum EnqueueRejection: Error, Sendable, Hashable {
  /// `messageLimit` messages are kept: pull the events, or discard what failed.
  case full
  /// The conversation is new, and `conversationLimit` are known.
  case tooManyConversations
  /// The conversation has used its last number, 2⁵³ − 1.
  case exhausted
}

/// What became of a `replace`.
@frozen
public enum ReplaceOutcome: Sendable, Hashable {
  /// The message goes out with the new content.
  case replaced
  /// The old content may have arrived: send an edit of your own.
  case alreadyTransmitted
  /// The outbox does not know the message: it was settled or discarded, or never here.
  case unknown
}

/// What became of an acknowledgement.
@frozen
public enum AcknowledgementOutcome: Sendable, Hashable {
  /// So many messages were settled by it.
  case settled(Int)
  /// All that it claims was settled or void before.
  case known
  /// It was refused, and nothing changed.
  case rejected(AcknowledgementRejection)
}

/// Why an acknowledgement was refused.
@frozen
public enum AcknowledgementRejection: Error, Sendable, Hashable {
  /// It claims a number that was not transmitted yet.
  case notTransmitted
  /// It is about another epoch than the conversation's.
  case otherEpoch
  /// Nothing was ever enqueued to this conversation.
  case unknownConversation
  /// No receiver's progress looks like this.
  case malformed
}

/// What a receiver says that will not take a message.
@frozen
public enum Refusal: Sendable, Hashable {
  /// Try again, but not before the time it names, if any (Retry-After).
  case forNow(retryAfter: Duration? = nil)
  /// Never: the receiver counts the number as void.
  case forGood
  /// It cannot be told any more whether the message came out before.
  case stale
}

/// What became of a refusal.
@frozen
public enum RefusalOutcome: Sendable, Hashable {
  /// The attempt counts as failed, and the message waits for the next one.
  case retrying
  /// The message failed for good: refused as such, or its attempts ran out.
  case failed
  /// It is about an earlier attempt, or one that is not under way.
  case ignored
  /// The number is settled or void, or was never given out; or the conversation or the epoch is another.
  case unknown
}

/// What became of a `cancel`.
@frozen
public enum CancelOutcome: Sendable, Hashable {
  /// It certainly never arrives; its number is void.
  case cancelled
  /// It is not sent again, but it may have arrived. If it has, an acknowledgement will still say so.
  case mayHaveArrived
  /// It had failed before.
  case alreadyFailed
  /// The outbox does not know the message: it was settled or discarded, or never here.
  case unknown
}

/// What became of a `discard`.
@frozen
public enum DiscardOutcome: Sendable, Hashable {
  case discarded
  /// It is still being sent: cancel it first.
  case notFailed
  /// The outbox does not know the message: it was settled or discarded, or never here.
  case unknown
}

/// What became of a `retry` of a message in an outbox.
@frozen
public enum OutboxRetryOutcome: Sendable, Hashable {
  /// It is sending again, in this round, under this number: a new one if the old one was void.
  case started(round: UInt32, number: UInt64)
  /// It has not failed.
  case alreadySending
  /// Round 2³² − 1 failed, or the conversation has used its last number: send a new message.
  case exhausted
  /// The outbox does not know the message: it was settled or discarded, or never here.
  case unknown
}
