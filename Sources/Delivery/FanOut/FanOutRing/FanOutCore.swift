public import Sequencer

/// What the publisher and the readers of a ``FanOutRing`` share.
@safe
@usableFromInline
package final class FanOutCore<Element: Sendable, Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  /// The only tenant that the ring ever has.
  @inlinable static var tenant: UInt64 { 1 }
  /// The bit of the head that says that the ring is closed. Numbers do not reach it.
  @inlinable static var closed: UInt64 { 1 << 63 }

  @usableFromInline package let ring: MessageRing<Element, Word>
  /// How far messages have been published: stored by the publisher alone, after their slots.
  @usableFromInline let heads: WordLines<Word>
  /// Which ends are taken: the publisher's, and behind it those of the readers.
  @usableFromInline let ends: WordLines<Word>
  @usableFromInline package let epoch: UInt32
  /// Tasks that have read all there is.
  package let waiters = WaitList<Word>()

  package init(capacity: Int, readers: Int, epoch: UInt32, after head: UInt64) {
    ring = MessageRing(capacity: capacity, readers: readers)
    ring.lease(to: Self.tenant, at: head &+ 1)
    unsafe heads = WordLines(count: 1, head, .head)
    unsafe ends = WordLines(count: 1 + readers, 0, .end)
    self.epoch = epoch
  }

  deinit {
    unsafe heads.deallocate()
    unsafe ends.deallocate()
  }

  @inlinable @inline(__always)
  func withHead<Result>(_ body: (borrowing Word) -> Result) -> Result { unsafe body(heads[0].pointee) }

  /// The last number published or skipped.
  @inlinable
  package var head: UInt64 { withHead { $0.loadAcquiring() } & ~Self.closed }

  @inlinable
  package var isClosed: Bool { withHead { $0.loadAcquiring() } >= Self.closed }
}

// MARK: - Ends

extension FanOutCore where Word: ~Copyable {
  private func take(_ end: Int) -> Bool {
    // An exchange always reads the newest value. A comparison that fails may have read an older one.
    unsafe ends[end].pointee.exchange(1) == 0
  }

  @usableFromInline
  func giveBack(_ end: Int) {
    _ = unsafe ends[end].pointee.exchange(0)
  }

  /// The publisher's end, or nil while somebody has it.
  package func takeWriter() -> RingWriter<Element, Word>? {
    take(0) ? RingWriter(self) : nil
  }

  /// An end of a reader, or nil while all are taken.
  package func takeReader() -> RingReader<Element, Word>? {
    for reader in 0..<ring.readers where take(1 + reader) { return RingReader(self, reader) }
    return nil
  }
}

// MARK: - Subscribing

extension FanOutCore where Word: ~Copyable {
  @usableFromInline
  package func subscribe(from token: Position?) -> (FanOutSubscription, FanOutStart) {
    // The floor first: the head that is loaded after it is not below it, but for a batch or skip that is under way.
    let floor = ring.floor(tenant: Self.tenant) ?? 0
    return FanOutSubscription.starting(after: token, at: Position(epoch: epoch, number: head), floor: floor)
  }
}
