/// The rows, side by side in memory of their own: an array would ask at every receipt whether it is the only owner.
@safe
@usableFromInline
struct MemberRows: ~Copyable {
  @usableFromInline private(set) var base: UnsafeMutablePointer<MemberRow>
  @usableFromInline private(set) var count = 0
  @usableFromInline private(set) var capacity = 2

  @usableFromInline
  init() {
    unsafe base = .allocate(capacity: 2)
  }

  @inlinable
  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  @inlinable
  subscript(row: Int) -> MemberRow {
    @inline(__always)
    unsafeAddress {
      assert(row >= 0 && row < count)
      return unsafe UnsafePointer(base + row)
    }
    @inline(__always)
    unsafeMutableAddress {
      assert(row >= 0 && row < count)
      return unsafe base + row
    }
  }

  @usableFromInline
  mutating func append(_ row: consuming MemberRow) {
    if count == capacity { move(toCapacity: capacity * 2) }
    unsafe (base + count).initialize(to: row)
    count += 1
  }

  @usableFromInline
  mutating func swapAt(_ first: Int, _ second: Int) {
    precondition(first < count && second < count)
    if first != second { unsafe swap(&base[first], &base[second]) }
  }

  @usableFromInline
  mutating func removeLast(_ removed: Int) {
    precondition(removed <= count)
    count -= removed
    unsafe (base + count).deinitialize(count: removed)
    let needed = max(2, count)
    if needed <= capacity / 4 { move(toCapacity: needed * 2) }
  }

  private mutating func move(toCapacity newCapacity: Int) {
    let new = UnsafeMutablePointer<MemberRow>.allocate(capacity: newCapacity)
    unsafe new.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = new
    capacity = newCapacity
  }
}
