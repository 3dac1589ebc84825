/// News of keys. Of what a subscriber has missed it gets the latest of each key, after the messages before it.
extension HubLoop {
  /// Gives all subscribers of a topic the news of keys.
  @inlinable
  mutating func serveLatest(
    _ slot: UInt32, _ core: Core, _ heads: Heads,
    _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) {
    topics[slot].latestSeen = heads.latest
    var place = 0
    while place < topics[slot].count {
      if case .gone = serveLatest(place, of: slot, core, heads, body) { continue }
      place &+= 1
    }
  }

  /// Gives one subscriber the news of keys.
  @inlinable
  mutating func serveLatest(
    _ place: Int, of slot: UInt32, _ core: Core, _ heads: Heads,
    _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) -> Turn {
    let subscription = topics[slot][place].subscription
    let owner = topics[slot][place].connection
    while subscriptions[subscription.slot].latestNext < heads.latest, connections.records[owner].state == .ready {
      let next = subscriptions[subscription.slot].latestNext
      var answer: HubAnswer
      if !latestWindow.contains(next), let end = fillLatestWindow(from: next, core, heads) {
        answer = unsafe body(peer(owner).pointee, subscription, .resynchronize)
        if answer != .disconnect { subscriptions[subscription.slot].latestNext = end }
      } else {
        let index = next &- latestWindow.first
        let latest = unsafe latestWindow.messages(from: next, limit: 1)[0]
        // Never before the messages that it followed.
        guard latest.after < topics[slot][place].next else { return .caughtUp }
        answer = .ready
        if outOfDate & 1 << index == 0 {
          answer = unsafe body(peer(owner).pointee, subscription, .latest(key: latest.key, latest.value))
        }
        if answer != .disconnect { subscriptions[subscription.slot].latestNext = next &+ 1 }
      }
      if answer != .ready { return follow(answer, subscription, owner, behind: 0, body) }
    }
    return .caughtUp
  }

  /// Copies the news from `next` on, all that there are, and sees which are out of date. If `next` is lost: the position below
  /// which all is.
  @inlinable @inline(never)
  mutating func fillLatestWindow(from next: UInt64, _ core: Core, _ heads: Heads) -> UInt64? {
    guard let ring = unsafe RingPool<Latest<Element>, HardwareWord>.ring(at: core.latestRing.loadAcquiring()) else {
      return heads.latest
    }
    let found = unsafe ring._withUnsafeGuaranteedRef {
      $0.read(from: next, below: heads.latest, by: index, tenant: core.tenant, into: &latestWindow)
    }
    switch found {
    case .messages: break
    case .lost(let below): return min(below, heads.latest)
    case .nothing, .retired: return heads.latest
    }
    let news = unsafe latestWindow.messages(from: next, limit: .max)
    outOfDate = 0
    for older in 0..<news.count {
      for newer in (older + 1)..<max(older + 1, news.count) where unsafe news[newer].key == news[older].key {
        outOfDate |= 1 << UInt64(older)
        break
      }
    }
    return nil
  }
}
