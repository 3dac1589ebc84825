public import Sequencer

/// From the list of topics with news to the connections.
///
/// A topic is drained window by window: at most 64 messages are copied out of its ring, all subscribers that have come so
/// far are given them, and then the next 64 follow. So the copy is made once for all subscribers of the loop.
extension HubLoop {
  @usableFromInline typealias Delivery = HubDelivery<Element>
  @usableFromInline typealias Heads = TopicHeads

  /// Gives connections what is there for them: what was published, what they missed while they were blocked, and ends.
  ///
  /// For each piece `body` gets what `connect` was given, the subscription, and the delivery, and it says what the connection
  /// made of it. A subscription gets everything in order: its numbers, those that it was told will not come, and nothing twice.
  ///
  /// - Returns: whether anything was there.
  /// - Complexity: O(*topics with news* × loops' rings) and O(1) a delivery; and O(*s*) in the subscriptions of each connection
  ///   that subscribed or resumed since the last call
  @inlinable
  @discardableResult
  public mutating func drain(
    at now: Instant, _ body: (borrowing Connection, HubSubscription, borrowing HubDelivery<Element>) -> HubAnswer
  ) -> Bool {
    newest = max(newest, now)
    var found = expireLimits(body)
    found = serveWaiting(body) || found
    var mark = unsafe hub.list(of: index).takeAll()
    while let current = unsafe mark {
      // The link is the loop's only as long as the topic is dirty.
      unsafe mark = List.mark(at: current.pointee.next)
      let local = unsafe current.pointee.local
      drain(unsafe current.pointee.topic.unsafelyUnwrapped.takeRetainedValue(), local, body)
      found = true
    }
    return found
  }

  /// Everything that is new in a topic.
  @inlinable
  mutating func drain(
    _ core: Core, _ slot: UInt32, _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) {
    let heads = core.takeNews(of: index)
    guard slot != LocalTopic.none else {
      // A loop that had this place before could not leave it.
      _ = core.leave(index)
      return
    }
    counts.drained &+= 1
    walked = slot
    var goesOn: Bool
    repeat {
      goesOn = false
      var place = 0
      while place < topics[slot].count {
        switch serve(place, of: slot, core, heads, body) {
        case .caughtUp: place &+= 1
        case .moreToCome:
          goesOn = true
          place &+= 1
        case .gone: break  // another one stands in its place
        }
      }
    } while goesOn
    if topics[slot].latestSeen != heads.latest { serveLatest(slot, core, heads, body) }
    if heads.isClosed { endClosed(slot, heads, body) }
    leaveWalk(slot)
    endThoseToEnd(body)
  }

  /// Gives resumed connections what they missed, and new subscribers what was there before them.
  @inlinable
  mutating func serveWaiting(_ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer) -> Bool {
    guard !waiting.isEmpty else { return false }
    // Nobody can be added meanwhile.
    for index in waiting.indices {
      guard let slot = connections.slot(of: waiting[index]) else { continue }
      connections.records[slot].isWaiting = false
      var subscription = connections.records[slot].subscriptions.first
      while subscription != Chain.none, connections.records[slot].state == .ready {
        // It is still there afterwards: only the one that is served may end.
        let later = subscriptions[subscription].link.later
        serveAll(subscription, body)
        subscription = later
      }
      checkLimit(slot)
    }
    waiting.removeAll(keepingCapacity: true)
    endThoseToEnd(body)
    return true
  }

  /// All that there is for one subscription.
  @inlinable
  mutating func serveAll(
    _ subscription: UInt32, _ body: (borrowing Connection, HubSubscription, borrowing Delivery) -> HubAnswer
  ) {
    let slot = subscriptions[subscription].topic
    let core = core(of: slot)
    let heads = core.heads
    // Nobody else of the topic is given anything, so its place stays.
    let place = Int(subscriptions[subscription].place)
    walked = slot
    var turn: Turn
    repeat { turn = serve(place, of: slot, core, heads, body) } while turn == .moreToCome
    if turn == .caughtUp { turn = serveLatest(place, of: slot, core, heads, body) }
    if turn == .caughtUp { _ = endIfClosed(place, of: slot, heads, body) }
    leaveWalk(slot)
  }

  /// What is no longer borrowed by anybody is let go of, so that messages do not live longer than in the ring.
  @inlinable
  mutating func leaveWalk(_ slot: UInt32) {
    walked = LocalTopic.none
    window.removeAll()
    latestWindow.removeAll()
    leaveIfEmpty(slot)
  }
}
