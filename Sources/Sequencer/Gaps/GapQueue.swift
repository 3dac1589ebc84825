/// All running gap clocks in the order of their starts.
///
/// Every gap waits equally long, so the first clock is the first to be given up, and what is due to be asked for the k-th
/// time is a prefix, too: one list serves for the timeout and for every request. A cursor for each request stands on the first
/// clock that has not been asked for so often. Starting, stopping and the next deadline cost O(1).
///
/// A clock whose numbers have all arrived may stay in the list, unless it is the first or a cursor stands on it: these must
/// have something missing, or the next deadline would be a moment at which nothing happens. So they know their lowest missing
/// number, and only when that arrives the next one is looked for: in all a clock's numbers are walked through once.
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
  /// What is being asked for, by one call of `advance`.
  @usableFromInline var due: [DueClock] = []
  @usableFromInline var pool = unsafe BlockPool(blockSize: MemoryLayout<GapClock>.stride, alignment: 64)

  /// How much room for due clocks is kept: 16 KiB, more than any but a hostile sender's losses take.
  @inlinable static var dueKept: Int { 1_024 }

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

  var allocatedBytes: Int { pool.allocatedBytes + due.capacity * MemoryLayout<DueClock>.stride }

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
      unsafe clock.pointee.lowest = max(clock.pointee.lowest, stream.next)
      unsafe clock.pointee.last = number
    } else {
      start(max(stream.top &+ 1, stream.next)...number, of: stream, at: now)
    }
  }

  /// Starts the clock of what is missing of `numbers`. The first of them is, and they lie behind the stream's last clock.
  @inlinable
  mutating func start(_ numbers: ClosedRange<UInt64>, of stream: Stream<Key>, at now: UInt64) {
    let block = unsafe pool.allocate()
    let clock = unsafe block.bindMemory(to: GapClock.self, capacity: 1)
    unsafe clock.initialize(to: GapClock(stream: stream.block, start: now, numbers: numbers))
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
  /// Notes that missing numbers below the stream's top have been filled: if the lowest of the first clock is among them, or of one
  /// under a cursor, another one has to be found, or the clock goes.
  @inlinable
  mutating func noteFilled(_ numbers: ClosedRange<UInt64>, of stream: Stream<Key>) {
    guard let first = unsafe first else { return }
    var needsSettling = unsafe waits(first, for: numbers, of: stream)
    for index in 0..<schedule.requestCount {
      if let clock = unsafe cursors[index], unsafe waits(clock, for: numbers, of: stream) { needsSettling = true }
    }
    if needsSettling { settle() }
  }

  @inlinable
  func waits(_ clock: Clock, for numbers: ClosedRange<UInt64>, of stream: Stream<Key>) -> Bool {
    unsafe clock.pointee.stream == stream.block && numbers.contains(max(clock.pointee.lowest, stream.next))
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

  /// Finds the lowest missing number of a clock; false: nothing is missing.
  @inlinable
  func hasMissing(_ clock: Clock) -> Bool {
    let stream = unsafe Stream<Key>(clock.pointee.stream)
    let last = unsafe clock.pointee.last
    let lowest = unsafe stream.firstMissing(from: max(clock.pointee.lowest, stream.next), through: last)
    if lowest <= last { unsafe clock.pointee.lowest = lowest }
    return lowest <= last
  }
}
