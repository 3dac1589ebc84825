/// What a ``Doorbell`` does, over any kind of word.
///
/// The numbers are such that parking is one addition: what was notified becomes idle, and what was idle becomes parked.
@safe
@usableFromInline
package struct DoorbellWord<Word: AtomicWord & ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let memory: UnsafeMutableRawPointer

  @inlinable static var notified: UInt64 { .max }
  @inlinable static var idle: UInt64 { 0 }
  @inlinable static var parked: UInt64 { 1 }

  @inlinable
  package init() {
    // A pair of lines of its own: producers on all cores write to it.
    unsafe memory = .allocate(byteCount: 128, alignment: 128)
    unsafe memory.initializeMemory(as: Word.self, to: Word(Self.idle, .doorbell))
  }

  @inlinable
  deinit {
    unsafe memory.assumingMemoryBound(to: Word.self).deinitialize(count: 1)
    unsafe memory.deallocate()
  }

  @inlinable @inline(__always)
  var word: UnsafeMutablePointer<Word> { unsafe memory.assumingMemoryBound(to: Word.self) }

  @inlinable @inline(__always)
  package borrowing func notify() -> Bool { unsafe word.pointee.exchange(Self.notified) == Self.parked }

  @inlinable
  package borrowing func park() -> Bool {
    let before = unsafe word.pointee.add(1)
    precondition(before == Self.idle || before == Self.notified, "the consumer is parked already")
    return before == Self.idle
  }

  @inlinable
  package borrowing func unpark() -> Bool {
    let before = unsafe word.pointee.exchange(Self.idle)
    precondition(before != Self.idle, "the consumer is not parked")
    return before == Self.notified
  }
}
