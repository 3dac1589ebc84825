public import Sequencer

/// What says that a message arrived.
extension Outbox {
  /// Settles what a receiver has emitted, whichever attempt it was. A settled message is let go.
  ///
  /// Repeats and numbers that are settled or void change nothing; nor does a progress that claims a number which was not
  /// transmitted, about which a receiver can know nothing.
  ///
  /// - Complexity: O(*k* + *e*) in the number of open messages up to `progress.through` or the highest number transmitted, and of
  ///   excepted ranges.
  ///
  /// ```swift
  /// outbox.acknowledge(StreamProgress(epoch: epoch, through: 41, except: [17...18]), in: "lobby", at: now)   // .settled(5)
  /// ```
  @inlinable
  @discardableResult
  public mutating func acknowledge(
    _ progress: StreamProgress, in conversation: Conversation, at now: Instant
  ) -> AcknowledgementOutcome {
    note(now)
    guard let index = find(conversation) else { return .rejected(.unknownConversation) }
    guard conversations[index].epoch == progress.epoch else { return .rejected(.otherEpoch) }
    guard progress.isValid else { return .rejected(.malformed) }
    guard progress.highestClaim <= conversations[index].highest else { return .rejected(.notTransmitted) }
    var settled = 0
    var hole = 0
    // A progress may name more than was transmitted, as long as it does not claim it. What waits is not looked at.
    let last = min(progress.through, conversations[index].highest)
    var slot = conversations[index].open.first
    while slot != Chain.none {
      let number = entries[slot].number
      guard number <= last else { break }
      let later = entries[slot].link(.open).later
      while hole < progress.except.count, progress.except[hole].upperBound < number { hole &+= 1 }
      let isExcepted = hole < progress.except.count && progress.except[hole].lowerBound <= number
      if number > progress.above, !isExcepted, entries[slot].numberMayHaveArrived {
        settle(slot, index)
        settled &+= 1
      }
      slot = later
    }
    if settled == 0 { return .known }
    updateTurn(index)
    return .settled(settled)
  }

  /// Settles one message, because it came back in the conversation's stream: the echo that beats the acknowledgement.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// case .delivered(_, _, let message) where message.sender == me: outbox.echo(message.number, epoch: epoch, in: room, at: now)
  /// ```
  @inlinable
  @discardableResult
  public mutating func echo(
    _ number: UInt64, epoch: UInt32 = 0, in conversation: Conversation, at now: Instant
  ) -> AcknowledgementOutcome {
    note(now)
    guard let index = find(conversation) else { return .rejected(.unknownConversation) }
    guard conversations[index].epoch == epoch else { return .rejected(.otherEpoch) }
    guard Position.isValid(number: number) else { return .rejected(.malformed) }
    guard number <= conversations[index].highest else { return .rejected(.notTransmitted) }
    guard let slot = find(number, in: index), entries[slot].numberMayHaveArrived else { return .known }
    settle(slot, index)
    updateTurn(index)
    return .settled(1)
  }

  /// Lets a message go that has arrived.
  @inlinable @inline(__always)
  mutating func settle(_ slot: UInt32, _ index: UInt32) {
    leave(slot, index)
    entries[slot].status = .sent
    entries[slot].pending.status = true
    forget(slot, index)
    if line.allowed < limits.inFlight { line.allowed &+= 1 }
  }

  /// Takes a message out of whatever it stands in, and stops its clocks.
  @inlinable @inline(__always)
  mutating func leave(_ slot: UInt32, _ index: UInt32) {
    switch entries[slot].state {
    case .inFlight:
      entries.remove(slot, from: &inFlight, .queue)
      flying &-= 1
      conversations[index].places &-= 1
    default: leaveOther(slot, index)
    }
    if entries[slot].expiry != .none { disarm(slot) }
  }

  @inlinable @inline(never)
  mutating func leaveOther(_ slot: UInt32, _ index: UInt32) {
    switch entries[slot].state {
    case .unwritten, .waiting: entries.remove(slot, from: &conversations[index].waiting, .queue)
    case .writing:
      entries.remove(slot, from: &conversations[index].waiting, .queue)
      entries.remove(slot, from: &writing, .writing)
    case .inFlight: break  // `leave` has done it.
    case .due:
      entries.remove(slot, from: &conversations[index].due, .queue)
      conversations[index].places &-= 1
    case .backingOff:
      stopBackoff(slot)
      conversations[index].places &-= 1
    case .failed:
      if entries[slot].isHolding {
        entries[slot].isHolding = false
        conversations[index].holds &-= 1
      }
    case .gone, .free: assertionFailure("a message that is gone stands nowhere")
    }
  }

  @inlinable
  mutating func stopBackoff(_ slot: UInt32) {
    backoffs.cancel(entries[slot].backoff)
    entries[slot].backoff = .none
  }

  @inlinable @inline(never)
  mutating func disarm(_ slot: UInt32) {
    expiries.cancel(entries[slot].expiry)
    entries[slot].expiry = .none
  }

  /// Lets go of a message that stands nowhere. Its slot stays until what is to be told of it was pulled.
  @inlinable @inline(__always)
  mutating func forget(_ slot: UInt32, _ index: UInt32) {
    close(slot, index)
    byID.remove(slot, hash: hash(id: entries[slot].id))
    entries[slot].message = nil
    entries[slot].state = .gone
    if limits.persists { entries[slot].pending.persist = true }
    announce(slot)
  }
}

extension StreamProgress {
  /// The highest number that a valid progress claims; 0 if none.
  @inlinable @inline(__always)
  var highestClaim: UInt64 {
    guard above < through else { return 0 }
    guard let last = except.last, last.upperBound == through else { return through }
    let claim = last.lowerBound &- 1
    return claim > above ? claim : 0
  }
}
