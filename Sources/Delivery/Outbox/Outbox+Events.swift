/// What is told, and what the store answers.
extension Outbox {
  /// The next thing to be told; `nil` if there is none. Drain it after whatever was handed in.
  ///
  /// A record comes before the status that it explains.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// while let event = outbox.nextEvent() { handle(event) }
  /// ```
  @inlinable
  public mutating func nextEvent() -> Event? {
    let slot = events.first
    guard slot != Chain.none else { return nil }
    if entries[slot].pending.persist { return persistEvent(slot) }
    let event = statusEvent(slot)
    entries[slot].pending.status = false
    retire(slot)
    return event
  }

  @inlinable @inline(__always)
  func statusEvent(_ slot: UInt32) -> Event {
    let id = MessageID(rawValue: entries[slot].id)
    let key = conversations[entries[slot].conversation].key
    if entries[slot].state == .failed, let message = entries[slot].message {
      return .failed(id: id, conversation: key, status: entries[slot].status, message: message)
    }
    return .status(id: id, conversation: key, status: entries[slot].status)
  }

  @inlinable @inline(never)
  mutating func persistEvent(_ slot: UInt32) -> Event {
    let record = makeRecord(slot)
    if entries[slot].state == .unwritten {
      entries[slot].state = .writing
      entries[slot].mark = record.sequence
      entries.append(slot, to: &writing, .writing)
    }
    entries[slot].pending.persist = false
    if !entries[slot].pending.status { retire(slot) }
    return .persist(record)
  }

  /// Takes a message out of the line of those of which there is something to tell; one that is gone gives its slot back.
  @inlinable @inline(__always)
  mutating func retire(_ slot: UInt32) {
    entries.remove(slot, from: &events, .event)
    entries[slot].pending.isAnnounced = false
    if entries[slot].state == .gone { free(slot) }
  }

  @inlinable @inline(__always)
  mutating func free(_ slot: UInt32) {
    entries[slot].state = .free
    conversations[entries[slot].conversation].entries &-= 1
    entries.release(slot)
  }

  /// Lets a message stand in the line of those of which there is something to tell; if there is nothing, one that is gone gives
  /// its slot back.
  @inlinable @inline(__always)
  mutating func announce(_ slot: UInt32) {
    let pending = entries[slot].pending
    if pending.persist || pending.status {
      if pending.isAnnounced { return }
      entries[slot].pending.isAnnounced = true
      entries.append(slot, to: &events, .event)
    } else if pending.isAnnounced {
      retire(slot)
    } else if entries[slot].state == .gone {
      free(slot)
    }
  }

  @inlinable
  mutating func raisePersist(_ slot: UInt32) {
    entries[slot].pending.persist = true
    announce(slot)
  }

  @inlinable
  mutating func raiseStatus(_ slot: UInt32) {
    entries[slot].pending.status = true
    if limits.persists { entries[slot].pending.persist = true }
    announce(slot)
  }

  /// Notes that every record up to this one is stored: what waited for that may be sent.
  ///
  /// - Precondition: a record with this sequence number was handed out.
  /// - Complexity: O(*k*) in the number of messages that waited.
  ///
  /// ```swift
  /// try journal.synchronize()
  /// outbox.persisted(through: record.sequence)
  /// ```
  @inlinable
  public mutating func persisted(through sequence: UInt64) {
    precondition(sequence < nextSequence, "no record has this sequence number yet")
    while !writing.isEmpty, entries[writing.first].mark <= sequence {
      let slot = writing.first
      entries.remove(slot, from: &writing, .writing)
      entries[slot].state = .waiting
      updateTurn(entries[slot].conversation)
    }
  }
}
