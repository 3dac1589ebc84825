internal import Sequencer

/// How connections and subscriptions end while they are being served.
extension HubLoop {
  /// Ends a connection as soon as nothing is being walked.
  @usableFromInline
  mutating func end(_ slot: UInt32, because end: HubEnd) {
    guard connections.records[slot].state != .ending else { return }
    connections.records[slot].state = .ending
    connections.records[slot].end = end
    ending.append(slot)
    if end != .disconnected { counts.overLimit &+= 1 }
  }

  @inlinable
  mutating func endThoseToEnd(_ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer) {
    while let slot = ending.popLast() {
      let end = connections.records[slot].end
      while let (subscription, account) = endFirst(of: slot) {
        _ = unsafe body(peer(slot).pointee, subscription, .ended(account, end))
      }
      _ = forget(slot)
    }
  }

  /// Ends the subscriptions of a closed topic that have been given all of it.
  @inlinable
  mutating func endClosed(
    _ slot: UInt32, _ heads: Heads, _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) {
    var place = 0
    while place < topics[slot].count {
      if endIfClosed(place, of: slot, heads, body) != .gone { place &+= 1 }
    }
  }

  @inlinable
  mutating func endIfClosed(
    _ place: Int, of slot: UInt32, _ heads: Heads,
    _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) -> Turn {
    let cursor = topics[slot][place]
    guard heads.isClosed, cursor.next >= heads.messages, connections.records[cursor.connection].state == .ready else {
      return .caughtUp
    }
    let account = close(cursor.subscription.slot)
    _ = unsafe body(peer(cursor.connection).pointee, cursor.subscription, .ended(account, .closed))
    return .gone
  }

  // MARK: - Limits

  /// What becomes of a blocked connection that has fallen behind by this much in one topic.
  @usableFromInline
  mutating func checkLimit(_ slot: UInt32, behind: UInt64) {
    let record = connections.records[slot]
    guard record.state == .blocked, behind > min(record.policy.softLimit, record.policy.hardLimit) else { return }
    if behind > record.policy.hardLimit {
      end(slot, because: .hardLimit)
    } else if record.timer == .none {
      let deadline = newest.advanced(by: record.policy.softDuration)
      // There is a timer for each connection at most, and room for all of them.
      if let timer = try? timers.schedule(slot, at: deadline) { connections.records[slot].timer = timer }
    }
  }

  /// Looks at a connection that has just been given what it waited for, as far as it took that.
  @usableFromInline
  mutating func checkLimit(_ slot: UInt32) {
    switch connections.records[slot].state {
    // It has caught up, whatever was published meanwhile.
    case .ready: stopTime(slot)
    case .blocked:
      stopTimeIfCaughtUp(slot)
      checkLimit(slot, behind: furthestBehind(slot))
    case .ending, .free: break
    }
  }

  mutating func stopTimeIfCaughtUp(_ slot: UInt32) {
    if furthestBehind(slot) <= connections.records[slot].policy.softLimit { stopTime(slot) }
  }

  private mutating func stopTime(_ slot: UInt32) {
    guard connections.records[slot].timer != .none else { return }
    timers.cancel(connections.records[slot].timer)
    connections.records[slot].timer = .none
  }

  /// How far a connection with limits is behind, in the topic in which it is furthest.
  private func furthestBehind(_ slot: UInt32) -> UInt64 {
    let policy = connections.records[slot].policy
    guard min(policy.softLimit, policy.hardLimit) < .max else { return 0 }
    var behind: UInt64 = 0
    var subscription = connections.records[slot].subscriptions.first
    while subscription != Chain.none {
      let record = subscriptions[subscription]
      let head = core(of: record.topic).heads.messages
      // One that has seen more than there is here is not behind.
      behind = max(behind, head &- min(head, topics[record.topic][Int(record.place)].next))
      subscription = record.link.later
    }
    return behind
  }

  /// Disconnects those that have been further behind than their soft limit for too long.
  @inlinable
  mutating func expireLimits(_ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer) -> Bool {
    guard let deadline = timers.nextDeadline, deadline <= newest else { return false }
    expireLimits()
    endThoseToEnd(body)
    return true
  }

  @usableFromInline
  mutating func expireLimits() {
    while let slot = timers.nextExpired(at: newest) {
      connections.records[slot].timer = .none
      if furthestBehind(slot) > connections.records[slot].policy.softLimit { end(slot, because: .softLimit) }
    }
  }

  // MARK: - The loop's own end

  /// Ends the loop and all its subscriptions, each with its account, so that another loop can go on with them: subscribe
  /// there from the account's position.
  ///
  /// - Complexity: O(*subscriptions*)
  public consuming func end(_ ended: (borrowing Connection, HubSubscription, HubAccount) -> Void) {
    for slot in 0..<UInt32(truncatingIfNeeded: connections.records.used) where connections.records[slot].state != .free
    {
      while let (subscription, account) = endFirst(of: slot) {
        unsafe ended(peer(slot).pointee, subscription, account)
      }
    }
  }
}
