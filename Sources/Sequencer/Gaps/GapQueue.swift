/// All running gap clocks in the order of their starts.
///
/// Every gap waits equally long, so the first clock is the first to be given up, and what is due to be asked for the k-th
/// time is a prefix, too: one list serves for the timeout and for every request. A cursor for each request stands on the first
/// clock that has not been asked for so often. Starting, stopping and the next deadline cost O(1).
///
/// A clock whose numbers have all arrived may stay in the list, unless it is the first or a cursor stands on it: these must
/// have something missing, or the next deadline would be a moment at which nothing happens.
@safe
@usableFromInline
struct GapQueue<Key: StreamKey>: ~Copyable {
  @usableFromInline typealias Clock = UnsafeMutablePointer<GapClock>

  @usableFromInline var first: Clock?
  @usableFromInline var last: Clock?
  @usableFromInline let cursors: UnsafeMutablePointer<Clock?>
  /// Cursors that stand behind the last clock.
  @usableFromInline var cursorsAtEnd: Int
  @usableFromInline let schedule: GapSchedule
  @usableFromInline var pool = unsafe BlockPool(blockSize: MemoryLayout<GapClock>.stride, alignment: 64)

  @usableFromInline
  init(_ schedule: consuming GapSchedule) {
    unsafe first = nil
    unsafe last = nil
    unsafe cursors = .allocate(capacity: schedule.requestCount)
    unsafe cursors.initialize(repeating: nil, count: schedule.requestCount)
    cursorsAtEnd = schedule.requestCount
    self.schedule = schedule
  }

  @inlinable
  deinit { unsafe cursors.deallocate() }

  /// The first moment at which a clock is given up or asked for, in the sequencer's own time; nil if there is none.
  @inlinable var nextDeadline: UInt64? {
    guard let first = unsafe first else { return nil }
    let never = GapSchedule.never
    var deadline = unsafe schedule.timeout == never ? never : first.pointee.start &+ schedule.timeout
    for index in 0..<schedule.requestCount {
      if let clock = unsafe cursors[index] { deadline = unsafe min(deadline, clock.pointee.start &+ schedule[index]) }
    }
    return deadline == never ? nil : deadline
  }
}

// MARK: - Starting and stopping

extension GapQueue {
  /// Opens the gap between the stream's top and `number`, inclusive.
  ///
  /// If the stream's last clock started this very moment, it may cover the new gap, too: always when the gap goes on from
  /// a tip, because then it is one gap, and otherwise when no clock of another stream has started in between.
  @inlinable
  mutating func open(upTo number: UInt64, of stream: Stream<Key>, at now: UInt64) {
    if let clock = unsafe stream.header.pointee.lastClock,
      unsafe clock.pointee.start == now && clock.pointee.asked == 0,
      unsafe clock == last || stream.kind(of: stream.top) == .tip
    {
      unsafe clock.pointee.last = number
    } else {
      start(upTo: number, of: stream, at: now)
    }
  }

  /// Starts the clock of the numbers from behind the stream's last clock up to `number`.
  @inlinable
  mutating func start(upTo number: UInt64, of stream: Stream<Key>, at now: UInt64) {
    let block = unsafe pool.allocate()
    let clock = unsafe block.bindMemory(to: GapClock.self, capacity: 1)
    unsafe clock.initialize(to: GapClock(stream: stream.block, start: now, last: number))
    let below = unsafe stream.header.pointee.lastClock
    unsafe clock.pointee.below = below
    if let below = unsafe below {
      unsafe below.pointee.above = clock
    } else {
      unsafe stream.header.pointee.firstClock = clock
    }
    unsafe stream.header.pointee.lastClock = clock
    unsafe clock.pointee.earlier = last
    if let last = unsafe last { unsafe last.pointee.later = clock } else { unsafe first = clock }
    unsafe last = clock
    if cursorsAtEnd > 0 {
      for index in 0..<schedule.requestCount where unsafe cursors[index] == nil {
        unsafe cursors[index] = clock
        unsafe clock.pointee.cursors &+= 1
      }
      cursorsAtEnd = 0
    }
  }

