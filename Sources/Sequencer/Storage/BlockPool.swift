/// Blocks of one size, carved from chunks and handed out again and again.
///
/// A block keeps its address until it is released, so the table can point at it. Chunks go back to the system only with the
/// pool: in steady state nothing is allocated.
@safe
@usableFromInline
struct BlockPool: ~Copyable {
  @usableFromInline let blockSize: Int
  @usableFromInline let alignment: Int
  /// The blocks that were released. The last one goes first, as it is the one most likely still in the cache. The list lies
  /// beside the blocks and not in them, so that handing one out does not wait for its memory.
  @usableFromInline var free: UnsafeMutablePointer<UnsafeMutableRawPointer>
  @usableFromInline var freeCount = 0
  /// The part of the newest chunk that was never handed out.
  @usableFromInline var fresh: UnsafeMutableRawPointer?
  @usableFromInline var freshBlocks = 0
  /// The newest chunk; each chunk begins with the address of the one before.
  @usableFromInline var chunks: UnsafeMutableRawPointer?
  @usableFromInline var chunkBlocks: Int
  /// Blocks in all chunks, which is room enough for the list of free ones.
  @usableFromInline var blockCount = 0
  /// Bytes taken from the system.
  @usableFromInline var allocatedBytes = 0

  @usableFromInline
  init(blockSize: Int, alignment: Int = 16) {
    self.blockSize = (blockSize + alignment - 1) & ~(alignment - 1)
    self.alignment = alignment
    unsafe free = .allocate(capacity: 0)
    unsafe fresh = nil
    unsafe chunks = nil
    // The first chunk is about a page, so that a sequencer for one conversation stays small.
    chunkBlocks = max(4, 4_096 / self.blockSize)
  }

  @inlinable
  deinit {
    unsafe free.deallocate()
    var next = unsafe chunks
    while let chunk = unsafe next {
      unsafe next = chunk.load(as: UnsafeMutableRawPointer?.self)
      unsafe chunk.deallocate()
    }
  }

  /// Whether any block is handed out.
  @inlinable var isInUse: Bool { freeCount &+ freshBlocks != blockCount }

  /// A block with undefined contents.
  @inlinable @inline(__always)
  mutating func allocate() -> UnsafeMutableRawPointer {
    if freeCount > 0 {
      freeCount &-= 1
      return unsafe free[freeCount]
    }
    if freshBlocks == 0 { addChunk() }
    let block = unsafe fresh.unsafelyUnwrapped
    unsafe fresh = block + blockSize
    freshBlocks &-= 1
    return unsafe block
  }

  @inlinable @inline(__always)
  mutating func release(_ block: UnsafeMutableRawPointer) {
    unsafe free[freeCount] = block
    freeCount &+= 1
  }

  /// Called when every block is handed out, so the list of free ones is empty and can be exchanged.
  @usableFromInline @inline(never)
  mutating func addChunk() {
    let head = max(alignment, MemoryLayout<UInt>.stride)
    let bytes = head + chunkBlocks * blockSize
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: max(alignment, 64))
    unsafe chunk.storeBytes(of: chunks, as: UnsafeMutableRawPointer?.self)
    unsafe chunks = chunk
    unsafe fresh = chunk + head
    freshBlocks = chunkBlocks
    blockCount += chunkBlocks
    unsafe free.deallocate()
    unsafe free = .allocate(capacity: blockCount)
    allocatedBytes += bytes + chunkBlocks * MemoryLayout<UInt>.stride
    // Doubling keeps the number of chunks small; a mebibyte bounds what a chunk can waste.
    if bytes < 1 << 20 { chunkBlocks *= 2 }
  }
}
