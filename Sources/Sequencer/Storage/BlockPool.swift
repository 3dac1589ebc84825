/// Blocks of one size, carved from chunks and handed out again and again.
///
/// A block keeps its address until it is released, so the table can point at it. Chunks go back to the system only with the
/// pool: in steady state nothing is allocated.
@safe
@usableFromInline
struct BlockPool: ~Copyable {
  @usableFromInline let blockSize: Int
  @usableFromInline let alignment: Int
  /// The last block released: it is the one most likely still in the cache. Each free block holds the next one's address.
  @usableFromInline var free: UnsafeMutableRawPointer?
  /// The part of the newest chunk that was never handed out.
  @usableFromInline var fresh: UnsafeMutableRawPointer?
  @usableFromInline var freshBlocks = 0
  /// The newest chunk; each chunk ends with the address of the one before.
  @usableFromInline var chunks: UnsafeMutableRawPointer?
  @usableFromInline var chunkBlocks: Int
  /// Bytes taken from the system.
  @usableFromInline var allocatedBytes = 0

  @usableFromInline
  init(blockSize: Int, alignment: Int = 16) {
    // A free block holds a pointer; a used one must not share its alignment.
    let size = max(blockSize, MemoryLayout<UInt>.size)
    self.blockSize = (size + alignment - 1) & ~(alignment - 1)
    self.alignment = alignment
    unsafe free = nil
    unsafe fresh = nil
    unsafe chunks = nil
    // The first chunk is about a page, so that a sequencer for one conversation stays small.
    chunkBlocks = max(4, 4_096 / self.blockSize)
  }

  @inlinable
  deinit {
    var next = unsafe chunks
    while let chunk = unsafe next {
      unsafe next = chunk.load(as: UnsafeMutableRawPointer?.self)
      unsafe chunk.deallocate()
    }
  }

  /// A block with undefined contents.
  @inlinable @inline(__always)
  mutating func allocate() -> UnsafeMutableRawPointer {
    if let block = unsafe free {
      unsafe free = block.load(as: UnsafeMutableRawPointer?.self)
      return unsafe block
    }
    if freshBlocks == 0 { addChunk() }
    let block = unsafe fresh.unsafelyUnwrapped
    unsafe fresh = block + blockSize
    freshBlocks &-= 1
    return unsafe block
  }

  @inlinable @inline(__always)
  mutating func release(_ block: UnsafeMutableRawPointer) {
    unsafe block.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
    unsafe free = block
  }

  @usableFromInline @inline(never)
  mutating func addChunk() {
    let head = max(alignment, MemoryLayout<UInt>.stride)
    let bytes = head + chunkBlocks * blockSize
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: max(alignment, 64))
    unsafe chunk.storeBytes(of: chunks, as: UnsafeMutableRawPointer?.self)
    unsafe chunks = chunk
    unsafe fresh = chunk + head
    freshBlocks = chunkBlocks
    allocatedBytes += bytes
    // Doubling keeps the number of chunks small; a mebibyte bounds what a chunk can waste.
    if bytes < 1 << 20 { chunkBlocks *= 2 }
  }
}
