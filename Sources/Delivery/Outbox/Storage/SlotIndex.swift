/// Finds the slot of an element by its hash: open addressing, at most half full, a word an entry.
///
/// An entry is the upper half of the element's hash and its slot. Elements are compared by the caller, and only where the
/// half hashes agree.
@safe
@usableFromInline
struct SlotIndex: ~Copyable {
  /// The half hash above, the slot plus one below; 0: empty.
  @usableFromInline var entries: UnsafeMutablePointer<UInt64>
  @usableFromInline var mask: UInt32
  @usableFromInline var count: UInt32 = 0

  @inlinable
  init() {
    mask = 15
    unsafe entries = Self.zeros(16)
  }

  @inlinable
  deinit { unsafe entries.deallocate() }

  @inlinable
  static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt64> {
    let entries = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
    unsafe entries.initialize(repeating: 0, count: count)
    return unsafe entries
  }

  @inlinable
  subscript(place: UInt32) -> UInt64 {
    @inline(__always) get { unsafe entries[Int(truncatingIfNeeded: place)] }
    @inline(__always) nonmutating set { unsafe entries[Int(truncatingIfNeeded: place)] = newValue }
  }

  /// The slot of the element with this hash that `matches`.
  @inlinable @inline(__always)
  func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
    let half = UInt32(truncatingIfNeeded: hash >> 32)
    var place = half & mask
    while true {
      let entry = self[place]
      if entry == 0 { return nil }
      let slot = UInt32(truncatingIfNeeded: entry) &- 1
      if UInt32(truncatingIfNeeded: entry >> 32) == half, matches(slot) { return slot }
      place = (place &+ 1) & mask
    }
  }

  /// Adds an element that is not in the index.
  @inlinable @inline(__always)
  mutating func insert(_ slot: UInt32, hash: UInt64) {
    if count > mask >> 1 { grow() }
    count &+= 1
    place((hash >> 32) << 32 | UInt64(slot &+ 1))
  }

  @inlinable @inline(__always)
  func place(_ entry: UInt64) {
    var place = UInt32(truncatingIfNeeded: entry >> 32) & mask
    while self[place] != 0 { place = (place &+ 1) & mask }
    self[place] = entry
  }

  /// Removes an element that is in the index.
  @inlinable @inline(__always)
  mutating func remove(_ slot: UInt32, hash: UInt64) {
    let entry = (hash >> 32) << 32 | UInt64(slot &+ 1)
    var hole = UInt32(truncatingIfNeeded: hash >> 32) & mask
    while self[hole] != entry { hole = (hole &+ 1) & mask }
    count &-= 1
    // What follows moves back into the hole, unless that lies before the place where its own search starts.
    var next = (hole &+ 1) & mask
    while self[next] != 0 {
      let home = UInt32(truncatingIfNeeded: self[next] >> 32) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        self[hole] = self[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    self[hole] = 0
  }

  @inlinable @inline(never)
  mutating func grow() {
    let (old, size) = unsafe (entries, Int(mask) + 1)
    unsafe entries = Self.zeros(size * 2)
    mask = mask &* 2 &+ 1
    for index in 0..<size where unsafe old[index] != 0 { place(unsafe old[index]) }
    unsafe old.deallocate()
  }
}
