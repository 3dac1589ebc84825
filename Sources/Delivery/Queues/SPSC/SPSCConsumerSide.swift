/// What a consumer does, over any kind of word. ``SPSCConsumer`` is this over the hardware's.
@safe
@usableFromInline
package struct SPSCConsumerSide<Word: AtomicWord & ~Copyable, Element: ~Copyable>: ~Copyable {
  @usableFromInline let ring: BlockRing<Word, Element>
  @usableFromInline var cursor: BlockCursor<Word, Element>

  @inlinable
  package init(of ring: BlockRing<Word, Element>) {
    precondition(ring.status.take(.consumer), "the queue's consumer is taken")
    self.ring = ring
    cursor = BlockCursor(at: ring.head, in: ring)
  }

  @inlinable
  deinit { ring.status.giveBack(.consumer) }

  @inlinable @inline(__always)
  package mutating func pop() -> Element? {
    if cursor.index == cursor.known, !findElement() { return nil }
    let element = cursor.take()
    cursor.release(in: ring)
    return element
  }

  @inlinable @inline(__always)
  package mutating func drain<Failure: Error>(
    limit: Int, _ body: (consuming Element) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    var taken = 0
    while taken < limit {
      if cursor.index == cursor.known, !findElement() { break }
      let ready = cursor.known &- cursor.index
      let left = limit &- taken
      // A whole block is the usual case, and a loop of a number of turns that the compiler knows is twice as fast.
      if ready == BlockRing<Word, Element>.slots, left >= ready {
        try takeRun(BlockRing<Word, Element>.slots, body)
        taken &+= BlockRing<Word, Element>.slots
      } else {
        let run = min(ready, left)
        try takeRun(run, body)
        taken &+= run
      }
    }
    return taken
  }

  @inlinable @inline(__always)
  mutating func takeRun<Failure: Error>(
    _ count: Int, _ body: (consuming Element) throws(Failure) -> Void
  ) throws(Failure) {
    defer { cursor.release(in: ring) }
    var next = 0
    while next < count {
      next &+= 1
      try body(cursor.take())
    }
  }

  /// Whether nothing is left and nothing can come.
  @inlinable
  package var isFinished: Bool {
    // In this order: what was published before the queue was settled is seen.
    guard ring.status.isSettled, cursor.index == cursor.known else { return false }
    var ahead = cursor
    ahead.leaveFinishedBlock(of: ring)
    return !ahead.learn(ahead.published, in: ring)
  }

  /// Looks for an element that may be taken. In a block that was published whole, that is all of them, with one load.
  @inlinable @inline(__always)
  mutating func findElement() -> Bool {
    cursor.leaveFinishedBlock(of: ring)
    return cursor.learn(cursor.published, in: ring)
  }
}
