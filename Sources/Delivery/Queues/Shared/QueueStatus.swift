/// Who holds the ends of a queue and whether it is closed, in one word, so that the two cannot be seen to disagree.
///
/// A queue is *settled* when nothing can be pushed any more. Closing alone does not say so: where pushing is a plain store, a
/// push that has just found the queue open may still come. So the producer itself settles the queue: when it closes it,
/// when it finds it closed, and when it goes away. Where there is none, closing settles at once.
@safe
@usableFromInline
package struct QueueStatus<Word: AtomicWord & ~Copyable> {
  @usableFromInline let word: UnsafeMutablePointer<Word>

  /// An end that only one at a time may hold.
  @usableFromInline
  package enum End: UInt64, Sendable { case producer = 1, consumer = 2 }

  @inlinable static var closed: UInt64 { 4 }
  @inlinable static var settled: UInt64 { 8 }

  @inlinable
  init(_ word: UnsafeMutablePointer<Word>) {
    unsafe self.word = unsafe word
  }

  /// Takes an end, with all that the one who had it did before.
  ///
  /// - Returns: whether it was free.
  @inlinable
  package func take(_ end: End) -> Bool {
    let before = unsafe word.pointee.or(end.rawValue)
    if before & end.rawValue != 0 { return false }
    if end == .producer, before & Self.closed != 0 { settle() }
    return true
  }

  @inlinable
  package func giveBack(_ end: End) {
    let before = unsafe word.pointee.and(~end.rawValue)
    if end == .producer, before & Self.closed != 0 { settle() }
  }

  @inlinable
  package func close() {
    let before = unsafe word.pointee.or(Self.closed)
    if before & End.producer.rawValue == 0 { settle() }
  }

  @inlinable
  package func settle() {
    _ = unsafe word.pointee.or(Self.closed | Self.settled)
  }

  /// Whether nothing should be pushed any more. Relaxed: it guards nothing, and whoever learned of the closing sees it.
  @inlinable @inline(__always)
  package var isClosed: Bool { unsafe word.pointee.loadRelaxed() & Self.closed != 0 }

  /// Whether nothing can be pushed any more. What was pushed before is then visible.
  @inlinable
  package var isSettled: Bool { unsafe word.pointee.loadAcquiring() & Self.settled != 0 }
}
