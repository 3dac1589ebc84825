public import Sequencer

extension Outbox {
  /// Takes a message, and gives it the next number of its conversation. Its status is `sending(round: 0)` at once.
  ///
  /// - Parameters:
  ///   - lifetime: how long it may take, outages included; `nil`: as the configuration says. When it has passed, the message
  ///     has failed as `expired`.
  /// - Returns: the message's id and number; or why it was not taken, and then nothing has changed.
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// guard case .queued(let id, _) = outbox.enqueue(text, to: "lobby", at: now) else { return showQueueFull() }
  /// ```
  @inlinable
  public mutating func enqueue(
    _ message: consuming Message, to conversation: Conversation, at now: Instant, lifetime: Duration? = nil
  ) -> EnqueueOutcome {
    note(now)
    guard entries.count < limits.messages else { return .rejected(.full) }
    let known = find(conversation)
    if let known {
      guard Position.isValid(number: conversations[known].next) else { return .rejected(.exhausted) }
    } else if conversations.count >= limits.conversations {
      return .rejected(.tooManyConversations)
    }
    let index = known ?? addConversation(conversation, epoch: epoch, next: 1)
    let id = nextID
    nextID &+= 1
    let slot = entries.insert(
      OutboxEntry(
        id: id, conversation: index, state: .waiting,
        lifetime: lifetime.map { OutboxLimits.nanoseconds($0) } ?? limits.lifetime, message: message))
    conversations[index].entries &+= 1
    byID.insert(slot, hash: hash(id: id))
    let number = openNext(slot, index)
    startRound(slot, index)
    return .queued(id: MessageID(rawValue: id), number: number)
  }

  /// Lines a message up to be sent: once its record is written, if there is a store.
  @inlinable @inline(__always)
  mutating func startRound(_ slot: UInt32, _ conversation: UInt32) {
    if entries[slot].lifetime != .max { armExpiry(slot) }
    entries.lineUp(slot, in: &conversations[conversation].waiting)
    if limits.persists {
      entries[slot].state = .unwritten
      raisePersist(slot)
    } else {
      entries[slot].state = .waiting
    }
    updateTurn(conversation)
  }

  @inlinable @inline(never)
  mutating func armExpiry(_ slot: UInt32) {
    arm(slot, expiringAt: after(entries[slot].lifetime))
  }

  @inlinable
  mutating func arm(_ slot: UInt32, expiringAt moment: UInt64) {
    entries[slot].expiresAt = moment
    guard moment <= Instant.max.nanoseconds else { return }
    entries[slot].expiry = Self.schedule(slot, at: moment, in: &expiries)
    wakesAt = min(wakesAt, moment)
  }

  /// Exchanges the content of a message that cannot have arrived yet: it was never transmitted, or refused for good.
  ///
  /// With a store, it is sent once the new content is stored; those behind it wait for it.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// if outbox.replace(id, with: edited) == .alreadyTransmitted { outbox.enqueue(.edit(of: id, edited), to: room, at: now) }
  /// ```
  @inlinable
  public mutating func replace(_ id: MessageID, with message: consuming Message) -> ReplaceOutcome {
    guard let slot = find(id) else { return .unknown }
    guard !entries[slot].mayHaveArrived else { return .alreadyTransmitted }
    entries[slot].message = message
    guard limits.persists else { return .replaced }
    switch entries[slot].state {
    case .writing:
      entries.remove(slot, from: &writing, .writing)
      entries[slot].state = .unwritten
    case .waiting:
      entries[slot].state = .unwritten
      updateTurn(entries[slot].conversation)
    default: break
    }
    raisePersist(slot)
    return .replaced
  }
}
