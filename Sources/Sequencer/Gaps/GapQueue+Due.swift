/// What time does to the clocks: first they are to be asked for, and in the end given up.
extension GapQueue {
  /// The stream of the first clock that is to be given up, and the last number that goes with it.
  @inlinable
  func due(at now: UInt64) -> (stream: Stream<Key>, last: UInt64)? {
    guard var clock = unsafe first, unsafe isDue(clock, at: now) else { return nil }
    let stream = unsafe Stream<Key>(clock.pointee.stream)
    // A stream's clocks started in the order of their numbers: those that are due come first. Mostly that is all of them, and
    // then none between need be looked at.
    if let last = unsafe stream.header.pointee.lastClock, unsafe isDue(last, at: now) {
      return unsafe (stream, last.pointee.last)
    }
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
    gatherDue(at: now)
    for index in due.indices where due[index].isFirst {
      let stream = unsafe Stream<Key>(due[index].clock.pointee.stream)
      unsafe stream.header.pointee.due = 0
      var place = index
      while true {
        let clock = unsafe due[place].clock
        let attempt = unsafe Int(clock.pointee.asked)
        unsafe forEachGap(clock, stream) { first, last in body(stream, first, last, attempt) }
        guard due[place].next != 0 else { break }
        place = Int(due[place].next) &- 1
      }
    }
    // A clock that leapt may have made all of them due; that much need not be kept.
    if due.count > Self.dueKept { due = [] } else { due.removeAll(keepingCapacity: true) }
    settle()
  }

  /// Lists the clocks that are due to be asked for, by their starts, each linked to the next of its stream.
  ///
  /// They are found through the cursors. Among the clocks of its stream, a due one may stand behind hundreds that have been asked
  /// for: a sender that leaves out every second number could have all of them passed by whenever one is due.
  @inlinable
  mutating func gatherDue(at now: UInt64) {
    // Later requests first: their cursors stand on earlier clocks, and what they ask for need not be asked for again.
    for index in stride(from: schedule.requestCount &- 1, through: 0, by: -1) {
      var next = unsafe cursors[index]
      while let clock = unsafe next, unsafe now &- clock.pointee.start >= schedule[index] {
        unsafe next = clock.pointee.later
        if unsafe !hasMissing(clock) {
          // It must not give its stream a turn that is not yet due.
          unsafe remove(clock, of: Stream(clock.pointee.stream))
        } else if unsafe clock.pointee.asked <= index {
          unsafe clock.pointee.asked = UInt16(truncatingIfNeeded: index &+ 1)
          unsafe appendDue(clock)
        }
      }
      if unsafe cursors[index] != next { unsafe move(cursor: index, to: next) }
    }
  }

  @inlinable
  mutating func appendDue(_ clock: Clock) {
    let stream = unsafe Stream<Key>(clock.pointee.stream)
    let before = unsafe stream.header.pointee.due
    due.append(unsafe DueClock(clock: clock, isFirst: before == 0))
    let place = UInt32(truncatingIfNeeded: due.count)
    if before != 0 { due[Int(before) &- 1].next = place }
    unsafe stream.header.pointee.due = place
  }

  /// Calls `body` with each run of missing numbers that a clock covers.
  @inlinable
  func forEachGap(_ clock: Clock, _ stream: Stream<Key>, _ body: (UInt64, UInt64) -> Void) {
    var number = unsafe max(clock.pointee.lowest, stream.next)
    let last = unsafe clock.pointee.last
    while true {
      let first = stream.firstMissing(from: number, through: last)
      guard first <= last else { return }
      let end = stream.firstHeld(from: first, through: last)
      body(first, end &- 1)
      number = end
    }
  }
}

/// A clock that is due to be asked for.
@safe
@usableFromInline
struct DueClock {
  @usableFromInline let clock: UnsafeMutablePointer<GapClock>
  /// Whether no clock of its stream stands before it.
  @usableFromInline let isFirst: Bool
  /// The place of the next one of its stream, counted from 1; 0 if there is none.
  @usableFromInline var next: UInt32 = 0

  @inlinable
  init(clock: UnsafeMutablePointer<GapClock>, isFirst: Bool) {
    unsafe self.clock = clock
    self.isFirst = isFirst
  }
}
