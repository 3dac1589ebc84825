import Choosing
import Delivery
import Sequencer
import SequencerModel

/// What loops and their connections do.
extension HubTrial {
  private func peer(_ name: Int) -> NaivePeer? { peers.isEmpty ? nil : peers[name % peers.count] }

  func connect(_ loop: Int, _ policy: HubPolicy) {
    guard let handle = try? loops[loop].loop?.connect(everybody.count, policy) else {
      return expect(false, "a connection was refused")
    }
    let peer = NaivePeer(id: everybody.count, loop: loop, handle: handle, policy: policy)
    everybody.append(peer)
    peers.append(peer)
  }

  func subscribe(_ name: Int, _ topicName: Int, _ wanted: HubToken) {
    guard let peer = peer(name) else { return }
    let topic = topics[topicName % topics.count]
    let head = topic.next - 1
    let token: Position? =
      switch wanted {
      case .now: nil
      case .otherEpoch: Position(epoch: topic.epoch + 1, number: head)
      case .behind(let count): Position(epoch: topic.epoch, number: head - min(head, count))
      case .ahead(let count): Position(epoch: topic.epoch, number: head + count)
      case .number(let number): Position(epoch: topic.epoch, number: number)
      }
    guard let (handle, start) = try? loops[peer.loop].loop?.subscribe(peer.handle, to: topic.handle, from: token) else {
      return expect(false, "a subscription was refused")
    }
    let (next, lagged) = place(start, token, topic)
    let subscription = NaiveSubscription(topic, peer, handle, next: next, lagged: lagged)
    peer.subscriptions.append(subscription)
    expect(subscriptionsOfLoop[peer.loop][handle] == nil, "a handle was given out twice")
    subscriptionsOfLoop[peer.loop][handle] = subscription
    if topic.isClosed { see(.lateForClosed) }
  }

  /// Where a subscription starts by what it was told, if that may be true.
  private func place(_ start: FanOutStart, _ token: Position?, _ topic: NaiveTopic) -> (next: UInt64, lagged: UInt64) {
    let wanted = token.map { min($0.number, Position.lastNumber) + 1 }
    let sameEpoch = token?.epoch == topic.epoch
    switch start {
    case .nothingMissed:
      expect(token == nil || sameEpoch && wanted == topic.next, "something was missed after \(token!)")
      see(.nothingMissed)
      return (topic.next, 0)
    case .otherEpoch:
      expect(token != nil && !sameEpoch, "it is no other epoch")
      see(.otherEpoch)
      return (topic.next, 0)
    case .ahead:
      expect(sameEpoch && wanted! > topic.next, "\(token!) is not ahead")
      see(.ahead)
      return (wanted ?? topic.next, 0)
    case .replay(let range):
      expect(sameEpoch && range == wanted!...(topic.next - 1), "replay of \(range) after \(token!)")
      expect(!topic.mustBeGone(range.lowerBound), "replay of \(range), which is gone")
      see(.replay)
      return (range.lowerBound, 0)
    case .gap(let range, let replay):
      expect(sameEpoch && range.lowerBound == wanted!, "gap of \(range) after \(token!)")
      expect(topic.mayBeGone(range.upperBound), "gap of \(range), which is there")
      expect((replay?.upperBound ?? range.upperBound) == topic.next - 1, "gap and replay do not reach the head")
      expect(replay.map { $0.lowerBound == range.upperBound + 1 } ?? true, "between gap and replay is something")
      see(replay == nil ? .gapWithoutReplay : .gap)
      return (range.upperBound + 1, UInt64(range.count))
    }
  }

  func unsubscribe(_ which: Int) {
    let all = peers.flatMap(\.subscriptions)
    guard !all.isEmpty else { return }
    let subscription = all[which % all.count]
    let peer = subscription.peer
    let account = loops[peer.loop].loop?.unsubscribe(subscription.handle)
    expect(account.map(subscription.matches) ?? false, "unsubscribed with a wrong account")
    over(subscription)
    if peer.behindSince != nil, peer.behind <= peer.policy.softLimit {
      peer.behindSince = nil
      see(.caughtUpInTime)
    }
    see(.unsubscribed)
  }

  func disconnect(_ name: Int) {
    guard let peer = peer(name) else { return }
    var accounts: [HubSubscription: HubAccount] = [:]
    let id = loops[peer.loop].loop?.disconnect(peer.handle) { accounts[$0] = $1 }
    expect(id == peer.id, "another connection ended")
    expect(accounts.count == peer.subscriptions.count, "subscriptions without an account")
    for subscription in peer.subscriptions {
      expect(accounts[subscription.handle].map(subscription.matches) ?? false, "disconnected with a wrong account")
      over(subscription)
    }
    over(peer)
  }

  func resume(_ name: Int) {
    guard let peer = peer(name) else { return }
    expect(loops[peer.loop].loop?.isBlocked(peer.handle) == peer.isBlocked, "blocked or not")
    loops[peer.loop].loop?.resume(peer.handle)
    if peer.isBlocked { see(.resumed) }
    peer.isBlocked = false
  }

  func drain(_ index: Int, _ mood: HubMood) {
    self.mood = mood
    if case .mixed(let seed, _) = mood { generator = Choices(seed: seed) }
    drained = index
    loops[index].loop?.drain(at: now) { id, handle, delivery in take(id, handle, delivery) }
    for peer in peers where peer.loop == index {
      for subscription in peer.subscriptions where !peer.hasLeft { checkDrained(subscription) }
      if peer.hasLeft {
        expect(peer.subscriptions.isEmpty, "a connection that has gone has subscriptions")
        over(peer)
      } else {
        checkLimits(peer)
      }
    }
  }

  func endLoop(_ index: Int, _ aloud: Bool) {
    drained = index
    guard let loop = loops[index].loop.take() else { return }
    if aloud {
      var accounts: [HubSubscription: HubAccount] = [:]
      loop.end { id, handle, account in
        expect(subscriptions[handle]?.peer.id == id, "somebody else's subscription")
        accounts[handle] = account
      }
      expect(accounts.count == subscriptions.count, "subscriptions without an account")
      for (handle, subscription) in subscriptions {
        expect(accounts[handle].map(subscription.matches) ?? false, "ended with a wrong account")
      }
    } else {
      _ = consume loop
    }
    for peer in peers where peer.loop == index { peer.isOver = true }
    peers.removeAll { $0.isOver }
    subscriptionsOfLoop[index] = [:]
    staleConnections[index] = []
    staleSubscriptions[index] = []
    loops[index].loop = hub.makeLoop()
    expect(loops[index].loop?.index == index, "the loop has another place")
    see(.loopEnded)
  }

  func over(_ subscription: NaiveSubscription) {
    subscription.peer.remove(subscription)
    subscriptionsOfLoop[subscription.peer.loop][subscription.handle] = nil
    staleSubscriptions[subscription.peer.loop].append(subscription.handle)
  }

  func over(_ peer: NaivePeer) {
    peer.isOver = true
    peers.removeAll { $0 === peer }
    staleConnections[peer.loop].append(peer.handle)
  }
}
