public import Sequencer

/// What a store keeps of an outbox: one record a change. The newest one of a message says all there is to say of it, so a
/// store may keep the others or drop them, and hand them back in any order.
///
/// ```swift
/// case .persist(let record):
///   try journal.append(record)
///   outbox.persisted(through: record.sequence)
/// ```
public struct OutboxRecord<Conversation: StreamKey, Message> {
  /// Counts the records of an outbox, over its restarts.
  public var sequence: UInt64
  public var conversation: Conversation
  public var epoch: UInt32
  /// The conversation's next number when the record was made. Numbers below it may have been used.
  public var next: UInt64
  /// The message that it is about; in the record of a conversation, the last one given out.
  public var id: MessageID
  public var content: Content

  /// What a record says.
  public enum Content {
    /// The message as it stands. `number` is nil once it is voided. `expiresAt` is on the clock that the outbox is driven by;
    /// if that does not outlive the process, translate it.
    case message(Message, number: UInt64?, status: DeliveryStatus, lifetime: Duration?, expiresAt: Instant?)
    /// The message was settled or discarded: nothing of it need be kept but the number that `next` remembers.
    case gone
    /// Only what the conversation counts.
    case conversation
  }

  /// - Complexity: O(1)
  public init(
    sequence: UInt64, conversation: Conversation, epoch: UInt32, next: UInt64, id: MessageID, content: Content
  ) {
    self.sequence = sequence
    self.conversation = conversation
    self.epoch = epoch
    self.next = next
    self.id = id
    self.content = content
  }
}

extension OutboxRecord: Sendable where Conversation: Sendable, Message: Sendable {}
extension OutboxRecord.Content: Sendable where Conversation: Sendable, Message: Sendable {}
extension OutboxRecord: Equatable where Message: Equatable {}
extension OutboxRecord.Content: Equatable where Message: Equatable {}

/// Why records cannot be restored. Nothing has changed.
///
/// ```swift
/// do { try outbox.restore(journal.records, at: now) } catch .malformed { startAgain(epoch: epoch + 1) }
/// ```
public enum OutboxRestoreError: Error, Sendable, Hashable {
  /// A record that no outbox can have made, or two that contradict each other.
  case malformed
  /// More messages than the limit.
  case tooManyMessages
  /// More conversations than the limit.
  case tooManyConversations
}
