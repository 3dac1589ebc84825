// What producers do, any number of them at a time.
extension TicketRing where Word: ~Copyable, Element: ~Copyable {
  @inlinable @inline(__always)
  package func push(_ element: consuming Element) -> PushOutcome<Element> {
    switch claim(1) {
    case .claimed(let position, _):
      put(element, at: position)
      publish(position, through: position &+ 1)
      return .pushed
    case .full: return .full(element)
    case .closed: return .closed(element)
    }
  }

  @inlinable @inline(__always)
  package func push(upTo count: Int, _ make: (Int) -> Element) -> Int {
    guard count > 0, case .claimed(let position, let claimed) = claim(UInt64(count)) else { return 0 }
    var index: UInt64 = 0
    while index < claimed {
      put(make(Int(truncatingIfNeeded: index)), at: position &+ index)
      index &+= 1
    }
    publish(position, through: position &+ claimed)
    return Int(truncatingIfNeeded: claimed)
  }

  @usableFromInline
  package enum Claim {
    case claimed(UInt64, UInt64)
    case full, closed
  }

  /// Claims up to `count` positions in a row.
  ///
  /// A failed exchange means that another producer's succeeded, so there is always one that gets on.
  @inlinable @inline(__always)
  func claim(_ count: UInt64) -> Claim {
    var position = unsafe tail.pointee.loadRelaxed()
    while true {
      var room = unsafe Int64(bitPattern: limit.pointee.loadAcquiring() &- position)
      // The limit may have been stored by somebody who was asleep meanwhile. Old as it is, it is never beyond the room that
      // there is; but a closed queue's tail lies half the circle ahead of it, from where it looks like any amount.
      if room < Int64(bitPattern: count) || room > Int64(bitPattern: capacity) {
        switch look(from: position) {
        case .room(let found): room = found
        case .full: return .full
        case .closed: return .closed
        case .overtaken:
          position = unsafe tail.pointee.loadRelaxed()
          continue
        }
      }
      let claimed = min(count, UInt64(bitPattern: room))
      let before = unsafe tail.pointee.compareExchange(expected: position, desired: position &+ claimed)
      if before == position { return .claimed(position, claimed) }
      position = before
    }
  }

  @usableFromInline
  enum Look {
    case room(Int64)
    case full, closed
    /// The position is behind the consumer: others have pushed and it has popped since it was read.
    case overtaken
  }

  /// Asks the consumer's position how much room there is from this one, and tells the others.
  @inlinable @inline(never)
  func look(from position: UInt64) -> Look {
    let end = unsafe head.pointee.loadAcquiring() &+ capacity
    let room = Int64(bitPattern: end &- position)
    // An open queue's tail is no further from its head than the capacity, a closed one's half the circle further.
    if room > Int64(bitPattern: capacity) { return .overtaken }
    if room < -Self.quarter { return .closed }
    if room <= 0 { return .full }
    unsafe limit.pointee.storeReleasing(end)
    return .room(room)
  }

  @inlinable @inline(__always)
  func publish(_ position: UInt64, through end: UInt64) {
    unsafe word(of: position).pointee.storeReleasing(end)
  }

  // MARK: Closing

  /// How far a closed queue's tail is from where it was. Claiming and closing are then ordered by the one word that both
  /// change, and nobody who pushes has to ask: what is so far ahead is beyond any limit.
  @inlinable static var closed: UInt64 { 1 << 63 }
  @inlinable static var quarter: Int64 { 1 << 62 }

  @inlinable
  package func close() {
    var position = unsafe tail.pointee.loadRelaxed()
    while !isClosed(position) {
      let before = unsafe tail.pointee.compareExchange(expected: position, desired: position &+ Self.closed)
      if before == position { return }
      position = before
    }
  }

  @inlinable
  package var isClosed: Bool { unsafe isClosed(tail.pointee.loadRelaxed()) }

  @inlinable
  func isClosed(_ tail: UInt64) -> Bool {
    let distance = unsafe tail &- head.pointee.loadAcquiring()
    return distance > UInt64(Self.quarter) && distance < Self.closed &+ UInt64(Self.quarter)
  }

  /// The elements inside, those included that are being pushed. While others push and pop, a moment's view.
  @inlinable
  package var count: Int {
    // The head first, or what comes and goes meanwhile would make it less than none.
    let head = unsafe head.pointee.loadAcquiring()
    let distance = unsafe tail.pointee.loadAcquiring() &- head
    return Int(truncatingIfNeeded: min(distance & (Self.closed &- 1), capacity))
  }
}
