extension HubPublisher {
  /// Publishes something that counts only until there is news of the same key: who is typing, who is there. It has no number
  /// and is kept nowhere. Each subscriber gets the latest of a key, after the messages that were published before it.
  ///
  /// A subscriber that misses some of it, because it was blocked or because there was more of it than is kept (64), is told
  /// to resynchronise.
  ///
  /// - Returns: false if it was not published: the topic is closed, or a loop is in the way. A
  ///   newer one will do as well; the last one has to be tried again.
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(1), and O(loops) for every eighth of a ring
  @inlinable
  public mutating func publishLatest(_ element: consuming Element, key: UInt64, to topic: HubTopic<Element>) -> Bool {
    checkOwner(of: topic)
    let core = topic.core
    guard !core.own.isClosed else { return false }
    let position = core.own.latestNext
    let ring = unsafe core.own.latestRing ?? leaseLatest(for: core)
    guard unsafe ring._withUnsafeGuaranteedRef({ $0.mayWrite(at: position) }) else {
      counts.busy &+= 1
      return false
    }
    let latest = Latest(key: key, after: core.own.next &- 1, value: element)
    let old = unsafe ring._withUnsafeGuaranteedRef { $0.replace(at: position, with: latest) }
    core.own.latestNext = position &+ 1
    core.latestHead.storeReleasing(position &+ 1)
    counts.latest &+= 1
    tellLoops(of: core)
    extendLifetime(old)
    return true
  }

  @inlinable @inline(never)
  mutating func leaseLatest(for core: Core) -> Unmanaged<Core.LatestRing> {
    let ring = unsafe core.leaseLatest(from: &latestRings)
    keep(core)
    return unsafe ring
  }
}
