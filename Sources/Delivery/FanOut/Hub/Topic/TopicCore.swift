internal import Sequencer

/// What publisher and loops share of a topic.
///
/// A quiet topic is this and nothing more: its epoch, its head, and a few words for each loop. The rings come when something
/// is published and go when it has been quiet for a while.
@safe
@usableFromInline
package final class TopicCore<Element: Sendable, Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  @usableFromInline typealias Ring = MessageRing<Element, Word>
  @usableFromInline typealias LatestRing = MessageRing<Latest<Element>, Word>

  @usableFromInline package let id: UInt64
  @usableFromInline package let epoch: UInt32
  /// As which it leases rings: no other topic of the hub has ever had the same.
  @usableFromInline let tenant: UInt64
  @usableFromInline let loops: Int

  /// The number of the next message, and `closedBit`. Stored after the message is in the ring.
  @usableFromInline let head: Word
  /// See ``TopicStanding``.
  @usableFromInline let standing: Word
  /// The address of the ring with the messages, or 0. Rings live as long as the hub, so it may be out of date and yet be
  /// followed: the tenant is then another.
  @usableFromInline let ring: Word
  /// The same two for what counts only while it is new.
  @usableFromInline let latestHead: Word
  @usableFromInline let latestRing: Word

  /// Links for the lists of the loops, one each.
  @usableFromInline let marks: UnsafeMutablePointer<TopicMark<Element, Word>>

  // The publisher's own.
  /// The publisher that owns the topic, or 0.
  @usableFromInline package var owner: UInt64
  /// What `head` and `latestHead` say.
  @usableFromInline package var next: UInt64
  @usableFromInline var latestNext: UInt64 = 1
  @usableFromInline package var isClosed = false
  /// Since when its publisher waits for it to be quiet; nil while it has no ring.
  var keptSince: Instant?
  @usableFromInline var leasedRing: Unmanaged<Ring>?
  @usableFromInline var leasedLatestRing: Unmanaged<LatestRing>?

  /// In `head`: nothing more will be published. Numbers end far below it.
  @inlinable package static var closedBit: UInt64 { 1 << 63 }

  package init(id: UInt64, epoch: UInt32, next: UInt64, tenant: UInt64, owner: UInt64, loops: Int) {
    self.id = id
    self.epoch = epoch
    self.tenant = tenant
    self.loops = loops
    self.owner = owner
    self.next = next
    head = Word(next, .head)
    standing = Word(0, .topic)
    ring = Word(0, .ring)
    latestHead = Word(1, .head)
    latestRing = Word(0, .ring)
    unsafe leasedRing = nil
    unsafe leasedLatestRing = nil
    unsafe marks = .allocate(capacity: loops)
    unsafe marks.initialize(repeating: TopicMark(), count: loops)
  }

  deinit {
    unsafe marks.deinitialize(count: loops)
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
