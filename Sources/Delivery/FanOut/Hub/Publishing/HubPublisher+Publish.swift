public import Sequencer

/// What became of a message that was to be published.
@frozen
public enum HubPublishOutcome<Element> {
  /// It has this number, and all subscribers will get it or be told that they missed it.
  case published(UInt64)
  /// A loop has been in the middle of copying, all the time that it took the ring to come round. Try again.
  case busy(Element)
  /// That number has been published, or passed over, before.
  case old(Element)
  /// Numbers end at 2⁵³ − 1. A topic of the next epoch has to follow.
  case exhausted(Element)
  /// The topic is closed.
  case closed(Element)
}

extension HubPublishOutcome: Sendable where Element: Sendable {}
extension HubPublishOutcome: Equatable where Element: Equatable {}

extension HubPublisher {
  /// Publishes a message under the next number.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(1), and O(loops) for every eighth of a ring
  @inlinable
  public mutating func publish(_ element: consuming Element, to topic: HubTopic<Element>) -> HubPublishOutcome<Element>
  {
    publish(element, number: topic.core.own.next, to: topic)
  }

  /// Publishes a message under a number that was given out elsewhere. Numbers that are left out will never come: subscribers
  /// hear of them as lagged.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(1), and O(loops) for every eighth of a ring; numbers left out: see ``skip(through:to:)``
  @inlinable
  public mutating func publish(
    _ element: consuming Element, number: UInt64, to topic: HubTopic<Element>
  ) -> HubPublishOutcome<Element> {
    checkOwner(of: topic)
    let core = topic.core
    guard !core.own.isClosed else { return .closed(element) }
    guard number <= Position.lastNumber else { return .exhausted(element) }
    if number != core.own.next {
      guard number > core.own.next else { return .old(element) }
      guard skip(below: number, of: core) else { return .busy(element) }
    }
    let ring = unsafe core.own.ring ?? lease(for: core)
    guard unsafe ring._withUnsafeGuaranteedRef({ $0.mayWrite(at: number) }) else { return busy(element) }
    let slot = unsafe ring._withUnsafeGuaranteedRef { unsafe $0.slotToWrite(at: number) }
    let old = unsafe slot.move()
    unsafe slot.initialize(to: element)
    core.own.next = number &+ 1
    core.head.storeReleasing(number &+ 1)
    counts.published &+= 1
    tellLoops(of: core)
    // What was overwritten may run anybody's code as it ends, and finds everything in order.
    extendLifetime(old)
    return .published(number)
  }

  /// Publishes messages under the next numbers, and tells the loops once. Returns how many: fewer than all if a loop is in the
  /// way, the topic is closed or its numbers end.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(*messages*)
  @inlinable
  public mutating func publish(contentsOf elements: Span<Element>, to topic: HubTopic<Element>) -> Int {
    checkOwner(of: topic)
    let core = topic.core
    guard !core.own.isClosed, !elements.isEmpty, core.own.next <= Position.lastNumber else { return 0 }
    let ring = unsafe core.own.ring ?? lease(for: core)
    var number = core.own.next
    for index in elements.indices {
      guard Position.isValid(number: number), unsafe ring._withUnsafeGuaranteedRef({ $0.mayWrite(at: number) }) else {
        break
      }
      _ = unsafe ring._withUnsafeGuaranteedRef { $0.replace(at: number, with: elements[index]) }
      number &+= 1
    }
    let count = Int(truncatingIfNeeded: number &- core.own.next)
    if count < elements.count, Position.isValid(number: number) { counts.busy &+= 1 }
    guard count > 0 else { return 0 }
    core.own.next = number
    core.head.storeReleasing(number)
    counts.published &+= UInt64(truncatingIfNeeded: count)
    tellLoops(of: core)
    return count
  }

  /// Says that the messages up to this number will never come: they were lost upstream. What is kept of those before them
  /// stays readable as far as the ring reaches. Returns false if a loop is in the way: try again.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(min(*numbers*, ring capacity))
  public mutating func skip(through number: UInt64, to topic: HubTopic<Element>) -> Bool {
    checkOwner(of: topic)
    let core = topic.core
    guard !core.own.isClosed, number >= core.own.next else { return true }
    return skip(below: min(number, Position.lastNumber) &+ 1, of: core)
  }

  /// Nothing more will be published. Subscribers get what is there, and then their subscriptions end. It closes once.
  ///
  /// - Precondition: this publisher owns the topic.
  /// - Complexity: O(loops)
  public mutating func close(_ topic: HubTopic<Element>) {
    checkOwner(of: topic)
    let core = topic.core
    guard !core.own.isClosed else { return }
    core.own.isClosed = true
    core.head.storeReleasing(core.own.next | Core.closedBit)
    tellLoops(of: core)
  }
}

// MARK: - Steps

extension HubPublisher {
  /// The last step of each change, after the head is stored.
  @inlinable
  mutating func tellLoops(of core: Core) {
    var loops = core.markDirty()
    guard loops != 0 else { return }
    untold |= loops
    repeat {
      let loop = loops.trailingZeroBitCount
      loops &= loops &- 1
      unsafe hub.list(of: loop).push(core, loop: loop)
    } while loops != 0
  }

  @inline(never)
  @usableFromInline
  mutating func skip(below number: UInt64, of core: Core) -> Bool {
    let from = core.own.next
    // A topic without a ring has nothing in which the hole would have to show.
    let reached = unsafe core.own.ring?._withUnsafeGuaranteedRef { $0.skip(from: from, below: number) } ?? number
    counts.skipped &+= reached &- from
    if reached < number { counts.busy &+= 1 }
    guard reached > from else { return false }
    core.own.next = reached
    core.head.storeReleasing(reached)
    // Now, even if a message is to follow at once: it may yet find a loop in its way.
    tellLoops(of: core)
    return reached == number
  }

  @inlinable @inline(never)
  mutating func lease(for core: Core) -> Unmanaged<Core.Ring> {
    let ring = unsafe core.lease(from: &rings)
    keep(core)
    return unsafe ring
  }

  @inline(never)
  @usableFromInline
  mutating func busy(_ element: consuming Element) -> HubPublishOutcome<Element> {
    counts.busy &+= 1
    return .busy(element)
  }
}
