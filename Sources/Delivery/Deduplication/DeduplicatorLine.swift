/// A key that is known: in one of the two lines, or free.
@usableFromInline
struct DeduplicatorSlot<Key: Hashable, Result> {
  /// `nil` while the slot is free.
  @usableFromInline var key: Key?
  @usableFromInline var result: Result?
  /// The number of the lease that the key was given last.
  @usableFromInline var lease: UInt64
  /// In nanoseconds; above the last instant: never.
  @usableFromInline var expiry: UInt64
  @usableFromInline var previous: Int32 = -1
  @usableFromInline var next: Int32 = -1

  @inlinable
  init(key: Key?, lease: UInt64, expiry: UInt64) {
    self.key = key
    self.lease = lease
    self.expiry = expiry
  }
}

/// A list through the slots. All that joins it waits equally long, so that its first is the first to expire.
@usableFromInline
struct DeduplicatorLine {
  @usableFromInline var first: Int32 = -1
  @usableFromInline var last: Int32 = -1

  @inlinable
  init() {}

  /// `UInt64.max` if the line is empty.
  @inlinable
  func firstExpiry<Key, Result>(in slots: [DeduplicatorSlot<Key, Result>]) -> UInt64 {
    first < 0 ? .max : slots[Int(first)].expiry
  }

  @inlinable
  mutating func append<Key, Result>(_ place: Int32, _ slots: inout [DeduplicatorSlot<Key, Result>]) {
    slots[Int(place)].previous = last
    slots[Int(place)].next = -1
    if last >= 0 { slots[Int(last)].next = place } else { first = place }
    last = place
  }

  @inlinable
  mutating func remove<Key, Result>(_ place: Int32, _ slots: inout [DeduplicatorSlot<Key, Result>]) {
    let (previous, next) = (slots[Int(place)].previous, slots[Int(place)].next)
    if previous >= 0 { slots[Int(previous)].next = next } else { first = next }
    if next >= 0 { slots[Int(next)].previous = previous } else { last = previous }
  }

  /// Takes out the first, which there is.
  @inlinable
  mutating func removeFirst<Key, Result>(_ slots: inout [DeduplicatorSlot<Key, Result>]) -> Int32 {
    let place = first
    remove(place, &slots)
    return place
  }
}
