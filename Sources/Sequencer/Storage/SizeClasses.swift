/// Blocks whose sizes are powers of two: ledgers and page directories, which grow with need.
@safe
@usableFromInline
struct SizeClasses: ~Copyable {
  /// 16 bytes, the size of one range, is the smallest class; 2¹⁶ bytes is the directory of the largest window.
  @usableFromInline static let smallest = 4
  @usableFromInline static let largest = 16

  @usableFromInline let pools: UnsafeMutablePointer<BlockPool>

  @usableFromInline
  init() {
    unsafe pools = .allocate(capacity: Self.largest - Self.smallest + 1)
    for size in Self.smallest...Self.largest {
      unsafe (pools + (size - Self.smallest)).initialize(to: BlockPool(blockSize: 1 << size))
    }
  }

  @inlinable
  deinit {
    unsafe pools.deinitialize(count: Self.largest - Self.smallest + 1)
    unsafe pools.deallocate()
  }

  /// A block of `bytes`, which is a power of two, with undefined contents.
  @usableFromInline
  mutating func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    assert(bytes.nonzeroBitCount == 1 && 1 << Self.smallest...1 << Self.largest ~= bytes)
    return unsafe pools[bytes.trailingZeroBitCount - Self.smallest].allocate()
  }

  @usableFromInline
  mutating func release(_ block: UnsafeMutableRawPointer, bytes: Int) {
    unsafe pools[bytes.trailingZeroBitCount - Self.smallest].release(block)
  }

  var allocatedBytes: Int {
    var sum = 0
    for size in 0...(Self.largest - Self.smallest) { unsafe sum += pools[size].allocatedBytes }
    return sum
  }
}
