import Delivery
import Sequencer

/// A connection as the model sees it.
final class NaivePeer {
  let id: Int
  let loop: Int
  let handle: HubConnection
  let policy: HubPolicy
  var isBlocked = false
  /// It has answered that it is gone.
  var hasLeft = false
  var isOver = false
  var subscriptions: [NaiveSubscription] = []
  /// Since when it has been further behind than its soft limit.
  var behindSince: Instant?

  init(id: Int, loop: Int, handle: HubConnection, policy: HubPolicy) {
    self.id = id
    self.loop = loop
    self.handle = handle
    self.policy = policy
  }

  /// How far it is behind in the topic in which it is furthest.
  var behind: UInt64 { subscriptions.map { $0.topic.next - min($0.topic.next, $0.next) }.max() ?? 0 }

  /// When it will be disconnected if nothing happens.
  var deadline: Instant? { behindSince?.advanced(by: policy.softDuration) }

  func remove(_ subscription: NaiveSubscription) { subscriptions.removeAll { $0 === subscription } }
}

/// A subscription as the model sees it.
final class NaiveSubscription {
  let topic: NaiveTopic
  unowned let peer: NaivePeer
  let handle: HubSubscription
  let start: UInt64
  var next: UInt64
  var delivered: UInt64 = 0
  var lagged: UInt64
  var isLeaving = false
  /// Which news of keys come next, and below which it was told that some are missing.
  var newsNext: UInt64
  var newsMissedBelow: UInt64 = 0

  init(_ topic: NaiveTopic, _ peer: NaivePeer, _ handle: HubSubscription, next: UInt64, lagged: UInt64) {
    self.topic = topic
    self.peer = peer
    self.handle = handle
    start = next - 1 - lagged
    self.next = next
    self.lagged = lagged
    newsNext = topic.newsEnd
  }

  func matches(_ account: HubAccount) -> Bool {
    account.topic == topic.id && account.start == start && account.delivered == delivered && account.lagged == lagged
      && account.position == Position(epoch: topic.epoch, number: next - 1)
      && account.delivered + account.lagged == account.position.number - account.start
  }
}
