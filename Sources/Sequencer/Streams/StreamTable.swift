/// The streams by key: open addressing over buckets of four.
///
/// A bucket holds four keys and then their four cells; with 8-byte keys that is one cache line, so finding a stream costs one
/// line. The table grows by half when three quarters full: a stream costs 16 ÷ load bytes with an 8-byte key, so 21 to 32.
@safe
@usableFromInline
struct StreamTable<Key: StreamKey>: ~Copyable {
  @usableFromInline var memory: ZeroedMemory
  @usableFromInline var bucketCount: UInt64
  @usableFromInline var count = 0
  @usableFromInline let seed: HashSeed
  /// The most buckets that finding one stream has taken since the table last grew.
  @usableFromInline var longestProbe = 1

  /// The stream whose message was the last to come in order, and its cell. Messages come in bursts; the second one of a burst
  /// needs no search. When nothing is known, it is an empty cell behind the last bucket.
  @usableFromInline var recentKey: Key?
  @usableFromInline var recentCell: UnsafeMutablePointer<UInt64>

  @inlinable static var cellsOffset: Int { (4 * MemoryLayout<Key>.stride + 7) & ~7 }
  /// A whole number of 32 bytes, so that a bucket of 16-byte keys touches two lines wherever it lies.
  @inlinable static var bucketSize: Int {
    let alignment = max(32, MemoryLayout<Key>.alignment)
    return (cellsOffset + 32 + alignment - 1) & ~(alignment - 1)
  }

  @inlinable
  init(seed: UInt64) {
    self.seed = HashSeed(seed)
    // Eight buckets make 512 bytes: a sequencer for one conversation stays small.
    bucketCount = 8
    memory = ZeroedMemory(bytes: Self.bytes(bucketCount))
    unsafe recentCell = Self.spareCell(memory.base, bucketCount)
  }

  @inlinable
  deinit {
    for bucket in 0..<bucketCount {
      for slot in 0..<4 where !isEmpty(bucket, slot) { unsafe (keys(of: bucket) + slot).deinitialize(count: 1) }
    }
  }

  @inlinable var base: UnsafeMutableRawPointer { unsafe memory.base }

  @inlinable var allocatedBytes: Int { memory.bytes }

  /// The buckets, and an empty cell behind them.
  @inlinable
  static func bytes(_ bucketCount: UInt64) -> Int { Int(bucketCount) * bucketSize + 8 }

  @inlinable
  static func spareCell(_ base: UnsafeMutableRawPointer, _ bucketCount: UInt64) -> UnsafeMutablePointer<UInt64> {
    unsafe (base + Int(bucketCount) * bucketSize).assumingMemoryBound(to: UInt64.self)
  }

  /// Forgets the recent stream, because cells move.
  @inlinable
  mutating func forgetRecent() {
    recentKey = nil
    unsafe recentCell = Self.spareCell(base, bucketCount)
  }

  /// Three of four slots: beyond that, more than a tenth of the look-ups need a second line.
  @inlinable var isFull: Bool { UInt64(count) >= bucketCount &* 3 }

  @inlinable @inline(__always)
  func hash(_ key: Key) -> UInt64 { key.streamHash(seed) }

  /// The bucket in which a search starts: the hash scaled to the number of buckets, so that any number of them will do, and
  /// growing moves streams in ascending order, from front to back.
  @inlinable @inline(__always)
  func home(_ hash: UInt64) -> UInt64 { hash.multipliedFullWidth(by: bucketCount).high }

  @inlinable @inline(__always)
  func after(_ bucket: UInt64) -> UInt64 { bucket &+ 1 == bucketCount ? 0 : bucket &+ 1 }

  @inlinable @inline(__always)
  func keys(of bucket: UInt64) -> UnsafeMutablePointer<Key> {
    unsafe (base + Int(truncatingIfNeeded: bucket) &* Self.bucketSize).assumingMemoryBound(to: Key.self)
  }

  @inlinable @inline(__always)
  func cells(of bucket: UInt64) -> UnsafeMutablePointer<UInt64> {
    unsafe (base + (Int(truncatingIfNeeded: bucket) &* Self.bucketSize &+ Self.cellsOffset))
      .assumingMemoryBound(to: UInt64.self)
  }

  @inlinable @inline(__always)
  func isEmpty(_ bucket: UInt64, _ slot: Int) -> Bool { unsafe cells(of: bucket)[slot] == 0 }
}

// MARK: - Finding

extension StreamTable {
  /// Moves a quiet stream on by one if `number`, which is valid, is its next in `epoch`, which is small; else changes nothing. The whole work for a
  /// message that comes in order: one line read, one word written.
  ///
  /// - Returns: whether the stream was quiet and the number its next one.
  @inlinable @inline(__always)
  mutating func advance(_ key: Key, hash: UInt64, _ epoch: UInt32, ifNext number: UInt64) -> Bool {
    let bucket = home(hash)
    let cells = unsafe cells(of: bucket)
    let slot = unsafe Key._slot(of: key, keys: keys(of: bucket), cells: cells)
    guard slot >= 0, unsafe Self.advance(cells + slot, epoch, ifNext: number) else { return false }
    unsafe noteRecent(key, cells + slot)
    return true
  }

  /// Remembers the stream whose message came in order.
  @inlinable @inline(__always)
  mutating func noteRecent(_ key: Key, _ cell: UnsafeMutablePointer<UInt64>) {
    guard _isPOD(Key.self) else { return }
    recentKey = key
    unsafe recentCell = cell
  }

  /// The same for the recent stream, if it is this one. Keys that need reference counting are not remembered: counting would
  /// cost more than the search.
  @inlinable @inline(__always)
  func advanceRecent(_ key: Key, _ epoch: UInt32, ifNext number: UInt64) -> Bool {
    guard _isPOD(Key.self), recentKey == key else { return false }
    return unsafe Self.advance(recentCell, epoch, ifNext: number)
  }

  @inlinable @inline(__always)
  static func advance(_ cell: UnsafeMutablePointer<UInt64>, _ epoch: UInt32, ifNext number: UInt64) -> Bool {
    // Compared by subtraction, because an equality would let the compiler make the new cell from the old one; then each
    // message of a busy stream would have to wait until the cell that the one before has written can be read again.
    let expected = Cell(untouchedNext: number, epoch: epoch).bits
    guard unsafe cell.pointee &- expected <= Cell.touched else { return false }
    unsafe cell.pointee = Cell(next: number &+ 1, epoch: epoch).bits
    return true
  }

  @inlinable
  func find(_ key: Key, hash: UInt64) -> CellReference? {
    var bucket = home(hash)
    while true {
      let cells = unsafe cells(of: bucket)
      let keys = unsafe keys(of: bucket)
      let slot = unsafe Key._slot(of: key, keys: keys, cells: cells)
      if slot >= 0, unsafe cells[slot] != 0 { return unsafe CellReference(cells + slot) }
      // The slot named above may have been an empty one whose bytes look like the key. Look at each before going on.
      var hasSpace = false
      for slot in 0..<4 {
        if unsafe cells[slot] == 0 {
          hasSpace = true
        } else if unsafe keys[slot] == key {
          return unsafe CellReference(cells + slot)
        }
      }
      if hasSpace { return nil }
      bucket = after(bucket)
    }
  }

  /// Reads the line where a search starts, so that it is there when the search comes. The value read is to be used.
  @inlinable @inline(__always)
  func touchHome(_ hash: UInt64) -> UInt64 { unsafe cells(of: home(hash))[0] }
}
