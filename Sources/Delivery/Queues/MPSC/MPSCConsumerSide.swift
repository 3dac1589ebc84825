/// What the consumer does, over any kind of word. ``MPSCConsumer`` is this over the hardware's.
@safe
@usableFromInline
package struct MPSCConsumerSide<Word: AtomicWord & ~Copyable, Element: ~Copyable>: ~Copyable {
  @usableFromInline let ring: TicketRing<Word, Element>
  /// The next element's position.
  @usableFromInline var position: UInt64
  /// The end of the run that it is in: up to here all is published.
  @usableFromInline var ready: UInt64

  @inlinable
  package init(of ring: TicketRing<Word, Element>) {
    precondition(unsafe QueueStatus(ring.end).take(.consumer), "the queue's consumer is taken")
    self.ring = ring
    position = unsafe ring.head.pointee.loadAcquiring()
    ready = position
  }

  @inlinable
  deinit {
    // Only a run's first slot tells how long it is: what is left of it needs a first slot, too.
    if position != ready { ring.publish(position, through: ready) }
    unsafe QueueStatus(ring.end).giveBack(.consumer)
  }

  @inlinable @inline(__always)
  package mutating func pop() -> Element? {
    if position == ready, !findRun() { return nil }
    let element = ring.take(at: position)
    position &+= 1
    giveBack()
    return element
  }

  @inlinable @inline(__always)
  package mutating func drain<Failure: Error>(
    limit: Int, _ body: (consuming Element) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    var taken = 0
    while taken < limit {
      let some = try takeSome(min(limit &- taken, Self.atOnce), body)
      if some == 0 { break }
      taken &+= some
    }
    return taken
  }

  /// Elements after which `drain` gives their room back: enough to make the store cheap, few enough that producers can
  /// go on while the rest is looked at.
  @inlinable static var atOnce: Int { 64 }

  @inlinable @inline(__always)
  mutating func takeSome<Failure: Error>(
    _ limit: Int, _ body: (consuming Element) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let first = position
    let end = position &+ UInt64(truncatingIfNeeded: limit)
    defer { if position != first { giveBack() } }
    while position != end {
      if position == ready, !findRun() { break }
      let stop = position &+ min(ready &- position, end &- position)
      while position != stop {
        position &+= 1
        try body(ring.take(at: position &- 1))
      }
    }
    return Int(truncatingIfNeeded: position &- first)
  }

  /// Whether nothing is left, nothing is being pushed and nothing can be.
  @inlinable
  package var isFinished: Bool {
    unsafe ring.tail.pointee.loadAcquiring() &- position == TicketRing<Word, Element>.closed
  }

  @inlinable @inline(__always)
  mutating func findRun() -> Bool {
    let end = unsafe ring.word(of: position).pointee.loadAcquiring()
    // No more than the position: it is of an earlier lap.
    if Int64(bitPattern: end &- position) <= 0 { return false }
    ready = end
    return true
  }

  @inlinable @inline(__always)
  func giveBack() { unsafe ring.head.pointee.storeReleasing(position) }
}
