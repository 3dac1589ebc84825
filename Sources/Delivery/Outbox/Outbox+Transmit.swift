public import Sequencer

extension Outbox {
  /// The next message to be put on the wire; `nil` if there is none now. Ask again after whatever was handed in, and at
  /// `nextDeadline`.
  ///
  /// A conversation sends in the order of its numbers; conversations take turns. Nothing is sent while the transport is down
  /// or the wait after an outage lasts. What is due by `now` is done first, so that no message is sent after it has expired.
  ///
  /// - Complexity: O(1), and what `advance(to:)` costs.
  ///
  /// ```swift
  /// while socket.isWritable, let transmission = outbox.nextTransmission(at: now) { socket.send(transmission) }
  /// ```
  @inlinable
  public mutating func nextTransmission(at now: Instant) -> Transmission<Conversation, Message>? {
    note(now)
    if newest >= wakesAt { work() }
    guard !turns.isEmpty, flying < line.allowed, line.isOpen(at: newest) else { return nil }
    let index = turns.first
    let slot = takeNext(of: index)
    flying &+= 1
    entries.append(slot, to: &inFlight, .queue)
    let deadline = after(limits.timeout)
    wakesAt = min(wakesAt, deadline)
    entries[slot].state = .inFlight
    entries[slot].mark = deadline
    if entries[slot].began == .max { entries[slot].began = newest }
    entries[slot].wasTransmitted = true
    entries[slot].mayHaveArrived = true
    entries[slot].numberMayHaveArrived = true
    let number = entries[slot].number
    conversations[index].highest = max(conversations[index].highest, number)
    // To the end of the line of conversations, if it has more to send.
    conversations.remove(index, from: &turns, .turn)
    conversations[index].isInTurn = false
    updateTurn(index)
    return Transmission(
      id: MessageID(rawValue: entries[slot].id), conversation: conversations[index].key,
      epoch: conversations[index].epoch, number: number, base: entries[conversations[index].open.first].number,
      attempt: entries[slot].attempt, message: entries[slot].message!)
  }

  /// Takes the lowest number that may be sent out of its line: one to be sent again, or the first that waits for a place.
  @inlinable @inline(__always)
  mutating func takeNext(of index: UInt32) -> UInt32 {
    let due = conversations[index].due.first
    let waiting = conversations[index].waiting.first
    if due == Chain.none || (canStart(index) && entries[waiting].number < entries[due].number) {
      entries.remove(waiting, from: &conversations[index].waiting, .queue)
      conversations[index].places &+= 1
      return waiting
    }
    entries.remove(due, from: &conversations[index].due, .queue)
    return due
  }

  /// Whether the conversation has a place for the first of those that wait, and that one is written.
  @inlinable @inline(__always)
  func canStart(_ index: UInt32) -> Bool {
    let waiting = conversations[index].waiting.first
    return waiting != Chain.none && conversations[index].places < limits.places && entries[waiting].state == .waiting
  }

  /// Lets a conversation join or leave the line of those that have something to send.
  @inlinable @inline(__always)
  mutating func updateTurn(_ index: UInt32) {
    let canSend = conversations[index].holds == 0 && (!conversations[index].due.isEmpty || canStart(index))
    guard canSend != conversations[index].isInTurn else { return }
    conversations[index].isInTurn = canSend
    if canSend {
      conversations.append(index, to: &turns, .turn)
    } else {
      conversations.remove(index, from: &turns, .turn)
    }
  }
}
