public import Sequencer

/// How conversations and messages are found, and how a message joins and leaves its conversation.
extension Outbox {
  @inlinable @inline(__always)
  mutating func note(_ now: Instant) {
    if now.nanoseconds > newest { newest = now.nanoseconds }
  }

  /// The moment `nanoseconds` from now; all ones if it lies beyond the last instant.
  @inlinable @inline(__always)
  func after(_ nanoseconds: UInt64) -> UInt64 {
    // Neither is above 2⁶³ − 1, unless it means never.
    let (moment, overflow) = newest.addingReportingOverflow(nanoseconds)
    return overflow || moment > Instant.max.nanoseconds ? .max : moment
  }

  @inlinable @inline(__always)
  func find(_ key: Conversation) -> UInt32? {
    byKey.find(key.streamHash(hashSeed)) { conversations[$0].key == key }
  }

  @inlinable @inline(__always)
  func hash(id: UInt64) -> UInt64 { id &* 0x9E37_79B9_7F4A_7C15 }

  @inlinable @inline(__always)
  func hash(number: UInt64, _ conversation: UInt32) -> UInt64 {
    (number &+ UInt64(conversation) &* 0xD6E8_FEB8_6659_FD93) &* 0x9E37_79B9_7F4A_7C15
  }

  @inlinable @inline(__always)
  func find(_ id: MessageID) -> UInt32? {
    byID.find(hash(id: id.rawValue)) { entries[$0].id == id.rawValue }
  }

  /// The message whose open number this is.
  @inlinable @inline(__always)
  func find(_ number: UInt64, in conversation: UInt32) -> UInt32? {
    byNumber.find(hash(number: number, conversation)) {
      entries[$0].number == number && entries[$0].conversation == conversation
    }
  }

  @inlinable
  mutating func addConversation(_ key: Conversation, epoch: UInt32, next: UInt64) -> UInt32 {
    let index = conversations.insert(OutboxConversation(key: key, epoch: epoch, next: next))
    byKey.insert(index, hash: key.streamHash(hashSeed))
    return index
  }

  /// Opens the conversation's next number for a message.
  @inlinable @inline(__always)
  mutating func openNext(_ slot: UInt32, _ conversation: UInt32) -> UInt64 {
    let number = conversations[conversation].next
    conversations[conversation].next = number &+ 1
    entries[slot].number = number
    entries.append(slot, to: &conversations[conversation].open, .open)
    byNumber.insert(slot, hash: hash(number: number, conversation))
    return number
  }

  /// Takes a message's number out of the open ones. Nothing finds the message by it any more.
  @inlinable @inline(__always)
  mutating func close(_ slot: UInt32, _ conversation: UInt32) {
    let number = entries[slot].number
    guard number != 0 else { return }
    entries.remove(slot, from: &conversations[conversation].open, .open)
    byNumber.remove(slot, hash: hash(number: number, conversation))
    entries[slot].number = 0
  }
}
