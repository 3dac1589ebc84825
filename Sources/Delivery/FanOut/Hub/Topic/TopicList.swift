/// A topic's place in the list of one loop.
@unsafe
@usableFromInline
package struct TopicMark<Element: Sendable, Word: AtomicWord & ~Copyable> {
  /// The mark behind it, as an address. Whoever made the topic dirty writes it; the loop reads it before it clears that.
  @usableFromInline package var next: UInt64 = 0
  /// The topic, retained while the mark is in the list.
  @usableFromInline package var topic: Unmanaged<TopicCore<Element, Word>>?
  /// Where the loop keeps its part of the topic, or `UInt32.max`. The loop's own.
  @usableFromInline package var local: UInt32 = .max

  @inlinable
  package init() { unsafe topic = nil }
}

/// The topics of which a loop has been told that there is news: many publishers push, the loop takes all at once.
///
/// A topic is pushed only by the publisher that turned it from clean to dirty, so it stands in a list once at most, its mark
/// has room for the link, and the list is never full.
@unsafe
@usableFromInline
package struct TopicList<Element: Sendable, Word: AtomicWord & ~Copyable> {
  @usableFromInline package typealias Mark = TopicMark<Element, Word>

  @usableFromInline let word: UnsafeMutablePointer<Word>

  @inlinable
  package init(_ word: UnsafeMutablePointer<Word>) { unsafe self.word = word }

  /// Adds a topic that the caller has just turned from clean to dirty.
  @inlinable
  package func push(_ topic: TopicCore<Element, Word>, loop: Int) {
    let mark = unsafe topic.marks + loop
    unsafe Word.willWrite(mark)
    unsafe mark.pointee.topic = Unmanaged.passRetained(topic)
    unsafe word.pointee.push(UInt64(UInt(bitPattern: mark))) { unsafe mark.pointee.next = $0 }
  }

  /// Takes all that is in the list: the first mark, in the order in which they came.
  @inlinable
  package func takeAll() -> UnsafeMutablePointer<Mark>? {
    var mark = unsafe Self.mark(at: word.pointee.exchange(0))
    var behind: UInt64 = 0
    var first: UnsafeMutablePointer<Mark>?
    unsafe first = nil
    while let current = unsafe mark {
      unsafe Word.willWrite(current)
      let next = unsafe current.pointee.next
      unsafe current.pointee.next = behind
      behind = UInt64(UInt(bitPattern: current))
      unsafe first = current
      unsafe mark = Self.mark(at: next)
    }
    return unsafe first
  }

  @inlinable
  package static func mark(at address: UInt64) -> UnsafeMutablePointer<Mark>? {
    unsafe UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: address))
  }
}
