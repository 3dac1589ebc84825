/// The streams by key: open addressing over buckets of four.
///
/// A bucket holds four keys and then their four cells; with 8-byte keys that is one cache line, so finding a stream costs one
/// line. The table grows by half when three quarters full: a stream costs 16 ÷ load bytes with an 8-byte key, so 21 to 32.
@safe
@usableFromInline
struct StreamTable<Key: StreamKey>: ~Copyable {
  @usableFromInline var base: UnsafeMutableRawPointer
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
  @inlinable static var bucketSize: Int { (cellsOffset + 32 + 31) & ~31 }

  @inlinable
  init(seed: UInt64, streams: Int = 0) {
    self.seed = HashSeed(seed)
    // Eight buckets make 512 bytes: a sequencer for one conversation stays small.
    bucketCount = UInt64(max(8, streams / 3 + 1))
    unsafe base = ZeroedMemory.allocate(bytes: Self.bytes(bucketCount))
    unsafe recentCell = Self.spareCell(base, bucketCount)
  }

  @inlinable
  deinit {
    for bucket in 0..<bucketCount {
      for slot in 0..<4 where !isEmpty(bucket, slot) { unsafe (keys(of: bucket) + slot).deinitialize(count: 1) }
    }
    unsafe ZeroedMemory.deallocate(base, bytes: allocatedBytes)
  }

