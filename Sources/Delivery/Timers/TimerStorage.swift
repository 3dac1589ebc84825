public import Sequencer

/// The memory of a timer wheel: timers, their payloads, and the heads of the buckets in which they wait.
///
/// A bucket is a ring of nodes that are linked both ways through its head. Timers have the indices from 0 up, heads those from
/// −1 down, all in one block of memory, so that linking and unlinking need not tell them apart. What a timer carries lies
/// beside the nodes: its neighbours in a bucket, which may be anywhere, are touched without it.
///
/// All pointers of the wheel are here. An index is trusted: only the wheel makes them.
@safe
@usableFromInline
struct TimerStorage<Payload: ~Copyable>: ~Copyable {
  @usableFromInline var nodeMemory = ZeroedMemory(bytes: 0)
  @usableFromInline var nodes: UnsafeMutablePointer<TimerNode>
  @usableFromInline var blocks: UnsafeMutablePointer<TimerBlock>
  /// Of each timer the deadline and, behind it, the payload: both are read when it moves down and when it fires.
  @usableFromInline var entries: UnsafeMutableRawPointer
  @usableFromInline var entryMemory = ZeroedMemory(bytes: 0)
  /// Timers that there is memory for, and those of them that have ever been free.
  @usableFromInline var capacity: Int32 = 0
  @usableFromInline var used: Int32 = 0
  /// The free timers; the last one released goes first, as it is the one most likely still in the cache.
  @usableFromInline var free: Int32 = .min
  /// Timers whose generations ran out: they are never used again, so that no handle is ever honoured twice.
  @usableFromInline var retired: Int32 = 0
  @usableFromInline var blockCapacity: Int32 = 0
  @usableFromInline var usedBlocks: Int32 = 0
  @usableFromInline var freeBlock: Int32 = -1
  /// What was read only to have it in the cache: kept, so that the compiler does not leave the reading out.
  @usableFromInline var touched: UInt64 = 0

  @usableFromInline
  init() {
    unsafe nodes = nodeMemory.base.assumingMemoryBound(to: TimerNode.self)
    unsafe blocks = .allocate(capacity: 0)
    unsafe entries = entryMemory.base
  }

  @inlinable
  deinit {
    forEachTimer { index in unsafe payload(index).deinitialize(count: 1) }
    unsafe blocks.deallocate()
  }

  /// The heads of so many blocks.
  @inlinable
  func heads(_ blocks: Int32) -> Int { Int(blocks) &* 64 }
}

/// A timer, or the head of a bucket.
@usableFromInline
struct TimerNode {
  @usableFromInline var next: Int32
  @usableFromInline var previous: Int32
  /// Of a timer that is scheduled, its handle. It is compared, and written, in one piece: of many timers that are cancelled at
  /// random, the more wait for their memory at a time the fewer instructions and stores each has.
  ///
  /// The generation counts up when the timer is taken and when it is given back: odd while it is scheduled, as in every handle,
  /// so that even the handle of another wheel never names a timer that is free. In place of itself, a free timer has the next
  /// free one here, and a head the block that its bucket has been split into: its `previous` is `Int32.min` then.
  @usableFromInline var name = TimerHandle.none

  @inlinable
  init(next: Int32, previous: Int32) {
    self.next = next
    self.previous = previous
  }
}

/// 64 buckets: one level of the wheel, or what one bucket of the level above has been split into.
@usableFromInline
struct TimerBlock {
  /// The buckets that may have timers, one bit each. What is cancelled leaves its bit behind: the search for the next timer to
  /// fire clears it when it comes by.
  @usableFromInline var occupied: UInt64 = 0
  /// Those of them that were split: their timers wait in a block of their own.
  @usableFromInline var split: UInt64 = 0
  /// Of a free block, the next free one.
  @usableFromInline var nextFree: Int32 = -1

  @inlinable
  init() {}
}

extension TimerStorage: @unchecked Sendable where Payload: Sendable & ~Copyable {}

// MARK: - Buckets

extension TimerStorage where Payload: ~Copyable {
  @inlinable @inline(__always)
  static func head(_ block: Int32, _ digit: UInt64) -> Int32 { ~(block &<< 6 | Int32(truncatingIfNeeded: digit)) }

  @inlinable @inline(__always)
  func next(_ index: Int32) -> Int32 { unsafe nodes[Int(index)].next }

  @inlinable @inline(__always)
  func previous(_ index: Int32) -> Int32 { unsafe nodes[Int(index)].previous }

  /// Puts a timer at the end of a bucket.
  @inlinable @inline(__always)
  func append(_ index: Int32, to head: Int32) { link(index, between: previous(head), and: head) }

  /// Puts a timer at the end of a bucket whose last node is known.
  @inlinable @inline(__always)
  func link(_ index: Int32, between last: Int32, and head: Int32) {
    unsafe nodes[Int(index)].next = head
    unsafe nodes[Int(index)].previous = last
    unsafe nodes[Int(last)].next = index
    unsafe nodes[Int(head)].previous = index
  }

  /// Takes a timer out of its bucket.
  @inlinable @inline(__always)
  func unlink(_ index: Int32) {
    let (next, previous) = unsafe (nodes[Int(index)].next, nodes[Int(index)].previous)
    unsafe nodes[Int(previous)].next = next
    unsafe nodes[Int(next)].previous = previous
  }

