package import Delivery
import Sequencer

/// A wheel and the oracle, told the same; `complaint` is the first thing in which they differ.
package struct TimerPair: ~Copyable {
  private var wheel: TimerWheel<Int>
  private var oracle = NaiveTimers()
  /// Of every timer ever scheduled, by its id.
  package private(set) var handles: [TimerHandle] = []
  package private(set) var complaint: String?

  package init(limit: Int = 1 << 20, damage: NaiveTimers.Damage = .none) {
    wheel = TimerWheel(limit: limit)
    oracle.damage = damage
  }

  package var count: Int { wheel.count }
  package var newest: UInt64 { oracle.newest }
  package var nextDeadline: UInt64? { oracle.nextDeadline }
  package var blockCount: Int { wheel.blockCount }

  package mutating func schedule(at deadline: UInt64) {
    let id = handles.count
    guard let handle = try? wheel.schedule(id, at: Instant(nanoseconds: deadline)) else {
      return complain("refused with \(wheel.count) timers")
    }
    handles.append(handle)
    oracle.schedule(id, at: deadline)
    check("schedule \(id) at \(deadline)")
  }

  package mutating func cancel(_ id: Int) {
    let expected = oracle.cancel(id) ? id : nil
    let actual = wheel.cancel(handles[id])
    if actual != expected { complain("cancel \(id) gave \(actual as Any)") }
    check("cancel \(id)")
  }

  package mutating func reschedule(_ id: Int, to deadline: UInt64) {
    let expected = oracle.reschedule(id, to: deadline)
    if wheel.reschedule(handles[id], to: Instant(nanoseconds: deadline)) != expected { complain("reschedule \(id)") }
    check("reschedule \(id) to \(deadline)")
  }

  package mutating func advance(to now: UInt64, limit: Int = .max) {
    var fired: [Int] = []
    let count = wheel.advance(to: Instant(nanoseconds: now), limit: limit) { fired.append($0) }
    let expected = oracle.advance(to: now, limit: limit)
    if fired != expected || count != fired.count { complain("advance to \(now): \(fired), not \(expected)") }
    check("advance to \(now), limit \(limit)")
  }

  /// The pull form, one timer.
  package mutating func next(at now: UInt64) {
    let actual = wheel.nextExpired(at: Instant(nanoseconds: now))
    let expected = oracle.advance(to: now, limit: 1).first
    if actual != expected { complain("next at \(now): \(actual as Any), not \(expected as Any)") }
    check("next at \(now)")
  }

  /// Fires everything, each timer at its deadline and none a nanosecond before.
  package mutating func drain() {
    while let deadline = oracle.nextDeadline, complaint == nil {
      if deadline > newest { advance(to: deadline - 1) }
      advance(to: deadline)
    }
  }

  private mutating func check(_ operation: String) {
    if wheel.count != oracle.timers.count { complain("\(operation): count \(wheel.count), not \(oracle.timers.count)") }
    let next = wheel.nextDeadline?.nanoseconds
    if next != oracle.nextDeadline { complain("\(operation): next \(next as Any), not \(oracle.nextDeadline as Any)") }
  }

  /// Whether each live handle knows its deadline, and each other one nothing.
  package mutating func checkHandles() {
    var deadlines = [UInt64?](repeating: nil, count: handles.count)
    for timer in oracle.timers { deadlines[timer.id] = timer.deadline }
    for (id, handle) in handles.enumerated() where wheel.deadline(of: handle)?.nanoseconds != deadlines[id] {
      complain("deadline of \(id): \(wheel.deadline(of: handle) as Any), not \(deadlines[id] as Any)")
    }
  }

  private mutating func complain(_ what: String) {
    if complaint == nil { complaint = what }
  }
}
