import Delivery
import Sequencer

/// What must hold after every step.
extension HubTrial {
  func checkAll() {
    for topic in topics {
      expect(topic.handle.head == Position(epoch: topic.epoch, number: topic.next - 1), "a head is wrong")
      expect(topic.handle.isClosed == topic.isClosed, "closed or not")
    }
    for index in loops.indices { checkLoop(index) }
    for index in publishers.indices {
      let rings = publishers[index].publisher.statistics.rings
      expect((publishers[index].publisher.nextDeadline == nil) == (rings == 0), "a deadline for nothing")
    }
  }

  private func checkLoop(_ index: Int) {
    let mine = peers.filter { $0.loop == index }
    let deadline = mine.compactMap(\.deadline).min().map { max($0, .zero) }
    expect(loops[index].loop?.nextDeadline == deadline, "the next deadline is not \(deadline as Any)")
    let statistics = loops[index].loop?.statistics
    expect(statistics?.connections == mine.count, "not \(mine.count) connections")
    expect(statistics?.subscriptions == subscriptionsOfLoop[index].count, "wrong number of subscriptions")
    for peer in mine {
      for subscription in peer.subscriptions {
        let account = loops[index].loop?.account(of: subscription.handle)
        expect(account.map(subscription.matches) ?? false, "an account is wrong")
        let owner = loops[index].loop?.connection(of: subscription.handle)
        expect(owner == peer.handle, "a subscription is another connection's")
      }
    }
    checkStale(index)
  }

  /// Handles of what has ended name nothing.
  private func checkStale(_ index: Int) {
    if let stale = staleConnections[index].popLast() {
      expect(loops[index].loop?.isBlocked(stale) == false, "a stale handle is blocked")
      loops[index].loop?.resume(stale)
      expect(loops[index].loop?.disconnect(stale) == nil, "a stale handle was disconnected")
      let refused = try? loops[index].loop?.subscribe(stale, to: topics[0].handle)
      expect(refused == nil, "a stale handle has subscribed")
      see(.stale)
    }
    if let stale = staleSubscriptions[index].popLast() {
      expect(loops[index].loop?.account(of: stale) == nil, "a stale handle has an account")
      expect(loops[index].loop?.connection(of: stale) == nil, "a stale handle has a connection")
      expect(loops[index].loop?.unsubscribe(stale) == nil, "a stale handle was unsubscribed")
    }
  }
}
