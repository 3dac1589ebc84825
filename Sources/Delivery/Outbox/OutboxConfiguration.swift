/// What an outbox may have under way, how long it waits, and what it keeps. Every limit is finite by default.
///
/// ```swift
/// var configuration = OutboxConfiguration()
/// configuration.inFlightPerConversation = 1   // strict: one message at a time
/// configuration.lifetime = .seconds(3_600)    // then it has failed
/// var outbox = Outbox<String, String>(configuration, epoch: 1)
/// ```
public struct OutboxConfiguration: Sendable, Hashable {
  /// How long a transmission may stay unacknowledged before it counts as failed. It is never jittered.
  ///
  /// Five seconds are the sequencer's gap timeout: sent again any sooner, a message would compete with its own repair.
  public var acknowledgementTimeout: Duration = .seconds(5)

  /// How long to wait after a failure, and when to give up.
  public var backoff = Backoff()

  /// Most messages of one conversation on their way at a time, those that wait out a backoff included. 1 is strict order:
  /// nothing is transmitted before everything ahead of it is settled. Five keep a line of 200 ms busy at 25 messages a
  /// second, and leave a receiver little to buffer.
  public var inFlightPerConversation = 5

  /// Most messages in flight over all conversations; those that wait out a backoff are not.
  public var inFlightLimit = 256

  /// Most messages kept, failed ones and those whose last event was not pulled included.
  public var messageLimit = 65_536

  /// Most conversations known. A conversation is known for ever, since its numbers must not be used again.
  public var conversationLimit = 65_536

  /// How long a message may take, unless `enqueue` says otherwise; `nil`: for ever.
  public var lifetime: Duration? = nil

  /// Whether a conversation goes on without a message that failed for good.
  public var afterFailure: AfterFailure = .goOn

  /// Whether a message goes on the wire only once its record is stored. Without a store, turn it off.
  public var persistsFirst = true

  /// The longest wait after an outage, which is drawn evenly from it or from the outage's length if that is shorter. Two
  /// seconds spread a server's clients widely enough, and a user hardly notices them.
  public var returnSpread: Duration = .seconds(2)

  /// What may be in flight right after an outage; it grows by one with each acknowledgement.
  public var inFlightAfterOutage = 5

  /// - Complexity: O(1)
  public init() {}
}

/// What a conversation does after one of its messages has failed for good.
///
/// ```swift
/// configuration.afterFailure = .hold
/// ```
public enum AfterFailure: Sendable, Hashable {
  /// It goes on without it.
  case goOn
  /// It sends nothing until the message is retried or discarded. A message that the user cancelled holds nothing: that
  /// decision has been made.
  case hold
}

extension OutboxConfiguration {
  /// Traps on what only a programmer can have got wrong.
  @usableFromInline
  func check() {
    precondition(acknowledgementTimeout > .zero, "the acknowledgement timeout must be positive")
    precondition(inFlightPerConversation > 0, "at least one message a conversation must be allowed in flight")
    precondition(inFlightLimit > 0, "at least one message must be allowed in flight")
    precondition(inFlightAfterOutage > 0, "at least one message must be allowed in flight after an outage")
    precondition(0...(1 << 28) ~= messageLimit, "the message limit must be 0 to 2^28")
    precondition(0...(1 << 28) ~= conversationLimit, "the conversation limit must be 0 to 2^28")
    precondition(returnSpread >= .zero, "the spread after an outage must not be negative")
    if let lifetime { precondition(lifetime > .zero, "a lifetime must be positive") }
  }
}
