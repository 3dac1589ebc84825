/// What a reader has copied out of a ring: consecutive messages, which its subscribers borrow.
///
/// One copy, and so one retain of each message, serves all subscribers of a thread that have come equally far. The writer is
/// not held up by it: a claim stands only while the copy is made.
@safe
@usableFromInline
package struct ReadingWindow<Element>: ~Copyable {
  /// Messages a window holds. Enough for a copy to cost nothing a message, and few enough to be over before anybody waits.
  @inlinable package static var limit: Int { 64 }

  /// The position of the first message.
  @usableFromInline package var first: UInt64 = 0
  @usableFromInline package var count = 0
  @usableFromInline let memory: Memory
  /// The memory's, at hand.
  @usableFromInline let base: UnsafeMutablePointer<Element>

  /// A class, because a generic noncopyable type with plain fields is not torn down in debug builds of Swift 6.3.
  @safe
  @usableFromInline
  final class Memory {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    init() { unsafe base = .allocate(capacity: ReadingWindow.limit) }
    deinit { unsafe base.deallocate() }
  }

  package init() {
    memory = Memory()
    unsafe base = memory.base
  }

  @inlinable
  deinit { unsafe base.deinitialize(count: count) }

  @inlinable
  package mutating func removeAll() {
    // The end of a message may run anybody's code, which finds the window empty.
    let leaving = count
    count = 0
    unsafe base.deinitialize(count: leaving)
  }

  @inlinable
  mutating func append(_ element: consuming Element) {
    unsafe (base + count).initialize(to: element)
    count &+= 1
  }

  /// The position after the last message.
  @inlinable
  package var end: UInt64 { first &+ UInt64(truncatingIfNeeded: count) }

  @inlinable
  package func contains(_ position: UInt64) -> Bool { position &- first < UInt64(truncatingIfNeeded: count) }

  /// The messages from `position` on, which the window contains. They are borrowed as long as the window is not changed.
  @unsafe
  @inlinable
  package func messages(from position: UInt64, limit: Int) -> UnsafeBufferPointer<Element> {
    let offset = Int(truncatingIfNeeded: position &- first)
    return unsafe UnsafeBufferPointer(start: base + offset, count: min(count &- offset, limit))
  }

  /// The messages from `position` on, which the window contains, below `end`, which it reaches.
  @unsafe
  @inlinable
  package func messages(from position: UInt64, below end: UInt64) -> UnsafeBufferPointer<Element> {
    let start = unsafe base + Int(truncatingIfNeeded: position &- first)
    return unsafe UnsafeBufferPointer(start: start, count: Int(truncatingIfNeeded: end &- position))
  }
}
