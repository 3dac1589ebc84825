/// What publisher and loops share of a topic.
///
/// A quiet topic is this and nothing more: its epoch, its head, and a few words for each loop. The rings come when something
/// is published and go when it has been quiet for a while.
@safe
@usableFromInline
package final class TopicCore<Element: Sendable, Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  @usableFromInline package typealias Ring = MessageRing<Element, Word>
  @usableFromInline package typealias LatestRing = MessageRing<Latest<Element>, Word>

  @usableFromInline package let id: UInt64
  @usableFromInline package let epoch: UInt32
  /// As which it leases rings: no other topic has ever had the same.
  @usableFromInline package let tenant: UInt64
  /// Where its rings come from, and go to.
  let rings: RingPool<Element, Word>
  private let latestRings: RingPool<Latest<Element>, Word>

  /// The number of the next message, and `closedBit`. Stored after the message is in the ring.
  @usableFromInline package let head: Word
  /// See ``TopicStanding``.
  @usableFromInline let standing: Word
  /// The address of the ring with the messages, or 0. Rings live as long as the hub, so it may be out of date and yet be
  /// followed: the tenant is then another.
  @usableFromInline package let ring: Word
  /// The same two for what counts only while it is new.
  @usableFromInline let latestHead: Word
  @usableFromInline let latestRing: Word

  /// Links for the lists of the loops, one each.
  @usableFromInline package let marks: UnsafeMutablePointer<TopicMark<Element, Word>>

  /// What only the owner touches, apart from what others write; and it is not for the compiler to check that nobody else does.
  @usableFromInline let ownState: UnsafeMutablePointer<Own>

  @usableFromInline
  @safe
  package struct Own {
    /// The publisher that owns the topic, or 0.
    @usableFromInline var owner: UInt64
    /// What `head` and `latestHead` say.
    @usableFromInline package var next: UInt64
    @usableFromInline var latestNext: UInt64 = 1
    @usableFromInline var isClosed = false
    /// Its place among the topics that its publisher keeps messages of.
    @usableFromInline var place = Chain.none
    @usableFromInline package var ring: Unmanaged<Ring>?
    @usableFromInline var latestRing: Unmanaged<LatestRing>?

    init(owner: UInt64, next: UInt64) {
      self.owner = owner
      self.next = next
      unsafe ring = nil
      unsafe latestRing = nil
    }
  }

  @inlinable
  package var own: Own {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(ownState) }
    @inline(__always) unsafeMutableAddress { unsafe ownState }
  }

  /// In `head`: nothing more will be published. Numbers end far below it.
  @inlinable package static var closedBit: UInt64 { 1 << 63 }

  package init(
    id: UInt64, epoch: UInt32, next: UInt64, tenant: UInt64, owner: UInt64, rings: RingPool<Element, Word>,
    latestRings: RingPool<Latest<Element>, Word>
  ) {
    self.id = id
    self.epoch = epoch
    self.tenant = tenant
    self.rings = rings
    self.latestRings = latestRings
    head = Word(next, .head)
    standing = Word(0, .topic)
    ring = Word(0, .ring)
    latestHead = Word(1, .head)
    latestRing = Word(0, .ring)
    unsafe ownState = .allocate(capacity: 1)
    unsafe ownState.initialize(to: Own(owner: owner, next: next))
    unsafe marks = .allocate(capacity: rings.readers)
    unsafe marks.initialize(repeating: TopicMark(), count: rings.readers)
  }

  deinit {
    // Nobody reads them as this topic's any more.
    if let ring = unsafe own.ring { unsafe rings.takeBack(ring) }
    if let ring = unsafe own.latestRing { unsafe latestRings.takeBack(ring) }
    unsafe ownState.deallocate()
    unsafe marks.deinitialize(count: rings.readers)
    unsafe marks.deallocate()
  }
}

/// Something that counts only until there is news of the same key: who is typing, who is there.
@usableFromInline
package struct Latest<Element: Sendable>: Sendable {
  @usableFromInline package let key: UInt64
  /// The last message that had been published before it. It is delivered no earlier than that one.
  @usableFromInline package let after: UInt64
  @usableFromInline package let value: Element

  @inlinable
  init(key: UInt64, after: UInt64, value: consuming Element) {
    self.key = key
    self.after = after
    self.value = value
  }
}
