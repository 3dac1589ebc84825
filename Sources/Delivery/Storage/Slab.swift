/// Elements at slots that stay theirs until they are released. Slots are handed out again, the last one first, because it
/// is the one most likely still in the cache; memory only grows, so that steady traffic allocates nothing.
///
/// A slot is our own word, never a peer's: it is not checked.
@safe
@usableFromInline
struct Slab<Element>: ~Copyable {
  @usableFromInline var elements: UnsafeMutablePointer<Element>
  @usableFromInline var free: UnsafeMutablePointer<UInt32>
  @usableFromInline var capacity = 0
  @usableFromInline var freeCount = 0
  /// Slots handed out at least once. They stay initialised, whatever becomes of them.
  @usableFromInline var used = 0

  @inlinable
  init() {
    unsafe elements = .allocate(capacity: 0)
    unsafe free = .allocate(capacity: 0)
  }

  @inlinable
  deinit {
    unsafe elements.deinitialize(count: used)
    unsafe elements.deallocate()
    unsafe free.deallocate()
  }

  /// Elements that are not released.
  @inlinable var count: Int { used &- freeCount }

  @inlinable
  subscript(slot: UInt32) -> Element {
    @inline(__always) unsafeAddress {
      unsafe UnsafePointer(elements + Int(truncatingIfNeeded: slot))
    }
    @inline(__always) unsafeMutableAddress {
      unsafe elements + Int(truncatingIfNeeded: slot)
    }
  }

  @inlinable @inline(__always)
  mutating func insert(_ element: consuming Element) -> UInt32 {
    if freeCount > 0 {
      freeCount &-= 1
      let slot = unsafe free[freeCount]
      unsafe elements[Int(truncatingIfNeeded: slot)] = element
      return slot
    }
    if used == capacity { grow() }
    unsafe (elements + used).initialize(to: element)
    used &+= 1
    return UInt32(truncatingIfNeeded: used &- 1)
  }

  /// Gives the slot back. What it holds is destroyed when the slot is used again, or with the slab.
  @inlinable @inline(__always)
  mutating func release(_ slot: UInt32) {
    unsafe free[freeCount] = slot
    freeCount &+= 1
  }

  @inlinable @inline(never)
  mutating func grow() {
    // Eight to begin with: an outbox for one conversation stays small.
    capacity = max(8, capacity * 2)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    unsafe larger.moveInitialize(from: elements, count: used)
    unsafe elements.deallocate()
    unsafe elements = larger
    // Called when no slot is free, so there is nothing to be kept.
    unsafe free.deallocate()
    unsafe free = .allocate(capacity: capacity)
  }
}
