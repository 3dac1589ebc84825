extension HubLoop {
  /// What became of one subscriber's turn.
  @frozen
  @usableFromInline
  enum Turn {
    /// There is nothing more for it, or it takes nothing more.
    case caughtUp
    /// There is more, behind what the window holds.
    case moreToCome
    /// The subscription has ended.
    case gone
  }

  /// Gives a subscriber what it has missed, and the messages that one window holds.
  @inlinable
  mutating func serve(
    _ place: Int, of slot: UInt32, _ core: Core, _ heads: Heads,
    _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) -> Turn {
    let (next, owner) = (topics[slot][place].next, topics[slot][place].connection)
    guard next < heads.messages else { return .caughtUp }
    guard connections.records[owner].state == .ready else {
      checkLimit(owner, behind: heads.messages &- next)
      return .caughtUp
    }
    let subscription = topics[slot][place].subscription
    if !window.contains(next), let end = fillWindow(from: next, core, heads) {
      let answer = unsafe body(peer(owner).pointee, subscription, .lagged(next...end &- 1))
      guard answer != .disconnect else { return follow(answer, subscription, owner, behind: 0, body) }
      topics[slot][place].lagged &+= end &- next
      topics[slot][place].next = end
      counts.lagged &+= end &- next
      if answer != .ready { return follow(answer, subscription, owner, behind: heads.messages &- end, body) }
      return end < heads.messages ? .moreToCome : .caughtUp
    }
    let messages = unsafe window.messages(from: next, limit: .max)
    let answer = unsafe body(peer(owner).pointee, subscription, .messages(messages.span, from: next))
    let taken = UInt64(truncatingIfNeeded: Self.taken(answer, of: messages.count))
    topics[slot][place].delivered &+= taken
    topics[slot][place].next = next &+ taken
    counts.delivered &+= taken
    if answer != .ready { return follow(answer, subscription, owner, behind: heads.messages &- next &- taken, body) }
    return next &+ taken < heads.messages ? .moreToCome : .caughtUp
  }

  @unsafe
  @inlinable @inline(__always)
  func peer(_ slot: UInt32) -> UnsafePointer<Connection> {
    unsafe UnsafePointer(connections.peers + Int(truncatingIfNeeded: slot))
  }

  /// Copies messages from `next` on. If that is lost: the position below which all is.
  @inlinable @inline(never)
  mutating func fillWindow(from next: UInt64, _ core: Core, _ heads: Heads) -> UInt64? {
    var position = next
    while position < heads.messages {
      // The ring that the topic has now; it had it before the head that was loaded.
      guard let ring = unsafe RingPool<Element, HardwareWord>.ring(at: core.ring.loadAcquiring()) else { break }
      let found = unsafe ring._withUnsafeGuaranteedRef {
        $0.read(from: position, below: heads.messages, by: index, tenant: core.tenant, into: &window)
      }
      switch found {
      case .messages: return position == next ? nil : position
      case .lost(let below): position = min(below, heads.messages)
      case .nothing, .retired: return heads.messages
      }
    }
    return heads.messages
  }

  /// How many messages of a delivery an answer takes.
  @inlinable
  static func taken(_ answer: HubAnswer, of count: Int) -> Int {
    switch answer {
    case .ready, .blocked, .leave: return count
    case .disconnect: return 0
    case .took(let taken):
      precondition(0...count ~= taken, "a connection takes no more than it was given")
      return taken
    }
  }

  /// Does what a connection answered that is not ready, when it is so many messages behind.
  @inlinable @inline(never)
  mutating func follow(
    _ answer: HubAnswer, _ subscription: HubSubscription, _ owner: UInt32, behind: UInt64,
    _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) -> Turn {
    switch answer {
    case .ready: return .caughtUp
    case .blocked, .took:
      connections.records[owner].state = .blocked
      checkLimit(owner, behind: behind)
      return .caughtUp
    case .disconnect:
      end(owner, because: .disconnected)
      return .caughtUp
    case .leave:
      let account = close(subscription.slot)
      _ = unsafe body(peer(owner).pointee, subscription, .ended(account, .left))
      return .gone
    }
  }
}
