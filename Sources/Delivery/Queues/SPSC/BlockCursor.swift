/// Where one side of a ``BlockRing`` stands: a block, a slot in it, and how many of its slots the side may use.
///
/// Each side has one in its own hands, so that a loop keeps it in registers. That two sides never use a slot at once is the
/// business of ``SPSCProducerSide`` and ``SPSCConsumerSide``.
@safe
@usableFromInline
package struct BlockCursor<Word: AtomicWord & ~Copyable, Element: ~Copyable> {
  @usableFromInline var block: UnsafeMutableRawPointer
  /// The next slot.
  @usableFromInline package var index: Int
  /// The slots below this one may be used: written by the producer, read by the consumer.
  @usableFromInline package var known: Int
  /// The position of the block's first slot.
  @usableFromInline var start: UInt64

  @usableFromInline typealias Ring = BlockRing<Word, Element>

  /// - Precondition: `position` is not before the ring's origin.
  @inlinable
  package init(at position: UInt64, in ring: BlockRing<Word, Element>) {
    let offset = Int(truncatingIfNeeded: (position &- ring.origin) % UInt64(truncatingIfNeeded: ring.capacity))
    let number = offset / Ring.slots
    unsafe block = ring.block(number)
    index = offset &- number &* Ring.slots
    known = index
    start = position &- UInt64(truncatingIfNeeded: index)
  }

  @inlinable @inline(__always)
  package var position: UInt64 { start &+ UInt64(truncatingIfNeeded: index) }

  /// Slots in this block. Worked out when it is asked for: two ends in one loop are short of registers as it is.
  @inlinable @inline(__always)
  func slots(in ring: BlockRing<Word, Element>) -> Int {
    unsafe block == ring.lastBlock ? ring.lastSlots : Ring.slots
  }

  /// Goes on to the next block if this one is done.
  @inlinable @inline(__always)
  package mutating func leaveFinishedBlock(of ring: BlockRing<Word, Element>) {
    if index < slots(in: ring) { return }
    start &+= UInt64(truncatingIfNeeded: index)
    index = 0
    known = 0
    unsafe block = block == ring.lastBlock ? ring.block(0) : block + Ring.blockBytes
  }

  /// Notes that positions below `end` may be used, as one of the block's words said.
  ///
  /// - Returns: whether that is at least one slot. The word may be of an earlier lap, and then it is none, or of the next
  ///   one, and then it is all.
  @inlinable @inline(__always)
  package mutating func learn(_ end: UInt64, in ring: BlockRing<Word, Element>) -> Bool {
    let count = Int64(bitPattern: end &- start)
    if count <= Int64(truncatingIfNeeded: index) { return false }
    known = Int(truncatingIfNeeded: min(count, Int64(truncatingIfNeeded: slots(in: ring))))
    return true
  }

  // MARK: The block's words

  @inlinable @inline(__always)
  package var published: UInt64 { unsafe Ring.published(block).pointee.loadAcquiring() }

  @inlinable @inline(__always)
  package var writable: UInt64 { unsafe Ring.writable(block).pointee.loadAcquiring() }

  @inlinable @inline(__always)
  package func publish() { unsafe Ring.published(block).pointee.storeReleasing(position) }

  /// Lets the slots before the next one be written again, a lap later.
  @inlinable @inline(__always)
  package func release(in ring: BlockRing<Word, Element>) {
    unsafe Ring.writable(block).pointee.storeReleasing(position &+ UInt64(truncatingIfNeeded: ring.capacity))
  }

  // MARK: The block's elements

  @inlinable @inline(__always)
  package mutating func put(_ element: consuming Element) {
    let slot = unsafe Ring.elements(block) + index
    unsafe Word.willWrite(slot)
    unsafe slot.initialize(to: element)
    index &+= 1
  }

  @inlinable @inline(__always)
  package mutating func take() -> Element {
    let slot = unsafe Ring.elements(block) + index
    unsafe Word.willRead(slot)
    index &+= 1
    return unsafe slot.move()
  }
}
