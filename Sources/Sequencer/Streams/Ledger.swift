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

  @inlinable
  func isExceeded(by count: UInt32) -> Bool { count > perStream || used > total }
}

extension Ledger {
  /// Adds what was skipped last: it lies above every range there is.
  @inlinable
  mutating func append(_ first: UInt64, _ last: UInt64, _ quota: inout LedgerQuota, _ sizes: inout SizeClasses) {
    if unsafe count > 0, unsafe ranges.unsafelyUnwrapped[Int(count) &- 1].last &+ 1 == first {
      unsafe ranges.unsafelyUnwrapped[Int(count) &- 1].last = last
      return
    }
    unsafe insert(SkippedRange(first, last), at: Int(count), &quota, &sizes)
    unsafe trim(&quota, &sizes)
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
      if unsafe count == 0 { unsafe releaseRanges(&sizes) }
    case (true, false):
      unsafe range.pointee.first = number &+ 1
    case (false, true):
      unsafe range.pointee.last = number &- 1
    case (false, false):
      let upper = unsafe SkippedRange(number &+ 1, range.pointee.last)
      unsafe range.pointee.last = number &- 1
      unsafe insert(upper, at: index &+ 1, &quota, &sizes)
      unsafe trim(&quota, &sizes)
    }
    return true
  }

  @inlinable
  mutating func clear(_ quota: inout LedgerQuota, _ sizes: inout SizeClasses) {
    unsafe quota.used &-= Int(count)
    unsafe releaseRanges(&sizes)
    unsafe floor = 0
    unsafe count = 0
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
    if unsafe count == capacity { unsafe grow(&sizes) }
    let place = unsafe ranges.unsafelyUnwrapped + index
    unsafe (place + 1).update(from: place, count: Int(count) &- index)
    unsafe place.initialize(to: range)
    unsafe count &+= 1
    quota.used &+= 1
  }

  /// Drops the lowest ranges until the limits hold. Over the common limit, it is the stream that grew which gives way.
  @inlinable
  mutating func trim(_ quota: inout LedgerQuota, _ sizes: inout SizeClasses) {
    while unsafe count > 0, unsafe quota.isExceeded(by: count) {
      let all = unsafe ranges.unsafelyUnwrapped
      unsafe floor = all[0].last
      unsafe all.update(from: all + 1, count: Int(count) &- 1)
      unsafe count &-= 1
      quota.used &-= 1
    }
    if unsafe count == 0 { unsafe releaseRanges(&sizes) }
  }

  @inlinable @inline(never)
  mutating func grow(_ sizes: inout SizeClasses) {
    let old = unsafe ranges
    let oldCapacity = unsafe Int(capacity)
    let new = max(1, oldCapacity * 2)
    let stride = MemoryLayout<SkippedRange>.stride
    unsafe ranges = sizes.allocate(bytes: new * stride).bindMemory(to: SkippedRange.self, capacity: new)
    if let old = unsafe old {
      unsafe ranges.unsafelyUnwrapped.initialize(from: old, count: Int(count))
      unsafe sizes.release(UnsafeMutableRawPointer(old), bytes: oldCapacity * stride)
    }
    unsafe capacity = UInt32(new)
  }

  @inlinable
  mutating func releaseRanges(_ sizes: inout SizeClasses) {
    guard let old = unsafe ranges else { return }
    unsafe sizes.release(UnsafeMutableRawPointer(old), bytes: Int(capacity) &* MemoryLayout<SkippedRange>.stride)
    unsafe ranges = nil
    unsafe capacity = 0
  }
}