  /// Empties a bucket, whose timers stay linked from its first to its last, and names the first.
  @inlinable
  func detach(_ head: Int32) -> Int32 {
    let first = unsafe nodes[Int(head)].next
    unsafe nodes[Int(head)] = TimerNode(next: head, previous: head)
    return first
  }

  /// Moves the timers of a bucket, if there are any, to one that is empty.
  @inlinable
  func move(_ head: Int32, to: Int32) {
    let (first, last) = unsafe (nodes[Int(head)].next, nodes[Int(head)].previous)
    if first < 0 { return }
    unsafe nodes[Int(to)] = TimerNode(next: first, previous: last)
    unsafe nodes[Int(first)].previous = to
    unsafe nodes[Int(last)].next = to
    unsafe nodes[Int(head)] = TimerNode(next: head, previous: head)
  }

  @inlinable @inline(__always)
  subscript(block index: Int32) -> TimerBlock {
    unsafeAddress { unsafe UnsafePointer(blocks + Int(index)) }
    nonmutating unsafeMutableAddress { unsafe blocks + Int(index) }
  }

  /// The block that a bucket has been split into.
  @inlinable
  func child(_ head: Int32) -> Int32 { unsafe nodes[Int(head)].name.index }

  @inlinable
  func setChild(_ child: Int32, of head: Int32) {
    unsafe nodes[Int(head)].name = TimerHandle(slot: child, generation: 0)
    unsafe nodes[Int(head)].previous = .min
  }

  /// Makes the head of a bucket that was split that of an empty one.
  @inlinable
  func clearChild(of head: Int32) { unsafe nodes[Int(head)].previous = head }
}

// MARK: - Timers

extension TimerStorage where Payload: ~Copyable {
  /// An unlinked timer; there is a free one.
  @inlinable @inline(__always)
  mutating func allocate(_ payload: consuming Payload) -> TimerHandle {
    let index = free
    let name = unsafe nodes[Int(index)].name
    let handle = name.next(slot: index)
    free = name.index
    unsafe nodes[Int(index)].name = handle
    unsafe self.payload(index).initialize(to: payload)
    return handle
  }

  /// Ends an unlinked timer, whose handle is known, and gives its payload out.
  @inlinable @inline(__always)
  mutating func release(_ index: Int32, _ handle: TimerHandle) -> Payload {
    unsafe nodes[Int(index)].name = handle.next(slot: free)
    if handle.isLast { retired &+= 1 } else { free = index }
    return unsafe payload(index).move()
  }

  /// Frees more of the timers that were never used, in ascending order: so many that this is rare, so few that the memory
  /// is not touched long before it is needed.
  @inlinable
  mutating func freeUnused() {
    let end = min(used &+ 64, capacity)
    var index = end
    while index > used {
      index &-= 1
      unsafe (nodes + Int(index)).initialize(to: TimerNode(next: 0, previous: 0))
      unsafe nodes[Int(index)].name = TimerHandle(slot: free, generation: 0)
      free = index
    }
    used = end
  }

  /// The timer that a handle names; nil if it does not name one any more.
  @inlinable @inline(__always)
  func find(_ handle: TimerHandle) -> Int32? {
    guard handle.slot < UInt32(bitPattern: used) else { return nil }
    let index = handle.index
    return unsafe nodes[Int(index)].name == handle ? index : nil
  }

  @inlinable @inline(__always)
  func handle(of index: Int32) -> TimerHandle { unsafe nodes[Int(index)].name }

  @inlinable @inline(__always)
  func deadline(of index: Int32) -> UInt64 { unsafe entry(index).load(as: UInt64.self) }

  @inlinable @inline(__always)
  func setDeadline(_ deadline: UInt64, of index: Int32) {
    unsafe entry(index).storeBytes(of: deadline, as: UInt64.self)
  }

  @inlinable static var payloadOffset: Int { max(MemoryLayout<UInt64>.stride, MemoryLayout<Payload>.alignment) }
  @inlinable static var entrySize: Int {
    let alignment = max(MemoryLayout<UInt64>.alignment, MemoryLayout<Payload>.alignment)
    return (payloadOffset &+ MemoryLayout<Payload>.size &+ alignment &- 1) & ~(alignment &- 1)
  }

  @inlinable @inline(__always)
  func entry(_ index: Int32) -> UnsafeMutableRawPointer { unsafe entries + Int(index) &* Self.entrySize }

  @inlinable @inline(__always)
  func payload(_ index: Int32) -> UnsafeMutablePointer<Payload> {
    unsafe (entry(index) + Self.payloadOffset).assumingMemoryBound(to: Payload.self)
  }

  @inlinable
  func forEachTimer(_ body: (Int32) -> Void) {
    for block in 0..<usedBlocks {
      var buckets = self[block: block].occupied & ~self[block: block].split
      while buckets != 0 {
        var index = next(Self.head(block, UInt64(truncatingIfNeeded: buckets.trailingZeroBitCount)))
        while index >= 0 {
          let following = next(index)
          body(index)
          index = following
        }
        buckets &= buckets &- 1
      }
    }
  }
}