  @inlinable var allocatedBytes: Int { Self.bytes(bucketCount) }

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
  /// Moves a quiet stream on by one if `number`, which is valid, is its next; else changes nothing. The whole work for a
  /// message that comes in order: one line read, one word written.
  ///
  /// - Returns: whether the stream was quiet and the number its next one.
  @inlinable @inline(__always)
  mutating func advance(_ key: Key, hash: UInt64, ifNext number: UInt64) -> Bool {
    let bucket = home(hash)
    let cells = unsafe cells(of: bucket)
    let slot = unsafe Key._slot(of: key, keys: keys(of: bucket), cells: cells)
    guard slot >= 0, unsafe Self.advance(cells + slot, ifNext: number) else { return false }
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
  func advanceRecent(_ key: Key, ifNext number: UInt64) -> Bool {
    guard _isPOD(Key.self), recentKey == key else { return false }
    return unsafe Self.advance(recentCell, ifNext: number)
  }

  @inlinable @inline(__always)
  static func advance(_ cell: UnsafeMutablePointer<UInt64>, ifNext number: UInt64) -> Bool {
    // Compared by subtraction, because an equality would let the compiler make the new cell from the old one; then each
    // message of a busy stream would have to wait until the cell that the one before has written can be read again.
    let expected = Cell(untouchedNext: number).bits
    guard unsafe cell.pointee &- expected <= Cell.touched else { return false }
    unsafe cell.pointee = Cell(next: number &+ 1).bits
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

// MARK: - Adding and removing

extension StreamTable {
  /// Adds a stream that is not in the table.
  @inlinable
  mutating func insert(_ key: Key, hash: UInt64, _ cell: Cell) -> CellReference {
    if isFull { resize(to: bucketCount &+ bucketCount / 2) }
    count &+= 1
    return place(key, hash: hash, cell)
  }

  /// Puts a stream into the first free slot from its home on.
  @inlinable
  mutating func place(_ key: consuming Key, hash: UInt64, _ cell: Cell) -> CellReference {
    var bucket = home(hash)
    var probe = 1
    while true {
      for slot in 0..<4 where isEmpty(bucket, slot) {
        unsafe (keys(of: bucket) + slot).initialize(to: key)
        let reference = unsafe CellReference(cells(of: bucket) + slot)
        reference.cell = cell
        longestProbe = max(longestProbe, probe)
        return reference
      }
      bucket = after(bucket)
      probe &+= 1
    }
  }

  /// Makes room for `streams` in all.
  @inlinable
  mutating func reserve(_ streams: Int) {
    let needed = UInt64(streams / 3 + 1)
    if needed > bucketCount { resize(to: needed) }
  }

  @inlinable @inline(never)
  mutating func resize(to newCount: UInt64) {
    let old = unsafe base
    let oldCount = bucketCount
    unsafe base = ZeroedMemory.allocate(bytes: Self.bytes(newCount))
    bucketCount = newCount
    longestProbe = 1
    forgetRecent()
    for bucket in 0..<Int(oldCount) {
      let keys = unsafe (old + bucket * Self.bucketSize).assumingMemoryBound(to: Key.self)
      let cells = unsafe (old + (bucket * Self.bucketSize + Self.cellsOffset)).assumingMemoryBound(to: UInt64.self)
      for slot in 0..<4 where unsafe cells[slot] != 0 {
        let key = unsafe (keys + slot).move()
        _ = unsafe place(key, hash: hash(key), Cell(bits: cells[slot]))
      }
    }
    unsafe ZeroedMemory.deallocate(old, bytes: Self.bytes(oldCount))
  }

  /// Removes a stream, and closes the hole: a search ends at the first bucket with a free slot, so every stream that passed
  /// this bucket because it was full must be able to come back to it.
  @inlinable
  mutating func remove(_ key: Key, hash keyHash: UInt64) {
    guard let reference = find(key, hash: keyHash) else { return }
    forgetRecent()
    let offset = unsafe UnsafeMutableRawPointer(reference.address) - base
    var hole = UInt64(offset / Self.bucketSize)
    var holeSlot = (offset % Self.bucketSize - Self.cellsOffset) / 8
    unsafe (keys(of: hole) + holeSlot).deinitialize(count: 1)
    clear(hole, holeSlot)
    count &-= 1
    // If the bucket had another free slot, no search went past it.
    for slot in 0..<4 where slot != holeSlot && isEmpty(hole, slot) { return }
    var bucket = after(hole)
    while bucket != hole {
      var hasSpace = false
      for slot in 0..<4 {
        if isEmpty(bucket, slot) {
          hasSpace = true
        } else if unsafe isMovable(keys(of: bucket)[slot], from: bucket, to: hole) {
          unsafe (keys(of: hole) + holeSlot).moveInitialize(from: keys(of: bucket) + slot, count: 1)
          unsafe cells(of: hole)[holeSlot] = cells(of: bucket)[slot]
          clear(bucket, slot)
          // The stream that moved left a hole of its own; unless its bucket had space, it may be in somebody's way.
          for other in 0..<4 where other != slot && isEmpty(bucket, other) { return }
          hole = bucket
          holeSlot = slot
          break
        }
      }
      if hasSpace { return }
      bucket = after(bucket)
    }
  }

  /// Empties a slot whose key is gone. Its bytes go, too, or a search for the same key would stop at it first.
  @inlinable
  func clear(_ bucket: UInt64, _ slot: Int) {
    unsafe cells(of: bucket)[slot] = 0
    let bytes = unsafe UnsafeMutableRawPointer(keys(of: bucket) + slot)
    _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<Key>.stride)
  }

  /// Whether a search for `key`, which is in `bucket`, comes by `hole` on its way.
  @inlinable
  func isMovable(_ key: Key, from bucket: UInt64, to hole: UInt64) -> Bool {
    distance(from: home(hash(key)), to: bucket) >= distance(from: hole, to: bucket)
  }

  @inlinable
  func distance(from home: UInt64, to bucket: UInt64) -> UInt64 {
    bucket >= home ? bucket &- home : bucket &+ bucketCount &- home
  }
}

// MARK: - Visiting

extension StreamTable {
  /// Calls `body` with every stream, in no order that anything may depend on.
  @inlinable
  func forEach(_ body: (Key, Cell) -> Void) {
    for bucket in 0..<bucketCount {
      for slot in 0..<4 where !isEmpty(bucket, slot) {
        unsafe body(keys(of: bucket)[slot], Cell(bits: cells(of: bucket)[slot]))
      }
    }
  }

  /// Calls `shouldRemove` once with every stream and removes those for which it says so.
  ///
  /// It starts behind a bucket that has a free slot: no search crosses it, so what a removal moves is always ahead of the
  /// visit, never behind it.
  @inlinable
  mutating func removeAll(where shouldRemove: (Key, CellReference) -> Bool) {
    var bucket: UInt64 = 0
    while !(0..<4).contains(where: { isEmpty(bucket, $0) }) { bucket &+= 1 }
    for _ in 0..<bucketCount {
      bucket = after(bucket)
      var slot = 0
      while slot < 4 {
        if !isEmpty(bucket, slot), unsafe shouldRemove(keys(of: bucket)[slot], CellReference(cells(of: bucket) + slot))
        {
          let key = unsafe keys(of: bucket)[slot]
          remove(key, hash: hash(key))
          // What moved into this slot, if anything, has not been visited.
        } else {
          slot += 1
        }
      }
    }
  }
}
