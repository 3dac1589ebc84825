/// Words that threads share, each with 128 bytes to itself: processors fetch cache lines in pairs, and threads that write to
/// neighbouring words would take the lines from each other all the time.
///
/// It does not own its memory: a generic noncopyable type with plain fields is not torn down in debug builds of Swift 6.3,
/// so the class that has the words frees them.
@unsafe
@usableFromInline
package struct WordLines<Word: AtomicWord & ~Copyable> {
  @inlinable static var stride: Int { 128 }

  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline package let count: Int

  package init(count: Int, _ value: UInt64, _ role: WordRole) { unsafe self.init(count: count, value) { _ in role } }

  package init(count: Int, _ value: UInt64, role: (Int) -> WordRole) {
    unsafe base = .allocate(byteCount: count * Self.stride, alignment: Self.stride)
    unsafe self.count = count
    for index in 0..<count {
      unsafe (base + index * Self.stride).initializeMemory(as: Word.self, to: Word(value, role(index)))
    }
  }

  package func deallocate() {
    let count = unsafe count
    for index in 0..<count { unsafe self[index].deinitialize(count: 1) }
    unsafe base.deallocate()
  }

  @inlinable
  package subscript(_ index: Int) -> UnsafeMutablePointer<Word> {
    unsafe (base + index &* Self.stride).assumingMemoryBound(to: Word.self)
  }
}
