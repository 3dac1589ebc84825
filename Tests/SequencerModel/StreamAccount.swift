/// One stream's page in the books, for one epoch of it.
struct StreamAccount {
  var epoch: Int64
  /// Every number below it was delivered or skipped, once.
  var next: UInt64
  /// Skipped and not come late: ascending, never touching. Unlike a ledger it forgets nothing.
  var skipped: [Run]
  var held: [UInt64: UInt64] = [:]
  var isSuspended = false

  /// Arrivals of what is held, oldest first, with some that no longer are; `oldest` is where to look first.
  private var arrivals: [(number: UInt64, time: UInt64)] = []
  private var oldest = 0

  init(epoch: Int64, next: UInt64, skipped: [Run]) {
    self.epoch = epoch
    self.next = next
    self.skipped = skipped
  }

  init(_ record: Record) {
    self.init(epoch: record.epoch, next: record.next, skipped: record.ranges)
  }

  mutating func deliver(_ number: UInt64, _ payload: UInt64, offered: UInt64?) throws(Complaint) {
    if number != next { throw Complaint("delivered \(number) instead of \(next)") }
    next += 1
    if let kept = held.removeValue(forKey: number) {
      if kept != payload { throw Complaint("delivered payload \(payload) of \(number) instead of \(kept)") }
    } else if payload != offered {
      throw Complaint("delivered \(number), which was not held")
    }
  }

  mutating func skip(_ run: Run) throws(Complaint) {
    guard run.first == next, run.last >= run.first else { throw Complaint("skipped \(run) instead of \(next)") }
    // Whichever is shorter: the run may be of any length, and so may the buffer.
    let isShort = run.last - run.first < UInt64(held.count)
    let kept = isShort ? (run.first...run.last).first { held[$0] != nil } : held.keys.first { run.contains($0) }
    if let kept { throw Complaint("skipped \(kept), which is held") }
    next = run.last + 1
    if let end = skipped.indices.last, skipped[end].last + 1 == run.first {
      skipped[end].last = run.last
    } else {
      skipped.append(run)
    }
  }

  mutating func takeLate(_ number: UInt64) throws(Complaint) {
    var low = 0
    var high = skipped.count
    while low < high {
      let middle = (low + high) / 2
      if skipped[middle].last < number { low = middle + 1 } else { high = middle }
    }
    guard low < skipped.count, skipped[low].contains(number) else {
      throw Complaint("\(number) came late, but was not skipped or has come before")
    }
    let run = skipped.remove(at: low)
    if run.last > number { skipped.insert(Run(number + 1, run.last), at: low) }
    if run.first < number { skipped.insert(Run(run.first, number - 1), at: low) }
  }

  mutating func hold(_ number: UInt64, _ payload: UInt64, at time: UInt64) {
    held[number] = payload
    arrivals.append((number, time))
  }

  /// Everything held counts as arrived now: its gaps have a fresh timeout.
  mutating func resume(at time: UInt64) {
    guard isSuspended else { return }
    isSuspended = false
    arrivals = held.keys.map { ($0, time) }
    oldest = 0
  }

  /// What is held for the longest; numbers are not held twice, so whatever is no longer held can be left behind.
  mutating func oldestArrival() -> (number: UInt64, time: UInt64)? {
    while oldest < arrivals.count, held[arrivals[oldest].number] == nil { oldest += 1 }
    if oldest == arrivals.count {
      arrivals = []
      oldest = 0
      return nil
    }
    return arrivals[oldest]
  }
}

/// The clocks as the caller's own words make them: the newest moment, without the time of the pauses.
struct AccountClock {
  private var now: UInt64 = 0
  private var standstill: UInt64 = 0
  private var frozen: UInt64?
  private var deadline: UInt64?

  var reading: UInt64 { frozen ?? now - standstill }

  /// Follows a step, and checks that `deadline` was exact: before it `advance` does nothing, at it something.
  mutating func check(_ operation: Operation, _ reply: Reply) throws(Complaint) {
    if case .restore = operation { self = AccountClock() }
    now = max(now, operation.time ?? 0)
    switch operation {
    case .pause: frozen = reading
    case .resume:
      standstill = now - reading
      frozen = nil
    case .advance:
      let isDue = deadline.map { $0 <= now } ?? false
      if isDue == reply.events.isEmpty { throw Complaint("deadline \(deadline ?? .max), events at \(now)") }
      if let next = reply.deadline, next <= now { throw Complaint("still due at \(next) after advance to \(now)") }
    default: break
    }
    deadline = reply.deadline
    if let deadline, deadline < now || deadline > lastInstant { throw Complaint("deadline \(deadline) at \(now)") }
  }
}
