public import Sequencer

/// A thread's part of a hub: the connections that it serves, and what they subscribe to. See ``Hub``.
///
/// Drain it when it was notified, after something was resumed or subscribed, and at `nextDeadline`; then park.
///
/// ```swift
/// var loop = hub.makeLoop(of: Socket.self)
/// while running {
///   loop.drain(at: now) { socket, subscription, delivery in … }
///   if loop.park() { semaphore.wait() }                    // a publisher's notify signals it
/// }
/// ```
///
/// Closures run in the loop's own time: nobody waits for them, so they may block, publish, or take as long as they like. What
/// concerns the loop itself they say by their answer.
///
/// Memory: 68 to 136 bytes and a connection's own for each connection; 100 to 200 for each subscription.
@safe
public struct HubLoop<Element: Sendable, Connection>: ~Copyable {
  @usableFromInline typealias Core = TopicCore<Element, HardwareWord>
  @usableFromInline typealias List = TopicList<Element, HardwareWord>
  @usableFromInline typealias Mark = TopicMark<Element, HardwareWord>
  @usableFromInline typealias LocalTopic = HubLocalTopic<Element, HardwareWord>

  @usableFromInline let hub: Hub<Element>
  /// Which of the hub's loops it is, from 0 on: what ``HubPublisher/notify(_:)`` calls it.
  public let index: Int

  @usableFromInline var connections: ConnectionTable<Connection>
  @usableFromInline var subscriptions = Slab<HubSubscriptionRecord>()
  @usableFromInline var topics = Slab<LocalTopic>()
  @usableFromInline var lastGeneration: UInt64

  /// What was copied of the topic that is being drained, and of its news of keys.
  @usableFromInline var window = ReadingWindow<Element>()
  @usableFromInline var latestWindow = ReadingWindow<Latest<Element>>()
  /// A bit for each piece of news in the window of whose key there is something newer.
  @usableFromInline var outOfDate: UInt64 = 0

  /// The topic whose subscribers are being given something. It stays, even if the last of them leaves.
  @usableFromInline var walked = LocalTopic.none
  /// Connections that are to be given what they have missed: resumed ones, and those with a new subscription.
  @usableFromInline var waiting: [HubConnection] = []
  /// Connections that are to end as soon as nothing is being walked.
  @usableFromInline var ending: [UInt32] = []
  /// The connections that are further behind than their soft limit, by their slots.
  @usableFromInline var timers = TimerWheel<UInt32>(limit: 1 << 28)
  @usableFromInline var newest = Instant.zero
  @usableFromInline var counts = HubLoopStatistics()

  init(_ hub: Hub<Element>) {
    self.hub = hub
    index = hub.takeLoop()
    // No other loop has had it, so that the handles of one name nothing in another.
    lastGeneration = Hub<Element>.nextNumber() << 32
    connections = ConnectionTable(after: lastGeneration)
    adoptPredecessors()
  }

  /// Its subscriptions end without a word; to have their accounts, call ``end(_:)``.
  @inlinable
  deinit {
    for slot in 0..<UInt32(truncatingIfNeeded: topics.used) { Self.forget(topics[slot], loop: index) }
    unsafe Self.forget(hub.list(of: index).takeAll(), loop: index)
    hub.leaveLoop(index)
  }

  /// What it has done, and what it holds.
  ///
  /// - Complexity: O(1)
  public var statistics: HubLoopStatistics {
    var statistics = counts
    statistics.connections = connections.records.count
    statistics.subscriptions = subscriptions.count
    statistics.topics = topics.count
    return statistics
  }

  /// What this loop's thread sleeps by. Other threads that have work for it, such as those that push into a queue of its
  /// commands, notify it as publishers do, and wake the thread if they are told to.
  ///
  /// - Complexity: O(1)
  public var doorbell: Doorbell { hub.doorbells[index] }

  /// Announces that the thread is about to sleep, having drained.
  ///
  /// - Returns: `true`: sleep until a publisher's ``HubPublisher/notify(_:)`` has this loop woken. `false`: there may be
  ///   something to drain.
  /// - Precondition: the loop has not parked, or was woken since.
  /// - Complexity: O(1)
  public func park() -> Bool { waiting.isEmpty && hub.doorbells[index].park() }

  /// Withdraws the announcement, for a thread that woke for another reason, such as ``nextDeadline``.
  ///
  /// - Returns: whether a publisher has been told to wake the loop, who has done it or is about to.
  /// - Precondition: the loop has parked: ``park()`` answered `true`.
  /// - Complexity: O(1)
  public func unpark() -> Bool { hub.doorbells[index].unpark() }

  /// When to drain even if nothing is published: a connection's soft limit ends then. nil if there is none.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var nextDeadline: Instant? { timers.nextDeadline }
}

extension Hub {
  /// A loop for the calling thread, for connections of any type: sockets, or what stands for them.
  ///
  /// - Precondition: fewer loops than ``HubConfiguration/loops`` are there.
  /// - Complexity: O(1)
  public func makeLoop<Connection>(of type: Connection.Type = Connection.self) -> HubLoop<Element, Connection> {
    HubLoop(self)
  }
}

/// What a loop has done so far, and what it holds.
public struct HubLoopStatistics: Sendable, Hashable {
  /// Messages given to connections, over all subscriptions, and messages that subscriptions were told will not come.
  public var delivered: UInt64 = 0
  public var lagged: UInt64 = 0
  /// How often a topic was drained.
  public var drained: UInt64 = 0
  /// Connections that were disconnected by a limit.
  public var overLimit: UInt64 = 0
  /// What there is at present.
  public var connections = 0
  public var subscriptions = 0
  public var topics = 0

  @usableFromInline
  init() {}
}
