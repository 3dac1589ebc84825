internal import Sequencer

/// Publishes to the topics that it owns. One for each thread that publishes; see ``Hub``.
///
/// ```swift
/// var publisher = hub.makePublisher()
/// let room = publisher.open(7)
/// if case .busy = publisher.publish(frame, to: room) { … }      // rare: try again; else .published(1)
/// publisher.notify { loop in wake(loop) }      // once a batch
/// publisher.advance(to: now)                   // at nextDeadline: quiet topics give their memory back
/// ```
///
/// When it ends, its topics stay as they are; another publisher can adopt them.
@safe
public struct HubPublisher<Element: Sendable>: ~Copyable {
  @usableFromInline typealias Core = TopicCore<Element, HardwareWord>

  @usableFromInline let hub: Hub<Element>
  /// As which it owns topics.
  @usableFromInline let number: UInt64
  @usableFromInline var rings: RingStock<Element, HardwareWord>
  @usableFromInline var latestRings: RingStock<Latest<Element>, HardwareWord>
  /// The topics with rings, the one that was looked at first in front.
  var kept = KeptTopics<Element, HardwareWord>()
  /// The newest moment that the caller has named.
  var newest = Instant.zero
  /// Loops that are to be notified.
  @usableFromInline var untold: UInt32 = 0
  @usableFromInline var counts = HubPublisherStatistics()

  init(_ hub: Hub<Element>) {
    self.hub = hub
    number = Hub<Element>.nextNumber()
    rings = RingStock(hub.rings)
    latestRings = RingStock(hub.latestRings)
  }

  deinit {
    var (rings, latestRings) = (rings, latestRings)
    rings.leaveAll()
    latestRings.leaveAll()
  }

  /// What it has done so far.
  ///
  /// - Complexity: O(1)
  public var statistics: HubPublisherStatistics {
    var statistics = counts
    statistics.rings = kept.count
    return statistics
  }

  /// Opens a topic, which this publisher owns.
  ///
  /// - Parameters:
  ///   - id: what the caller knows it by; the hub does not look at it.
  ///   - epoch: that of the numbers. A topic whose numbers start again is another topic, with a higher epoch.
  ///   - after: the last number that was given out, 0 for a new conversation.
  /// - Precondition: `after` is at most 2⁵³ − 1.
  /// - Complexity: O(loops)
  public mutating func open(_ id: UInt64, epoch: UInt32 = 1, after: UInt64 = 0) -> HubTopic<Element> {
    precondition(after <= Position.lastNumber, "numbers end at 2^53 - 1")
    return HubTopic(
      Core(
        id: id, epoch: epoch, next: after + 1, tenant: Hub<Element>.nextNumber(), owner: number, rings: hub.rings,
        latestRings: hub.latestRings))
  }

  /// Gives a topic up with all that it keeps, so that another publisher can adopt it.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(1)
  public mutating func release(_ topic: HubTopic<Element>) {
    checkOwner(of: topic)
    kept.remove(topic.core)
    topic.core.own.owner = 0
  }

  /// Takes a topic over. The caller sees to it that its former owner has released it, or has ended, before that: for example,
  /// by sending the topic through a queue.
  ///
  /// - Precondition: it is a topic of this hub.
  /// - Complexity: O(1)
  public mutating func adopt(_ topic: HubTopic<Element>) {
    hub.check(topic)
    let core = topic.core
    guard core.own.owner != number else { return }
    core.own.owner = number
    // Loops may have been told by a publisher that has not notified them.
    untold |= core.presentLoops
    // A place that it still has is one among the topics of a publisher that has ended.
    core.own.place = Chain.none
    if unsafe core.own.ring != nil || core.own.latestRing != nil { keep(core) }
  }

  /// Notifies the loops that have got news since the last call; publishing itself wakes nobody. Once after a batch.
  ///
  /// - Parameter wake: called for each of them that is parked: it is the caller's to wake it, see ``HubLoop/park()``.
  /// - Complexity: O(*loops with news*), one read-modify-write each
  public mutating func notify(_ wake: (_ loop: Int) -> Void) {
    while untold != 0 {
      let loop = untold.trailingZeroBitCount
      untold &= untold &- 1
      if hub.doorbells[loop].notify() { wake(loop) }
    }
  }

  @inlinable
  func checkOwner(of topic: HubTopic<Element>) {
    precondition(topic.core.own.owner == number, "the topic is not this publisher's")
  }
}

extension Hub {
  /// A publisher for the calling thread.
  ///
  /// - Complexity: O(1)
  public func makePublisher() -> HubPublisher<Element> { HubPublisher(self) }
}

/// What a publisher has done so far.
public struct HubPublisherStatistics: Sendable, Hashable {
  /// Messages published, and those that count only while they are new.
  public var published: UInt64 = 0
  public var latest: UInt64 = 0
  /// Numbers that will never come.
  public var skipped: UInt64 = 0
  /// How often a reader was in the way.
  public var busy: UInt64 = 0
  /// Topics that keep messages at present.
  public var rings = 0
}
