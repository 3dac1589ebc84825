/// What time does to the clocks: first they are to be asked for, and in the end given up.
extension GapQueue {
  /// The stream of the first clock that is to be given up, and the last number that goes with it.
  @inlinable
  func due(at now: UInt64) -> (stream: Stream<Key>, last: UInt64)? {
    guard var clock = unsafe first, unsafe isDue(clock, at: now) else { return nil }
    let stream = unsafe Stream<Key>(clock.pointee.stream)
    // A stream's clocks started in the order of their numbers: those that are due come first.
    while let above = unsafe clock.pointee.above, unsafe isDue(above, at: now) { unsafe clock = above }
    return unsafe (stream, clock.pointee.last)
  }

  /// Calls `body` with the streams of the first clocks that are to be given up, at most `limit`.
  ///
  /// - Returns: how many.
  @inlinable
  @discardableResult
  func forEachDue(_ limit: Int, at now: UInt64, _ body: (Stream<Key>) -> Void) -> Int {
    var count = 0
    var next = unsafe first
    while let clock = unsafe next, count < limit, unsafe isDue(clock, at: now) {
      unsafe body(Stream(clock.pointee.stream))
      unsafe next = clock.pointee.later
      count &+= 1
    }
    return count
  }

  @inlinable
  func isDue(_ clock: Clock, at now: UInt64) -> Bool {
    unsafe now &- clock.pointee.start >= schedule.timeout
  }

  /// Calls `body` with every gap that is due to be asked for, once and with the newest attempt: streams by the first such
  /// clock, all of a stream in its turn.
  @inlinable
  mutating func request(at now: UInt64, _ body: (Stream<Key>, UInt64, UInt64, Int) -> Void) {
    // Later requests first: their cursors stand on earlier clocks, and what they ask for need not be asked for again.
    for index in stride(from: schedule.requestCount &- 1, through: 0, by: -1) {
      while let clock = unsafe cursors[index], unsafe now &- clock.pointee.start >= schedule[index] {
        if unsafe !hasMissing(clock) {
          // It must not give its stream a turn that is not yet due.
          unsafe remove(clock, of: Stream(clock.pointee.stream))
          continue
        }
        if unsafe clock.pointee.asked <= index { unsafe request(from: clock, at: now, body) }
        unsafe move(cursor: index, to: clock.pointee.later)
      }
    }
    settle()
  }

  /// One stream's turn: asks for the gaps of this clock and of those above it that are due.
  @inlinable
  mutating func request(from start: Clock, at now: UInt64, _ body: (Stream<Key>, UInt64, UInt64, Int) -> Void) {
    let stream = unsafe Stream<Key>(start.pointee.stream)
    var current: Clock? = unsafe start
    while let clock = unsafe current {
      let due = unsafe schedule.requestsDue(after: now &- clock.pointee.start)
      if due == 0 { return }
      if unsafe clock.pointee.asked < due {
        unsafe clock.pointee.asked = due
        unsafe forEachGap(clock, stream) { first, last in body(stream, first, last, Int(due)) }
      }
      unsafe current = clock.pointee.above
    }
  }

  /// Calls `body` with each run of missing numbers that a clock covers.
  @inlinable
  func forEachGap(_ clock: Clock, _ stream: Stream<Key>, _ body: (UInt64, UInt64) -> Void) {
    var number = stream.next
    if let below = unsafe clock.pointee.below { number = unsafe max(number, below.pointee.last &+ 1) }
    while true {
      let last = unsafe clock.pointee.last
      let first = stream.firstMissing(from: number, through: last)
      guard first <= last else { return }
      let end = stream.firstHeld(from: first, through: last)
      body(first, end &- 1)
      number = end
    }
  }
}
