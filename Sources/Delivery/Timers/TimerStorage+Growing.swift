public import Sequencer

/// How the memory of a timer wheel grows. It never shrinks: in steady state nothing is allocated.
extension TimerStorage where Payload: ~Copyable {
  /// Makes room for so many timers and blocks.
  @inlinable @inline(never)
  mutating func reserve(timers: Int32, blocks newBlocks: Int32) {
    let newCapacity = max(timers, capacity)
    let newBlockCapacity = max(newBlocks, blockCapacity)
    // In huge pages where there are many: timers are cancelled at random, and a million of them span more small pages than a
    // processor remembers the addresses of.
    let count = heads(newBlockCapacity) + Int(newCapacity)
    let memory = ZeroedMemory(bytes: count &* MemoryLayout<TimerNode>.stride)
    let lowest = unsafe memory.base.bindMemory(to: TimerNode.self, capacity: count)
    let grownNodes = unsafe lowest + heads(newBlockCapacity)
    let kept = heads(usedBlocks)
    unsafe (grownNodes - kept).moveInitialize(from: nodes - kept, count: kept + Int(used))
    unsafe nodes = grownNodes
    nodeMemory = memory
    if newBlockCapacity > blockCapacity {
      let grown = UnsafeMutablePointer<TimerBlock>.allocate(capacity: Int(newBlockCapacity))
      unsafe grown.moveInitialize(from: blocks, count: Int(usedBlocks))
      unsafe blocks.deallocate()
      unsafe blocks = grown
      blockCapacity = newBlockCapacity
    }
    if newCapacity > capacity {
      let old = unsafe entries
      let memory = ZeroedMemory(bytes: Int(newCapacity) &* Self.entrySize)
      unsafe entries = memory.base
      // One by one: between those that are scheduled there may be free ones.
      forEachTimer { index in
        let (from, to) = unsafe (old + Int(index) &* Self.entrySize, entry(index))
        unsafe to.copyMemory(from: from, byteCount: MemoryLayout<UInt64>.size)
        // What has no size has nothing to move, but moving it would touch a byte, which may lie behind the memory.
        if MemoryLayout<Payload>.size == 0 { return }
        let payload = unsafe (from + Self.payloadOffset).assumingMemoryBound(to: Payload.self)
        unsafe self.payload(index).moveInitialize(from: payload, count: 1)
      }
      entryMemory = memory
      capacity = newCapacity
    }
  }

  /// An empty block.
  @inlinable @inline(never)
  mutating func allocateBlock() -> Int32 {
    var block = freeBlock
    if block >= 0 {
      freeBlock = self[block: block].nextFree
    } else {
      if usedBlocks == blockCapacity { reserve(timers: 0, blocks: blockCapacity &+ 4 &+ blockCapacity / 2) }
      block = usedBlocks
      for digit in 0..<64 as Range<UInt64> {
        let head = Self.head(block, digit)
        unsafe (nodes + Int(head)).initialize(to: TimerNode(next: head, previous: head))
      }
      usedBlocks &+= 1
    }
    unsafe (blocks + Int(block)).initialize(to: TimerBlock())
    return block
  }

  /// Takes back a block whose buckets are empty, and what they have been split into.
  @inlinable
  mutating func release(block: Int32) {
    releaseSplits(of: block)
    self[block: block] = TimerBlock()
    self[block: block].nextFree = freeBlock
    freeBlock = block
  }

  @inlinable
  mutating func releaseSplits(of block: Int32) {
    var buckets = self[block: block].split
    while buckets != 0 {
      let head = Self.head(block, UInt64(truncatingIfNeeded: buckets.trailingZeroBitCount))
      clearChild(of: head)
      release(block: child(head))
      buckets &= buckets &- 1
    }
  }
}
