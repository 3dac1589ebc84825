/// What a producer does, over any kind of word. ``SPSCProducer`` is this over the hardware's.
@safe
@usableFromInline
package struct SPSCProducerSide<Word: AtomicWord & ~Copyable, Element: ~Copyable>: ~Copyable {
  @usableFromInline let ring: BlockRing<Word, Element>
  @usableFromInline let status: QueueStatus<Word>
  @usableFromInline var cursor: BlockCursor<Word, Element>

  @inlinable
  package init(of ring: BlockRing<Word, Element>) {
    precondition(ring.status.take(.producer), "the queue's producer is taken")
    self.ring = ring
    status = ring.status
    cursor = BlockCursor(at: ring.tail, in: ring)
  }

  @inlinable
  deinit { status.giveBack(.producer) }

  @inlinable @inline(__always)
  package mutating func push(_ element: consuming Element) -> PushOutcome<Element> {
    if status.isClosed { return refuse(element) }
    if cursor.index == cursor.known, !findRoom() { return .full(element) }
    cursor.put(element)
    cursor.publish()
    return .pushed
  }

  @inlinable @inline(__always)
  package mutating func push(upTo count: Int, _ make: (Int) -> Element) -> Int {
    if status.isClosed {
      status.settle()
      return 0
    }
    var made = 0
    while made < count {
      if cursor.index == cursor.known, !findRoom() { break }
      let room = cursor.known &- cursor.index
      let left = count &- made
      // A whole block is the usual case, and a loop of a number of turns that the compiler knows is twice as fast.
      if room == BlockRing<Word, Element>.slots, left >= room {
        putRun(BlockRing<Word, Element>.slots, from: made, make)
        made &+= BlockRing<Word, Element>.slots
      } else {
        let run = min(room, left)
        putRun(run, from: made, make)
        made &+= run
      }
    }
    return made
  }

  @inlinable @inline(__always)
  mutating func putRun(_ count: Int, from first: Int, _ make: (Int) -> Element) {
    var next = 0
    while next < count {
      cursor.put(make(first &+ next))
      next &+= 1
    }
    cursor.publish()
  }

  /// Looks for a slot that may be written. In a block that was given back whole, that is all of them, with one load.
  @inlinable @inline(__always)
  mutating func findRoom() -> Bool {
    cursor.leaveFinishedBlock(of: ring)
    return cursor.learn(cursor.writable, in: ring)
  }

  @inlinable @inline(never)
  func refuse(_ element: consuming Element) -> PushOutcome<Element> {
    status.settle()
    return .closed(element)
  }
}
