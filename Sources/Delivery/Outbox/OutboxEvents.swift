public import Sequencer

/// Names a message for as long as its outbox knows it, whatever its number. Never given out twice.
///
/// ```swift
/// if case .queued(let id, _) = outbox.enqueue("hello", to: "lobby", at: now) { bubbles[id] = bubble }
/// ```
@frozen
public struct MessageID: Sendable, Hashable, Comparable {
  /// Counts from 1; may be stored.
  public let rawValue: UInt64

  /// - Complexity: O(1)
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Whether `lhs` was enqueued first.
  ///
  /// - Complexity: O(1)
  @inlinable
  public static func < (lhs: MessageID, rhs: MessageID) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A message to be put on the wire, with all that its receiver needs.
///
/// ```swift
/// while let transmission = outbox.nextTransmission(at: now) { socket.send(transmission) }
/// ```
@frozen
public struct Transmission<Conversation: StreamKey, Message> {
  public let id: MessageID
  public let conversation: Conversation
  public let epoch: UInt32
  public let number: UInt64
  /// The oldest number that is still open: what the receiver lacks below it will not come.
  public let base: UInt64
  /// Which attempt this belongs to. A refusal names it, so that one of an earlier attempt is told apart.
  public let attempt: UInt32
  public let message: Message

  @inlinable
  init(
    id: MessageID, conversation: Conversation, epoch: UInt32, number: UInt64, base: UInt64, attempt: UInt32,
    message: Message
  ) {
    self.id = id
    self.conversation = conversation
    self.epoch = epoch
    self.number = number
    self.base = base
    self.attempt = attempt
    self.message = message
  }
}

extension Transmission: Sendable where Conversation: Sendable, Message: Sendable {}

/// What an outbox tells its owner. Of several changes of a message that were not pulled in between, only the last is told.
///
/// ```swift
/// while let event = outbox.nextEvent() {
///   switch event {
///   case .persist(let record): try journal.append(record)
///   case .status(let id, _, let status): bubbles[id]?.show(status)
///   case .failed(let id, _, let status, let text): bubbles[id]?.offerRetry(text, status)
///   }
/// }
/// ```
@frozen
public enum OutboxEvent<Conversation: StreamKey, Message> {
  /// Store this; then call `persisted(through:)` with its sequence number.
  case persist(OutboxRecord<Conversation, Message>)
  /// The message has this status now. From `sent` on, the outbox has let it go.
  case status(id: MessageID, conversation: Conversation, status: DeliveryStatus)
  /// The message failed for good. It can be retried, and stays until it is discarded or turns out to have arrived.
  case failed(id: MessageID, conversation: Conversation, status: DeliveryStatus, message: Message)
}

extension OutboxEvent: Sendable where Conversation: Sendable, Message: Sendable {}
