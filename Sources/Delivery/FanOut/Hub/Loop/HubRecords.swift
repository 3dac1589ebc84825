/// What a loop walks for each message: one subscriber of one topic.
@usableFromInline
struct HubCursor {
  /// The number of the next message it will be given.
  @usableFromInline var next: UInt64
  @usableFromInline var delivered: UInt64 = 0
  @usableFromInline var lagged: UInt64
  @usableFromInline let subscription: HubSubscription
  @usableFromInline let connection: UInt32

  @inlinable
  init(next: UInt64, lagged: UInt64, connection: UInt32, subscription: HubSubscription) {
    self.next = next
    self.lagged = lagged
    self.connection = connection
    self.subscription = subscription
  }
}

/// What a loop has of a subscription, and seldom needs.
@usableFromInline
struct HubSubscriptionRecord: Chained {
  @usableFromInline let generation: UInt64
  /// The slot of the topic, and which of its cursors it is.
  @usableFromInline let topic: UInt32
  @usableFromInline var place: UInt32
  @usableFromInline let connection: UInt32
  @usableFromInline let start: UInt64
  /// Which news of keys it will be given next.
  @usableFromInline var latestNext: UInt64
  @usableFromInline var link = Link()

  @inlinable
  init(generation: UInt64, topic: UInt32, place: UInt32, connection: UInt32, start: UInt64, latestNext: UInt64) {
    self.generation = generation
    self.topic = topic
    self.place = place
    self.connection = connection
    self.start = start
    self.latestNext = latestNext
  }

  @inlinable func link(_ kind: Void) -> Link { link }
  @inlinable mutating func setLink(_ kind: Void, _ link: Link) { self.link = link }
  @inlinable mutating func setEarlier(_ kind: Void, _ slot: UInt32) { link.earlier = slot }
  @inlinable mutating func setLater(_ kind: Void, _ slot: UInt32) { link.later = slot }
}

/// What a loop knows of a connection.
@usableFromInline
struct HubConnectionRecord {
  @usableFromInline
  enum State: UInt8 {
    /// Nobody has the slot.
    case free
    case ready
    /// It takes nothing until it is resumed.
    case blocked
    /// It takes nothing any more, and is about to end.
    case ending
  }

  @usableFromInline let generation: UInt64
  @usableFromInline var state = State.ready
  /// Why it is about to end.
  @usableFromInline var end = HubEnd.disconnected
  /// Whether it waits to be given what it has missed.
  @usableFromInline var isWaiting = false
  @usableFromInline var subscriptions = Chain()
  @usableFromInline let policy: HubPolicy
  /// Runs while it is further behind than the soft limit.
  @usableFromInline var timer = TimerHandle.none

  @inlinable
  init(generation: UInt64, policy: HubPolicy) {
    self.generation = generation
    self.policy = policy
  }
}
