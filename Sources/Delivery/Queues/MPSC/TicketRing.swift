/// The memory of a queue with many producers and one consumer, and all of its pointer code.
///
/// A producer claims positions by moving the tail, writes its elements, and then says so in the word of its *first* slot: up
/// to which position the elements from here on are published. So a batch takes one compare-and-exchange and one store,
/// whatever its size, and the elements lie side by side.
///
/// A position counts elements since the beginning and never falls, so no word is ever reset: what a slot's word said a lap ago is
/// no more than the slot's position of this lap. The slots are a power of two, the capacity need not be.
@safe
@usableFromInline
package final class TicketRing<Word: AtomicWord & ~Copyable, Element: ~Copyable>: @unchecked Sendable {
  @usableFromInline let memory: UnsafeMutableRawPointer
  @usableFromInline let words: UnsafeMutablePointer<Word>
  @usableFromInline let elements: UnsafeMutablePointer<Element>
  @usableFromInline let mask: UInt64
  @usableFromInline package let capacity: UInt64

  @inlinable
  package init(capacity: Int, startingAt origin: UInt64) {
    precondition(capacity >= 1 && capacity <= 1 << 28, "a queue's capacity must be 1 to 2^28")
    var slots = 1
    while slots < capacity { slots &*= 2 }
    mask = UInt64(slots) &- 1
    self.capacity = UInt64(capacity)
    unsafe memory = .allocate(byteCount: Self.header + slots &* MemoryLayout<Word>.stride, alignment: Self.apart)
    unsafe words = (memory + Self.header).assumingMemoryBound(to: Word.self)
    let bytes = slots &* MemoryLayout<Element>.stride
    let alignment = max(Self.apart, MemoryLayout<Element>.alignment)
    unsafe elements = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
      .assumingMemoryBound(to: Element.self)
    unsafe tail.initialize(to: Word(origin, .producerPosition))
    unsafe limit.initialize(to: Word(origin &+ self.capacity, .producerPosition))
    unsafe head.initialize(to: Word(origin, .consumerPosition))
    unsafe end.initialize(to: Word(0, .end))
    for slot in 0..<slots { unsafe (words + slot).initialize(to: Word(origin, .slot)) }
  }

  @inlinable
  deinit {
    // Nobody pushes any more, so all that was claimed is published.
    var position = unsafe head.pointee.loadAcquiring()
    for _ in 0..<count {
      _ = take(at: position)
      position &+= 1
    }
    for slot in 0...Int(truncatingIfNeeded: mask) { unsafe (words + slot).deinitialize(count: 1) }
    unsafe tail.deinitialize(count: 1)
    unsafe limit.deinitialize(count: 1)
    unsafe head.deinitialize(count: 1)
    unsafe end.deinitialize(count: 1)
    unsafe UnsafeMutableRawPointer(elements).deallocate()
    unsafe memory.deallocate()
  }

  // MARK: Where the words lie

  // 128: lines are fetched in pairs.
  @inlinable static var apart: Int { 128 }
  @inlinable static var header: Int { 3 &* apart }

  /// The next position to be claimed; half the circle of numbers ahead of it once the queue is closed.
  @inlinable @inline(__always)
  var tail: UnsafeMutablePointer<Word> { unsafe memory.assumingMemoryBound(to: Word.self) }

  /// A position up to which there was room when somebody last looked. In the tail's line: whoever pushes needs both.
  @inlinable @inline(__always)
  package var limit: UnsafeMutablePointer<Word> { unsafe memory.assumingMemoryBound(to: Word.self) + 1 }

  /// The position up to which elements were taken out.
  @inlinable @inline(__always)
  var head: UnsafeMutablePointer<Word> { unsafe (memory + Self.apart).assumingMemoryBound(to: Word.self) }

  @inlinable
  var end: UnsafeMutablePointer<Word> { unsafe (memory + 2 &* Self.apart).assumingMemoryBound(to: Word.self) }

  @inlinable @inline(__always)
  func slot(of position: UInt64) -> Int { Int(truncatingIfNeeded: position & mask) }

  @inlinable @inline(__always)
  func word(of position: UInt64) -> UnsafeMutablePointer<Word> { unsafe words + slot(of: position) }

  // MARK: Elements

  @inlinable @inline(__always)
  func put(_ element: consuming Element, at position: UInt64) {
    let place = unsafe elements + slot(of: position)
    unsafe Word.willWrite(place)
    unsafe place.initialize(to: element)
  }

  @inlinable @inline(__always)
  func take(at position: UInt64) -> Element {
    let place = unsafe elements + slot(of: position)
    unsafe Word.willRead(place)
    return unsafe place.move()
  }
}
