/// The memory of a queue with one producer and one consumer.
///
/// Elements lie in *blocks*, one cache line each where they fit: two words and as many elements as there is room for (six of
/// eight bytes). One word says up to which position the block is published, the other up to which it may be written. Each is
/// written by one side and read by the other, so a line that moves from core to core carries elements and what is to be
/// known about them together, and there is no index that both sides would fight over. The last block is shorter, so that
/// the capacity is what was asked for.
///
/// A position counts elements since the beginning and never falls, so nothing is ever reset: what a word said a lap ago
/// is no more than the block's first position of this lap.
///
/// The pointers of the queue are in this file and in ``BlockCursor``.
@safe
@usableFromInline
package final class BlockRing<Word: AtomicWord & ~Copyable, Element: ~Copyable>: @unchecked Sendable {
  @usableFromInline let memory: UnsafeMutableRawPointer
  @usableFromInline let lastBlock: UnsafeMutableRawPointer
  @usableFromInline let blockCount: Int
  @usableFromInline let lastSlots: Int
  @usableFromInline package let capacity: Int
  /// The position of the very first element.
  @usableFromInline let origin: UInt64

  @inlinable
  package init(capacity: Int, startingAt origin: UInt64) {
    precondition(capacity >= 1 && capacity <= 1 << 28, "a queue's capacity must be 1 to 2^28")
    blockCount = (capacity &+ Self.slots &- 1) / Self.slots
    lastSlots = capacity &- (blockCount &- 1) &* Self.slots
    self.capacity = capacity
    self.origin = origin
    // 128: lines are fetched in pairs, and the status must not be in one with anything that changes.
    unsafe memory = .allocate(byteCount: Self.header + blockCount * Self.blockBytes, alignment: 128)
    unsafe lastBlock = memory + Self.header + (blockCount &- 1) * Self.blockBytes
    unsafe memory.initializeMemory(as: Word.self, to: Word(0, .end))
    for index in 0..<blockCount {
      let block = unsafe block(index)
      unsafe Self.published(block).initialize(to: Word(origin, .slot))
      unsafe Self.writable(block).initialize(to: Word(start(of: index) &+ UInt64(slots(of: index)), .consumerPosition))
    }
  }

  @inlinable
  deinit {
    destroyElements()
    for index in 0..<blockCount {
      unsafe Self.published(block(index)).deinitialize(count: 1)
      unsafe Self.writable(block(index)).deinitialize(count: 1)
    }
    unsafe memory.assumingMemoryBound(to: Word.self).deinitialize(count: 1)
    unsafe memory.deallocate()
  }

  @inlinable
  package var status: QueueStatus<Word> { unsafe QueueStatus(memory.assumingMemoryBound(to: Word.self)) }
}

// MARK: Where things lie

extension BlockRing where Word: ~Copyable, Element: ~Copyable {
  @inlinable static var header: Int { 128 }
  @inlinable static var line: Int { 64 }

  @inlinable static var elementOffset: Int {
    let alignment = MemoryLayout<Element>.alignment
    return (2 &* MemoryLayout<Word>.stride &+ alignment &- 1) & ~(alignment &- 1)
  }

  /// Elements in a block, the last one excepted.
  @inlinable package static var slots: Int { max(1, (line &- elementOffset) / MemoryLayout<Element>.stride) }

  @inlinable static var blockBytes: Int {
    (elementOffset &+ slots &* MemoryLayout<Element>.stride &+ line &- 1) & ~(line &- 1)
  }

  @inlinable
  func block(_ index: Int) -> UnsafeMutableRawPointer { unsafe memory + Self.header + index &* Self.blockBytes }

  @inlinable
  func slots(of index: Int) -> Int { index == blockCount &- 1 ? lastSlots : Self.slots }

  /// The position at which the block began in the first lap.
  @inlinable
  func start(of index: Int) -> UInt64 { origin &+ UInt64(truncatingIfNeeded: index &* Self.slots) }

  @inlinable @inline(__always)
  static func published(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Word> {
    unsafe block.assumingMemoryBound(to: Word.self)
  }

  @inlinable @inline(__always)
  static func writable(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Word> {
    unsafe block.assumingMemoryBound(to: Word.self) + 1
  }

  @inlinable @inline(__always)
  static func elements(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Element> {
    unsafe (block + elementOffset).assumingMemoryBound(to: Element.self)
  }
}

// MARK: How far both sides have come

extension BlockRing where Word: ~Copyable, Element: ~Copyable {
  /// Up to where elements were published. While others push, a moment's view.
  @inlinable
  package var tail: UInt64 { newest { unsafe Self.published(block($0)).pointee.loadAcquiring() } }

  /// Up to where elements were taken out. While others take, a moment's view.
  @inlinable
  package var head: UInt64 {
    newest { unsafe Self.writable(block($0)).pointee.loadAcquiring() } &- UInt64(truncatingIfNeeded: capacity)
  }

  /// The elements inside, as of some moment during the call.
  @inlinable
  package var count: Int {
    // The head first: what is taken out meanwhile is then counted, what is pushed meanwhile too, and never less than none.
    let head = head
    return Int(truncatingIfNeeded: min(tail &- head, UInt64(truncatingIfNeeded: capacity)))
  }

  /// The highest of the blocks' words: the one of the last block that its side has entered in the lap that it is in.
  ///
  /// The sides keep no index that could be read, because that would cost every push and every pop a store.
  ///
  /// - Complexity: O(log capacity).
  @inlinable
  func newest(_ word: (Int) -> UInt64) -> UInt64 {
    let first = word(0)
    // What a lap ends with is of this lap, not of the next: positions are ends.
    let since = first &- origin
    if since == 0 { return first }
    let lap = (since &- 1) / UInt64(truncatingIfNeeded: capacity) &* UInt64(truncatingIfNeeded: capacity)
    var newest = first
    var low = 1
    var high = blockCount
    while low < high {
      let middle = (low &+ high) / 2
      let value = word(middle)
      if value &- origin > start(of: middle) &- origin &+ lap {
        newest = value
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    return newest
  }

  /// Releases what nobody took out. Nobody else has the ring any more.
  @inlinable
  func destroyElements() {
    var cursor = BlockCursor(at: head, in: self)
    let left = count
    for _ in 0..<left {
      cursor.leaveFinishedBlock(of: self)
      _ = cursor.take()
    }
  }
}