  /// Takes a clock out of both lists. What stood on it moves to the next, which may have nothing missing: `settle` follows.
  @inlinable
  mutating func remove(_ clock: Clock, of stream: Stream<Key>) {
    let (earlier, later) = unsafe (clock.pointee.earlier, clock.pointee.later)
    if let earlier = unsafe earlier { unsafe earlier.pointee.later = later } else { unsafe first = later }
    if let later = unsafe later { unsafe later.pointee.earlier = earlier } else { unsafe last = earlier }
    let (below, above) = unsafe (clock.pointee.below, clock.pointee.above)
    if let below = unsafe below {
      unsafe below.pointee.above = above
    } else {
      unsafe stream.header.pointee.firstClock = above
    }
    if let above = unsafe above {
      unsafe above.pointee.below = below
    } else {
      unsafe stream.header.pointee.lastClock = below
    }
    if unsafe clock.pointee.cursors != 0 {
      for index in 0..<schedule.requestCount where unsafe cursors[index] == clock {
        unsafe move(cursor: index, to: later)
      }
    }
    unsafe pool.release(UnsafeMutableRawPointer(clock))
  }

  @inlinable
  mutating func move(cursor index: Int, to clock: Clock?) {
    if let old = unsafe cursors[index] { unsafe old.pointee.cursors &-= 1 }
    unsafe cursors[index] = clock
    if let clock = unsafe clock { unsafe clock.pointee.cursors &+= 1 } else { cursorsAtEnd &+= 1 }
  }

  /// Stops the clocks that `next` has passed.
  @inlinable
  mutating func stopPassed(_ stream: Stream<Key>) {
    var needsSettling = false
    while let clock = unsafe stream.header.pointee.firstClock, unsafe clock.pointee.last < stream.next {
      if unsafe clock == first || clock.pointee.cursors != 0 { needsSettling = true }
      unsafe remove(clock, of: stream)
    }
    if needsSettling { settle() }
  }

  /// Stops all clocks of a stream.
  @inlinable
  mutating func stopAll(_ stream: Stream<Key>) {
    while let clock = unsafe stream.header.pointee.firstClock { unsafe remove(clock, of: stream) }
    settle()
  }
}

// MARK: - Nothing missing

extension GapQueue {
  /// Notes that a missing number below the stream's top has been filled: if that was the last one of the first clock, or of
  /// one under a cursor, the clock goes.
  @inlinable
  mutating func noteFilled(_ number: UInt64, of stream: Stream<Key>) {
    guard let first = unsafe first else { return }
    var needsSettling = unsafe covers(first, number, stream)
    for index in 0..<schedule.requestCount {
      if let clock = unsafe cursors[index], unsafe covers(clock, number, stream) { needsSettling = true }
    }
    if needsSettling { settle() }
  }

  @inlinable
  func covers(_ clock: Clock, _ number: UInt64, _ stream: Stream<Key>) -> Bool {
    unsafe clock.pointee.stream == stream.block && number <= clock.pointee.last
  }

  /// Makes sure that the first clock and those under cursors have something missing.
  @inlinable @inline(never)
  mutating func settle() {
    while let clock = unsafe first, unsafe !hasMissing(clock) { unsafe remove(clock, of: Stream(clock.pointee.stream)) }
    for index in 0..<schedule.requestCount {
      while let clock = unsafe cursors[index], unsafe !hasMissing(clock) {
        unsafe remove(clock, of: Stream(clock.pointee.stream))
      }
    }
  }

  @inlinable
  func hasMissing(_ clock: Clock) -> Bool {
    let stream = unsafe Stream<Key>(clock.pointee.stream)
    var number = stream.next
    if let below = unsafe clock.pointee.below { number = unsafe max(number, below.pointee.last &+ 1) }
    return unsafe stream.firstMissing(from: number) <= clock.pointee.last
  }
}

// MARK: - What is due

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
      let first = stream.firstMissing(from: number)
      guard unsafe first <= clock.pointee.last else { return }
      let end = unsafe min(stream.firstHeld(from: first), clock.pointee.last &+ 1)
      body(first, end &- 1)
      number = end
    }
  }
}
