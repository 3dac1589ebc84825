public import Sequencer

/// What a heap of records comes to: the newest one of each message, and what each conversation has counted. It is made before
/// anything is changed, so that bad records change nothing.
@usableFromInline
struct Restoration<Key: StreamKey> {
  /// A message that is still there.
  @usableFromInline
  struct Place {
    /// The index of its newest record.
    @usableFromInline let record: Int
    @usableFromInline let id: UInt64
    @usableFromInline let conversation: UInt32
    /// 0 if it has none, or only in an epoch that is over.
    @usableFromInline let number: UInt64

    @inlinable
    init(record: Int, id: UInt64, conversation: UInt32, number: UInt64) {
      self.record = record
      self.id = id
      self.conversation = conversation
      self.number = number
    }
  }

  /// By conversation and number.
  @usableFromInline var messages: [Place] = []
  /// In the order of the lowest ids that name them.
  @usableFromInline var conversations: [OutboxConversation<Key>] = []
  @usableFromInline var indices: [Key: UInt32] = [:]
  @usableFromInline var lastID: UInt64 = 0
  @usableFromInline var lastSequence: UInt64 = 0
  @usableFromInline let epoch: UInt32

  @inlinable
  init<Message>(
    _ records: [OutboxRecord<Key, Message>], epoch: UInt32, limits: OutboxLimits
  ) throws(OutboxRestoreError) {
    self.epoch = epoch
    let order = records.indices.sorted {
      (records[$0].id.rawValue, records[$0].sequence) < (records[$1].id.rawValue, records[$1].sequence)
    }
    for index in order {
      guard count(records[index]) else { throw .malformed }
    }
    if conversations.count > limits.conversations { throw .tooManyConversations }
    var newest: Int? = nil
    for index in order {
      if case .conversation = records[index].content { continue }
      if let newest, records[newest].id != records[index].id, !take(newest, records[newest]) { throw .malformed }
      if let newest, records[newest].id == records[index].id,
        records[newest].conversation != records[index].conversation
      {
        throw .malformed
      }
      newest = index
    }
    if let newest, !take(newest, records[newest]) { throw .malformed }
    if messages.count > limits.messages { throw .tooManyMessages }
    messages.sort { ($0.conversation, $0.number, $0.id) < ($1.conversation, $1.number, $1.id) }
    for (earlier, later) in zip(messages, messages.dropFirst())
    where later.number != 0 && earlier.number == later.number && earlier.conversation == later.conversation {
      throw .malformed
    }
  }

  /// Notes what a record counts; false if no outbox can have made it.
  @inlinable
  mutating func count<Message>(_ record: OutboxRecord<Key, Message>) -> Bool {
    guard 1...(Position.lastNumber + 1) ~= record.next, record.id.rawValue < .max, record.sequence < .max else {
      return false
    }
    lastID = max(lastID, record.id.rawValue)
    lastSequence = max(lastSequence, record.sequence)
    guard let index = indices[record.conversation] else {
      let isOver = record.epoch < epoch
      indices[record.conversation] = UInt32(conversations.count)
      conversations.append(
        OutboxConversation(
          key: record.conversation, epoch: isOver ? epoch : record.epoch, next: isOver ? 1 : record.next))
      return true
    }
    let known = conversations[Int(index)]
    guard record.epoch >= known.epoch else { return true }
    let next = record.epoch > known.epoch ? record.next : max(known.next, record.next)
    conversations[Int(index)] = OutboxConversation(key: known.key, epoch: record.epoch, next: next)
    return true
  }

  /// Takes the newest record of a message; false if no outbox can have made it.
  @inlinable
  mutating func take<Message>(_ index: Int, _ record: OutboxRecord<Key, Message>) -> Bool {
    guard case .message(_, let number, let status, _, _) = record.content, status < .sent else { return true }
    if let number {
      guard Position.isValid(number: number), number < record.next else { return false }
    } else if case .sending = status {
      return false
    }
    guard record.id.rawValue > 0, let conversation = indices[record.conversation] else { return false }
    let isOver = record.epoch != conversations[Int(conversation)].epoch
    messages.append(
      Place(record: index, id: record.id.rawValue, conversation: conversation, number: isOver ? 0 : number ?? 0))
    return true
  }
}
