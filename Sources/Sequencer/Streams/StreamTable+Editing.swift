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
    var old = ZeroedMemory(bytes: Self.bytes(newCount))
    swap(&old, &memory)
    let oldCount = bucketCount
    bucketCount = newCount
    longestProbe = 1
    forgetRecent()
    for bucket in 0..<Int(oldCount) {
      let keys = unsafe (old.base + bucket * Self.bucketSize).assumingMemoryBound(to: Key.self)
      let cells = unsafe (old.base + (bucket * Self.bucketSize + Self.cellsOffset)).assumingMemoryBound(to: UInt64.self)
      for slot in 0..<4 where unsafe cells[slot] != 0 {
        let key = unsafe (keys + slot).move()
        _ = unsafe place(key, hash: hash(key), Cell(bits: cells[slot]))
      }
    }
  }

  /// Removes the stream that `find` found here.
  @inlinable
  mutating func remove(_ reference: CellReference) {
    let offset = unsafe UnsafeMutableRawPointer(reference.address) - base
    remove(UInt64(offset / Self.bucketSize), (offset % Self.bucketSize - Self.cellsOffset) / 8)
  }

  /// Empties a slot, and closes the hole: a search ends at the first bucket with a free slot, so every stream that passed
  /// this bucket because it was full must be able to come back to it.
  @inlinable
  mutating func remove(_ bucket: UInt64, _ slot: Int) {
    forgetRecent()
    var hole = bucket
    var holeSlot = slot
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
          remove(bucket, slot)
          // What moved into this slot, if anything, has not been visited.
        } else {
          slot += 1
        }
      }
    }
  }
}
