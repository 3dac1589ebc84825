import Choosing
import Delivery
import Sequencer
import SequencerModel

/// What connections are given, held against what they must be.
extension HubTrial {
  func take(_ id: Int, _ handle: HubSubscription, _ delivery: borrowing HubDelivery<CountedMessage>) -> HubAnswer {
    guard let subscription = subscriptions[handle] else {
      expect(false, "a delivery for a subscription that is over")
      return .ready
    }
    let peer = subscription.peer
    expect(peer.id == id, "a delivery for \(id) went to \(peer.id)")
    switch delivery {
    case .ended(let account, let end):
      takeEnd(subscription, account, end)
      return answer(1)
    case .messages(let messages, let first):
      checkReady(subscription)
      checkMessages(subscription, messages, first)
      let answer = answer(messages.count)
      subscription.delivered += took(answer, messages.count)
      subscription.next += took(answer, messages.count)
      return follow(answer, subscription)
    case .lagged(let range):
      checkReady(subscription)
      checkLagged(subscription, range)
      let answer = answer(3)
      if answer != .disconnect {
        subscription.lagged += UInt64(range.count)
        subscription.next = range.upperBound + 1
      }
      return follow(answer, subscription)
    case .latest(let key, let message):
      checkReady(subscription)
      checkLatest(subscription, key, message)
      return follow(answer(3), subscription)
    case .resynchronize:
      checkReady(subscription)
      let topic = subscription.topic
      expect(
        subscription.newsNext < topic.newsEnd && topic.newsMayBeGone(subscription.newsNext),
        "nothing of a key is missing")
      subscription.newsMissedBelow =
        (subscription.newsNext..<topic.newsEnd).first { !topic.newsMayBeGone($0) } ?? topic.newsEnd
      see(.resynchronize)
      return follow(answer(3), subscription)
    }
  }

  private func checkReady(_ subscription: NaiveSubscription) {
    expect(!subscription.peer.isBlocked, "a blocked connection was given something")
    expect(!subscription.peer.hasLeft && !subscription.isLeaving, "it was given something after it had left")
  }

  private func checkMessages(_ subscription: NaiveSubscription, _ messages: Span<CountedMessage>, _ first: UInt64) {
    let topic = subscription.topic
    expect(first == subscription.next, "message \(first) came where \(subscription.next) was next")
    expect(1...64 ~= messages.count, "\(messages.count) messages at once")
    for index in messages.indices {
      let number = first + UInt64(index)
      let message = messages[index]
      expect(message.isIntact && message.topic == topic.id && message.number == number, "not the message \(number)")
      expect(topic.serials[number] == message.serial, "\(number) was published with other content")
      expect(!topic.mustBeGone(number), "\(number) came, though the ring has lost it")
    }
    see(.messages)
  }

  private func checkLagged(_ subscription: NaiveSubscription, _ range: ClosedRange<UInt64>) {
    let topic = subscription.topic
    expect(range.lowerBound == subscription.next, "\(range) lagged where \(subscription.next) was next")
    let owed = topic.firstOwed(in: range)
    expect(owed == nil, "\(range) lagged, though \(owed ?? 0) is there")
    see(topic.serials[range.upperBound] == nil ? .hole : .lagged)
  }

  private func checkLatest(_ subscription: NaiveSubscription, _ key: UInt64, _ message: CountedMessage) {
    let topic = subscription.topic
    let number = message.number
    guard subscription.newsNext..<topic.newsEnd ~= number else { return expect(false, "news \(number) came again") }
    let news = topic.news(number)
    expect(message.isIntact && news.serial == message.serial && news.key == key, "not the news \(number)")
    expect(news.after < subscription.next, "news came before the message \(news.after) that it followed")
    expect(!topic.isOutOfDate(number), "news came that are out of date")
    expect(!topic.newsMustBeGone(number), "news came that the ring has lost")
    checkLeftOut(subscription, number)
    subscription.newsNext = number + 1
    see(.latest)
  }

  /// What was left out before the news `number` has newer news, or the subscriber was told.
  private func checkLeftOut(_ subscription: NaiveSubscription, _ number: UInt64) {
    for left in subscription.newsNext..<max(number, subscription.newsNext) where left >= subscription.newsMissedBelow {
      expect(subscription.topic.isOutOfDate(left), "news \(left) were left out")
      see(.outOfDate)
    }
  }

  private func takeEnd(_ subscription: NaiveSubscription, _ account: HubAccount, _ end: HubEnd) {
    let peer = subscription.peer
    expect(subscription.matches(account), "the account of \(peer.id) is wrong")
    switch end {
    case .left:
      expect(subscription.isLeaving, "it has not left")
      see(.left)
    case .closed:
      expect(subscription.topic.isClosed && !peer.isBlocked, "it is not closed")
      expect(subscription.next >= subscription.topic.next, "it is closed before the end")
      see(.closed)
    case .disconnected:
      expect(peer.hasLeft, "it is not gone")
      see(.disconnected)
    case .hardLimit:
      expect(peer.hasLeft || peer.isBlocked && peer.behind > peer.policy.hardLimit, "it is within its hard limit")
      peer.hasLeft = true
      see(.hardLimit)
    case .softLimit:
      expect(peer.hasLeft || peer.deadline.map { $0 <= now } ?? false, "it has time left")
      peer.hasLeft = true
      see(.softLimit)
    }
    over(subscription)
  }

  // MARK: - Answering

  private func answer(_ count: Int) -> HubAnswer {
    switch mood {
    case .always(.took(let most)): return .took(min(most, count))
    case .always(let answer): return answer
    case .mixed(_, let contrary):
      guard generator.chance(contrary) else { return .ready }
      switch generator.below(20) {
      case 0: return .disconnect
      case 1, 2: return .leave
      case 3...10: return .took(generator.below(count + 1))
      default: return .blocked
      }
    }
  }

  private func took(_ answer: HubAnswer, _ count: Int) -> UInt64 {
    switch answer {
    case .took(let taken): return UInt64(taken)
    case .disconnect: return 0
    case .ready, .blocked, .leave: return UInt64(count)
    }
  }

  private func follow(_ answer: HubAnswer, _ subscription: NaiveSubscription) -> HubAnswer {
    switch answer {
    case .ready: break
    case .took:
      subscription.peer.isBlocked = true
      see(.tookSome)
    case .blocked:
      subscription.peer.isBlocked = true
      see(.blocked)
    case .leave: subscription.isLeaving = true
    case .disconnect: subscription.peer.hasLeft = true
    }
    return answer
  }

  // MARK: - After a drain

  /// All that there is for a connection that takes it has come.
  func checkDrained(_ subscription: NaiveSubscription) {
    let topic = subscription.topic
    guard !subscription.peer.isBlocked else { return }
    expect(subscription.next >= topic.next, "\(subscription.next) of \(topic.next) is still to come")
    expect(!topic.isClosed, "the topic is closed, the subscription goes on")
    for left in subscription.newsNext..<topic.newsEnd where left >= subscription.newsMissedBelow {
      expect(topic.isOutOfDate(left), "news \(left) are still to come")
    }
    subscription.newsNext = topic.newsEnd
  }

  func checkLimits(_ peer: NaivePeer) {
    if let deadline = peer.deadline { expect(deadline > now, "its time is up") }
    let behind = peer.isBlocked ? peer.behind : 0
    expect(behind <= peer.policy.hardLimit, "it is \(behind) behind")
    if behind > peer.policy.softLimit {
      peer.behindSince = peer.behindSince ?? now
    } else if peer.behindSince != nil {
      peer.behindSince = nil
      see(.caughtUpInTime)
    }
  }
}
