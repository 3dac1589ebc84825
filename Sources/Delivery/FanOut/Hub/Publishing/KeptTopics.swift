public import Sequencer

/// The topics of a publisher that keep messages, in the order in which they are to be looked at.
///
/// Publishing does not touch it. A topic whose turn comes and that has news since it was last looked at goes to the back, so a
/// topic is quiet for the whole retention, and for less than twice that, when it gives its memory back.
@usableFromInline
struct KeptTopics<Element: Sendable, Word: AtomicWord & ~Copyable>: ~Copyable {
  @usableFromInline typealias Core = TopicCore<Element, Word>

  struct Kept: Chained {
    /// nil in a slot that nobody has.
    var core: Core?
    /// What its heads were, and when.
    let next: UInt64
    let latestNext: UInt64
    let since: Instant
    var link = Link()

    func link(_ kind: Void) -> Link { link }
    mutating func setLink(_ kind: Void, _ link: Link) { self.link = link }
    mutating func setEarlier(_ kind: Void, _ slot: UInt32) { link.earlier = slot }
    mutating func setLater(_ kind: Void, _ slot: UInt32) { link.later = slot }
  }

  private var topics = Slab<Kept>()
  private var line = Chain()

  var count: Int { topics.count }
  var first: Kept? { line.isEmpty ? nil : topics[line.first] }

  mutating func append(_ core: Core, next: UInt64, at now: Instant) {
    let slot = topics.insert(Kept(core: core, next: next, latestNext: core.own.latestNext, since: now))
    topics.append(slot, to: &line, ())
    core.own.place = slot
  }

  /// Takes a topic out, if it is there.
  mutating func remove(_ core: Core) {
    let slot = core.own.place
    guard slot != Chain.none else { return }
    core.own.place = Chain.none
    topics.remove(slot, from: &line, ())
    topics[slot].core = nil
    topics.release(slot)
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
    rings.freeThoseLeft()
    latestRings.freeThoseLeft()
    // Each at most once, even if nothing is to be retained.
    for _ in 0..<kept.count {
      guard let first = kept.first, first.since.advanced(by: hub.configuration.retention) <= newest else { return }
      guard let core = first.core else { return }
      if core.own.next == first.next, core.own.latestNext == first.latestNext {
        forget(core)
      } else {
        kept.remove(core)
        kept.append(core, next: core.own.next, at: newest)
      }
    }
  }

  /// Has a topic that has just got a ring, or came with one, looked at in a while.
  @usableFromInline
  mutating func keep(_ core: Core) {
    guard core.own.place == Chain.none else { return }
    if kept.count == hub.configuration.ringLimit, let oldest = kept.first?.core { forget(oldest) }
    // When there was news last is not known; as if it were just before the first look.
    kept.append(core, next: 0, at: newest)
  }

  private mutating func forget(_ core: Core) {
    kept.remove(core)
    core.giveUpRings(&rings, &latestRings)
  }
}

extension TopicCore where Word: ~Copyable {
  /// A ring for what will be published from now on.
  @inlinable
  package func lease(from rings: inout RingStock<Element, Word>) -> Unmanaged<Ring> {
    let leased = unsafe rings.lease(to: tenant, at: own.next)
    unsafe own.ring = leased
    unsafe ring.storeReleasing(RingPool.address(of: leased))
    return unsafe leased
  }

  /// The same for what counts only while it is new.
  @inlinable
  func leaseLatest(from rings: inout RingStock<Latest<Element>, Word>) -> Unmanaged<LatestRing> {
    let leased = unsafe rings.lease(to: tenant, at: own.latestNext)
    unsafe own.latestRing = leased
    unsafe latestRing.storeReleasing(RingPool.address(of: leased))
    return unsafe leased
  }

  /// What was kept is forgotten. Loops in the middle of copying finish that; the slots are freed after it.
  package func giveUpRings(
    _ rings: inout RingStock<Element, Word>, _ latestRings: inout RingStock<Latest<Element>, Word>
  ) {
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
