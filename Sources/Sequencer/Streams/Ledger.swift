/// What a stream has skipped, highest ranges first to be kept, so that a late message is told from a repeated one.
///
/// The ranges ascend, lie above the floor and below the next number, and never touch. When there are more than the limit, the
/// lowest goes and its end becomes the floor: what lies at or below that is `.stale`.
@unsafe
@usableFromInline
struct Ledger {
  @usableFromInline var floor: UInt64 = 0
  @usableFromInline var ranges: UnsafeMutablePointer<SkippedRange>? = nil
  @usableFromInline var count: UInt32 = 0
  /// A power of two, or 0 while there is no range.
  @usableFromInline var capacity: UInt32 = 0

  @inlinable
  init() {}
}

@usableFromInline
struct SkippedRange {
  @usableFromInline var first: UInt64
  @usableFromInline var last: UInt64

  @inlinable
  init(_ first: UInt64, _ last: UInt64) {
    self.first = first
    self.last = last
  }
}

/// How many ranges may be kept, for one stream and for all of them, and how many are.
@usableFromInline
struct LedgerQuota {
  @usableFromInline let perStream: UInt32
  @usableFromInline let total: Int
  @usableFromInline var used = 0

  @usableFromInline
  init(perStream: Int, total: Int) {
    self.perStream = UInt32(perStream)
    self.total = total
  }

  /// Whether a stream that has `count` ranges may have one more. Over the common limit, it is the stream that would grow which
  /// gives way.
  @inlinable
  func hasRoom(beside count: UInt32) -> Bool { count < perStream && used < total }
}

extension Ledger {
  /// Adds what was skipped last: it lies above every range there is.
  @inlinable
  mutating func append(_ first: UInt64, _ last: UInt64, _ quota: inout LedgerQuota, _ sizes: inout SizeClasses) {
    if unsafe count > 0, unsafe ranges.unsafelyUnwrapped[Int(count) &- 1].last &+ 1 == first {
      unsafe ranges.unsafelyUnwrapped[Int(count) &- 1].last = last
    } else if unsafe quota.hasRoom(beside: count) {
      unsafe insert(SkippedRange(first, last), at: Int(count), &quota, &sizes)
    } else if unsafe count > 0 {
      unsafe dropLowest(&quota)
      unsafe insert(SkippedRange(first, last), at: Int(count), &quota, &sizes)
    } else {
      unsafe floor = last
    }
  }

  /// Takes `number` out, if it was skipped.
  ///
  /// - Returns: whether it was.
  @inlinable
  mutating func remove(_ number: UInt64, _ quota: inout LedgerQuota, _ sizes: inout SizeClasses) -> Bool {
    guard let index = unsafe index(of: number) else { return false }
    let range = unsafe ranges.unsafelyUnwrapped + index
    switch unsafe (range.pointee.first == number, range.pointee.last == number) {
    case (true, true):
      unsafe range.update(from: range + 1, count: Int(count) &- index &- 1)
      unsafe count &-= 1
      quota.used &-= 1
      unsafe shrink(&sizes)
    case (true, false):
      unsafe range.pointee.first = number &+ 1
    case (false, true):
      unsafe range.pointee.last = number &- 1
    case (false, false):
      unsafe split(range, index, at: number, &quota, &sizes)
    }
    return true
  }

  /// Takes a number out of the middle of a range. That makes one more; where there is no room for it, the lowest goes.
  @inlinable
  mutating func split(
    _ range: UnsafeMutablePointer<SkippedRange>, _ index: Int, at number: UInt64, _ quota: inout LedgerQuota,
    _ sizes: inout SizeClasses
  ) {
    let upper = unsafe SkippedRange(number &+ 1, range.pointee.last)
    unsafe range.pointee.last = number &- 1
    if unsafe quota.hasRoom(beside: count) {
      unsafe insert(upper, at: index &+ 1, &quota, &sizes)
    } else {
      unsafe dropLowest(&quota)
      unsafe insert(upper, at: index, &quota, &sizes)
    }
  }

  @inlinable
  mutating func clear(_ quota: inout LedgerQuota, _ sizes: inout SizeClasses) {
    unsafe quota.used &-= Int(count)
    unsafe floor = 0
    unsafe count = 0
    unsafe shrink(&sizes)
  }

  /// The range that holds `number`, by binary search.
  @inlinable
  func index(of number: UInt64) -> Int? {
    var low = 0
    var high = unsafe Int(count)
    while low < high {
      let middle = (low &+ high) / 2
      if unsafe ranges.unsafelyUnwrapped[middle].last < number { low = middle &+ 1 } else { high = middle }
    }
    return unsafe low < Int(count) && ranges.unsafelyUnwrapped[low].first <= number ? low : nil
  }

  @inlinable
  mutating func insert(
    _ range: SkippedRange, at index: Int, _ quota: inout LedgerQuota, _ sizes: inout SizeClasses
  ) {
    if unsafe count == capacity { unsafe resize(to: max(1, capacity &* 2), &sizes) }
    let place = unsafe ranges.unsafelyUnwrapped + index
    unsafe (place + 1).update(from: place, count: Int(count) &- index)
    unsafe place.initialize(to: range)
    unsafe count &+= 1
    quota.used &+= 1
  }

  /// Forgets the lowest range, of which there is one; its end becomes the floor.
  @inlinable
  mutating func dropLowest(_ quota: inout LedgerQuota) {
    let all = unsafe ranges.unsafelyUnwrapped
    unsafe floor = all[0].last
    unsafe all.update(from: all + 1, count: Int(count) &- 1)
    unsafe count &-= 1
    quota.used &-= 1
  }

  /// Gives back what is not needed: everything when there is no range, half when three quarters are free.
  @inlinable
  mutating func shrink(_ sizes: inout SizeClasses) {
    if unsafe capacity > 0 && count <= capacity / 4 { unsafe resize(to: count == 0 ? 0 : capacity / 2, &sizes) }
  }

  @inlinable @inline(never)
  mutating func resize(to newCapacity: UInt32, _ sizes: inout SizeClasses) {
    let old = unsafe ranges
    let oldCapacity = unsafe Int(capacity)
    let stride = MemoryLayout<SkippedRange>.stride
    unsafe ranges = nil
    unsafe capacity = newCapacity
    if newCapacity > 0 {
      let block = unsafe sizes.allocate(bytes: Int(newCapacity) &* stride)
      unsafe ranges = block.bindMemory(to: SkippedRange.self, capacity: Int(newCapacity))
    }
    if let old = unsafe old {
      if let ranges = unsafe ranges { unsafe ranges.initialize(from: old, count: Int(count)) }
      unsafe sizes.release(UnsafeMutableRawPointer(old), bytes: oldCapacity &* stride)
    }
  }
}
