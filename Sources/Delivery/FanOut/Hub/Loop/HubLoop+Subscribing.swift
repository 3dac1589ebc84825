public import Sequencer

extension HubLoop {
  /// Subscribes a connection to a topic, while it may be published to.
  ///
  /// What it missed since `token` comes with the next drain, as far as it is kept. What is gone is named in the answer, counts
  /// as lagged, and is not told again.
  ///
  /// - Parameter token: the last message that the subscriber has seen, or nil: from now on.
  /// - Precondition: it is a topic of this hub.
  /// - Complexity: O(1), and O(loops) for the loop's first subscription to the topic
  public mutating func subscribe(
    _ connection: HubConnection, to topic: HubTopic<Element>, from token: Position? = nil
  ) throws(HubRefusal) -> (HubSubscription, FanOutStart) {
    hub.check(topic)
    guard let owner = connections.slot(of: connection) else { throw .unknownConnection }
    guard subscriptions.count < hub.configuration.subscriptionLimit else { throw .tooManySubscriptions }
    let core = topic.core
    let local = localTopic(core)
    // After the loop has entered the topic, so that it will be told of whatever is published after this.
    let latest = core.latestHead.loadAcquiring()
    let head = topic.head
    let floor = core.floor(below: head.number &+ 1)
    // Of a topic whose numbers are used up, a peer that claims an impossible one has seen all.
    let seen = token.map { Position(epoch: $0.epoch, number: min($0.number, Position.lastNumber)) }
    let (subscriber, start) = FanOutSubscription.starting(after: seen, at: head, floor: floor)

    lastGeneration &+= 1
    let place = UInt32(truncatingIfNeeded: topics[local].count)
    let slot = subscriptions.insert(
      HubSubscriptionRecord(
        generation: lastGeneration, topic: local, place: place, connection: owner, start: subscriber.start,
        latestNext: latest))
    let subscription = HubSubscription(slot: slot, generation: lastGeneration)
    topics[local].append(
      HubCursor(next: subscriber.next, lagged: subscriber.lagged, connection: owner, subscription: subscription))
    subscriptions.append(slot, to: &connections.records[owner].subscriptions, ())
    counts.lagged &+= subscriber.lagged
    // For what it missed; and a topic that was closed long ago will not come to the loop's list.
    wait(owner)
    return (subscription, start)
  }

  /// Ends a subscription. Returns its account, or nil if it has ended before.
  ///
  /// - Complexity: O(1), and O(loops) for the loop's last subscription to the topic; O(*s*) in the connection's subscriptions
  ///   if it is behind and has a soft limit.
  @discardableResult
  public mutating func unsubscribe(_ subscription: HubSubscription) -> HubAccount? {
    guard let slot = slot(of: subscription) else { return nil }
    let owner = subscriptions[slot].connection
    let account = close(slot)
    stopTimeIfCaughtUp(owner)
    return account
  }

  /// A subscription's account as it stands, or nil if it has ended.
  ///
  /// - Complexity: O(1)
  public func account(of subscription: HubSubscription) -> HubAccount? {
    slot(of: subscription).map { account(of: $0) }
  }

  /// The connection of a subscription, or nil if it has ended.
  ///
  /// - Complexity: O(1)
  public func connection(of subscription: HubSubscription) -> HubConnection? {
    guard let slot = slot(of: subscription) else { return nil }
    let owner = subscriptions[slot].connection
    return HubConnection(slot: owner, generation: connections.records[owner].generation)
  }

  // MARK: - Steps

  private func slot(of subscription: HubSubscription) -> UInt32? {
    // A free slot's record keeps its generation, but its connection's chain does not lead to it: its place says so.
    guard Int(subscription.slot) < subscriptions.used,
      subscriptions[subscription.slot].generation == subscription.generation,
      subscriptions[subscription.slot].place != .max
    else { return nil }
    return subscription.slot
  }

  @usableFromInline
  func account(of slot: UInt32) -> HubAccount {
    let record = subscriptions[slot]
    let core = core(of: record.topic)
    let cursor = topics[record.topic][Int(record.place)]
    return HubAccount(
      topic: core.id, start: record.start, position: Position(epoch: core.epoch, number: cursor.next &- 1),
      delivered: cursor.delivered, lagged: cursor.lagged)
  }

  /// Ends a subscription. The last cursor of its topic takes its place.
  @usableFromInline
  mutating func close(_ slot: UInt32) -> HubAccount {
    let account = account(of: slot)
    let record = subscriptions[slot]
    let last = topics[record.topic].count &- 1
    topics[record.topic].count = last
    if last != Int(record.place) {
      let moved = topics[record.topic][last]
      topics[record.topic][Int(record.place)] = moved
      subscriptions[moved.subscription.slot].place = record.place
    }
    subscriptions.remove(slot, from: &connections.records[record.connection].subscriptions, ())
    subscriptions[slot].place = .max
    subscriptions.release(slot)
    if last == 0 { leaveIfEmpty(record.topic) }
    return account
  }
}

extension TopicCore where Word: ~Copyable {
  /// The lowest number that can still be read: at most `head`. A snapshot.
  func floor(below head: UInt64) -> UInt64 {
    guard let ring = unsafe RingPool<Element, Word>.ring(at: ring.loadAcquiring()) else { return head }
    return min(head, unsafe ring._withUnsafeGuaranteedRef { $0.floor(tenant: tenant) } ?? head)
  }
}
