public import Sequencer

/// The topics of a publisher that keep messages, in the order in which they are to be looked at.
///
/// Publishing does not touch it. A topic whose turn comes and that has news since it was last looked at goes to the back, so a
/// topic is quiet for the whole retention, and for less than twice that, when it gives its memory back.
@usableFromInline
struct KeptTopics<Element: Sendable, Word: AtomicWord & ~Copyable> {
  struct Kept {
    let core: TopicCore<Element, Word>
    /// Which of its places in the line this is. Only the last one counts.
    let place: UInt64
    /// What its heads were, and when.
    var next: UInt64
    var latestNext: UInt64
    var since: Instant
  }

  private var topics: [Kept] = []
  private var lastPlace: UInt64 = 0
  /// Topics that have left in front.
  private var gone = 0

  var count: Int { topics.count - gone }
  var first: Kept? { gone < topics.count ? topics[gone] : nil }

  mutating func append(_ core: TopicCore<Element, Word>, at now: Instant) {
    lastPlace += 1
    core.own.place = lastPlace
    topics.append(
      Kept(core: core, place: lastPlace, next: core.own.next, latestNext: core.own.latestNext, since: now))
  }

  mutating func popFirst() -> Kept? {
    guard let first else { return nil }
    gone += 1
    // Half of it has to have gone before the rest moves, which makes it O(1) a topic.
    if gone * 2 >= topics.count {
      topics.removeFirst(gone)
      gone = 0
    }
    return first
  }
}

extension HubPublisher {
  /// When a topic may have been quiet for long enough; nil if none keeps messages.
  ///
  /// - Complexity: O(1)
  public var nextDeadline: Instant? {
    kept.first.map { max($0.since.advanced(by: hub.configuration.retention), newest) }
  }

  /// Lets topics that have been quiet for the retention forget their messages.
  ///
  /// - Complexity: O(*topics looked at*), each once a retention
  public mutating func advance(to now: Instant) {
    newest = max(newest, now)
    // Each at most once, even if nothing is to be retained.
    for _ in 0..<kept.count {
      guard let first = kept.first, first.since.advanced(by: hub.configuration.retention) <= newest else { return }
      lookAtFirst(forget: false)
    }
  }

  /// The first topic forgets its messages if there is no news of it, or in any case; else it goes to the back.
  mutating func lookAtFirst(forget: Bool) {
    guard let first = kept.popFirst() else { return }
    let core = first.core
    // A topic that was released is its new owner's affair, and one that came back stands further behind as well.
    guard core.own.owner == number, core.own.place == first.place else { return }
    if !forget, core.own.next != first.next || core.own.latestNext != first.latestNext {
      kept.append(core, at: newest)
    } else {
      core.giveUpRings(&rings, &latestRings)
      counts.rings &-= 1
    }
  }

  /// Has a topic that has just got a ring, or came with one, looked at in a while.
  mutating func keep(_ core: Core) {
    guard core.own.place == 0 else { return }
    counts.rings += 1
    kept.append(core, at: newest)
    if kept.count > hub.configuration.ringLimit { lookAtFirst(forget: true) }
  }
}

extension TopicCore where Word: ~Copyable {
  /// What was kept is forgotten. Loops in the middle of copying finish that; the slots are freed after it.
  func giveUpRings(_ rings: inout RingStock<Element, Word>, _ latestRings: inout RingStock<Latest<Element>, Word>) {
    own.place = 0
    if let leased = unsafe own.ring {
      ring.storeReleasing(0)
      unsafe rings.retire(leased)
      unsafe own.ring = nil
    }
    if let leased = unsafe own.latestRing {
      latestRing.storeReleasing(0)
      unsafe latestRings.retire(leased)
      unsafe own.latestRing = nil
    }
  }
}
