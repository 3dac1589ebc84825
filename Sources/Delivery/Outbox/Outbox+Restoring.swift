public import Sequencer

/// Records, out and in.
extension Outbox {
  @inlinable
  mutating func makeRecord(_ slot: UInt32) -> Record {
    let entry = entries[slot]
    var content = Record.Content.gone
    if let message = entry.message {
      content = .message(
        message, number: entry.number == 0 ? nil : entry.number, status: entry.status,
        lifetime: entry.lifetime == .max ? nil : .nanoseconds(Int64(entry.lifetime)),
        expiresAt: entry.expiresAt > Instant.max.nanoseconds ? nil : Instant(nanoseconds: entry.expiresAt))
    }
    return makeRecord(entry.conversation, entry.id, content)
  }

  @inlinable
  mutating func makeRecord(_ index: UInt32, _ id: UInt64, _ content: Record.Content) -> Record {
    let sequence = nextSequence
    nextSequence &+= 1
    return Record(
      sequence: sequence, conversation: conversations[index].key, epoch: conversations[index].epoch,
      next: conversations[index].next, id: MessageID(rawValue: id), content: content)
  }

  /// Everything that a store has to keep, and no more: once these are stored, all records before them may go. Each
  /// conversation keeps its epoch and its next number, so that no number is used twice.
  ///
  /// - Complexity: O(*n*) in the number of messages and conversations.
  ///
  /// ```swift
  /// var compacted = Journal()
  /// outbox.compact { record in compacted.append(record) }
  /// ```
  @inlinable
  public mutating func compact(_ write: (Record) -> Void) {
    for index in 0..<UInt32(conversations.used) { write(makeRecord(index, nextID &- 1, .conversation)) }
    for slot in 0..<UInt32(entries.used) where entries[slot].message != nil { write(makeRecord(slot)) }
  }

  /// Takes up what an outbox before this one left: its records, in any order, superseded ones among them or not.
  ///
  /// What was sending is sent again, since nobody knows what was transmitted: it keeps its number, and may have arrived.
  /// What failed stays failed. A message of an epoch that is over, because this outbox was given a higher one, has failed
  /// as `unconfirmed`.
  ///
  /// - Precondition: the outbox is new: nothing was enqueued.
  /// - Throws: if the records contradict each other, or exceed the limits; then nothing has changed.
  /// - Complexity: O(*n* log *n*) in the number of records.
  ///
  /// ```swift
  /// var outbox = Outbox<String, String>(epoch: epoch)
  /// try outbox.restore(journal.records, at: now)
  /// ```
  @inlinable
  public mutating func restore(_ records: [Record], at now: Instant) throws(OutboxRestoreError) {
    precondition(conversations.used == 0, "only a new outbox can be restored")
    let current = try Restoration<Conversation>(records, epoch: epoch, limits: limits)
    note(now)
    nextID = max(nextID, current.lastID &+ 1)
    nextSequence = max(nextSequence, current.lastSequence &+ 1)
    for conversation in current.conversations {
      _ = addConversation(conversation.key, epoch: conversation.epoch, next: conversation.next)
    }
    // By number, so that the lines are in order; then by id, so that the turns do not depend on the order of the records.
    for message in current.messages { restore(records[message.record], message) }
    for message in current.messages.sorted(by: { $0.id < $1.id }) { updateTurn(message.conversation) }
    wakesAt = nextDue
  }

  @inlinable
  mutating func restore(_ record: Record, _ place: Restoration<Conversation>.Place) {
    guard case .message(let message, let number, let status, let lifetime, let expiresAt) = record.content else {
      return
    }
    let index = place.conversation
    let slot = entries.insert(
      OutboxEntry(
        id: record.id.rawValue, conversation: index, state: .waiting,
        lifetime: lifetime.map { OutboxLimits.nanoseconds($0) } ?? .max, message: message))
    conversations[index].entries &+= 1
    byID.insert(slot, hash: hash(id: record.id.rawValue))
    entries[slot].status = status
    entries[slot].mayHaveArrived = number != nil
    let isOver = record.epoch != conversations[index].epoch
    if let number, !isOver {
      entries[slot].number = number
      entries[slot].numberMayHaveArrived = true
      entries.append(slot, to: &conversations[index].open, .open)
      byNumber.insert(slot, hash: hash(number: number, index))
    }
    switch status {
    case .sending where isOver:
      entries[slot].state = .failed
      fail(slot, index, .unconfirmed, voids: false)
    case .sending:
      entries.append(slot, to: &conversations[index].waiting, .queue)
      if let expiresAt { arm(slot, expiringAt: expiresAt.nanoseconds) }
    case .failed(_, let reason):
      entries[slot].state = .failed
      if limits.holds, reason != .cancelled {
        entries[slot].isHolding = true
        conversations[index].holds &+= 1
      }
    case .sent, .delivered, .read: assertionFailure("what has arrived is not restored")
    }
  }
}
