internal import Sequencer

/// The publisher's end of a ring, over any word. What it needs for every message lies in its own fields.
@safe
@usableFromInline
package struct RingWriter<Element: Sendable, Word: AtomicWord & ~Copyable>: ~Copyable {
  @usableFromInline let core: FanOutCore<Element, Word>
  @usableFromInline let heads: WordLines<Word>
  @usableFromInline let slots: UnsafeMutablePointer<Element?>
  /// The last number published or skipped.
  @usableFromInline package var head: UInt64
  /// Positions below it may be written without looking at anything. 0 once the ring is closed.
  @usableFromInline var limit: UInt64

  init(_ core: FanOutCore<Element, Word>) {
    self.core = core
    unsafe heads = core.heads
    unsafe slots = core.ring.slots!
    head = core.head
    limit = 0
    limit = core.isClosed ? 0 : min(core.ring.limit, Self.end)
  }

  @inlinable
  deinit { core.giveBack(0) }

  /// The number after the last that a message may have.
  @inlinable static var end: UInt64 { 1 << 53 }

  @inlinable
  package var isClosed: Bool { core.isClosed }

  // MARK: Publishing

  @inlinable
  package mutating func publish(_ element: consuming Element) -> PublishOutcome<Element> {
    let position = head &+ 1
    guard position < limit || mayWrite(at: position) else { return refusal(of: element) }
    let overwritten = unsafe core.ring.replace(at: position, of: slots, with: element)
    advance(to: position)
    // Its end may run anybody's code: the new message is there already.
    _ = consume overwritten
    return .published(position)
  }

  @inlinable
  package mutating func publish(contentsOf elements: Span<Element>) -> Int {
    var position = head
    for index in elements.indices {
      guard position &+ 1 < limit || mayWrite(at: position &+ 1) else { break }
      position &+= 1
      _ = unsafe core.ring.replace(at: position, of: slots, with: elements[index])
    }
    let published = Int(truncatingIfNeeded: position &- head)
    if published > 0 { advance(to: position) }
    return published
  }

  @inlinable @inline(__always)
  mutating func advance(to position: UInt64) {
    head = position
    unsafe heads[0].pointee.storeReleasing(position)
  }

  @inline(never)
  @inlinable
  mutating func mayWrite(at position: UInt64) -> Bool {
    guard position < Self.end, !isClosed, core.ring.mayWrite(at: position) else { return false }
    limit = min(core.ring.limit, Self.end)
    return true
  }

  @inline(never)
  @inlinable
  func refusal(of element: consuming Element) -> PublishOutcome<Element> {
    if isClosed { return .closed(element) }
    return head &+ 1 < Self.end ? .busy(element) : .exhausted(element)
  }

  // MARK: What is not a message

  /// Marks the numbers up to `number` as ones that will not come.
  package mutating func skip(through number: UInt64) -> SkipOutcome {
    if isClosed { return .closed }
    guard number > head else { return .behind }
    let reached = core.ring.skip(from: head &+ 1, below: number &+ 1) &- 1
    if reached > head { advance(to: reached) }
    limit = min(core.ring.limit, Self.end)
    return reached == number ? .skipped : .busy
  }

  /// Drops all messages. Returns false if a reader is in the middle of copying: no subscriber finds them any more, but what
  /// they hold is only let go by the next call.
  package mutating func clear() -> Bool {
    let isDone = core.ring.clear(below: head &+ 1)
    if !isClosed { limit = min(core.ring.limit, Self.end) }
    return isDone
  }

  package mutating func close() {
    limit = 0
    core.withHead { $0.storeReleasing(head | FanOutCore<Element, Word>.closed) }
  }
}
