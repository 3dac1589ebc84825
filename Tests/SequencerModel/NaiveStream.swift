/// One stream of the oracle: what came out, what waits, and what is missing between.
struct NaiveStream {
  enum Held {
    case message(UInt64)
    case void
  }

  /// When a gap opened; `order` tells clocks of the same moment apart, `requests` is how often it was asked for.
  struct Clock: Equatable {
    var start: UInt64
    var order: Int
    var requests = 0
  }

  /// A run of missing numbers with one clock; none while the stream is suspended.
  struct Gap {
    var run: Run
    var clock: Clock?
  }

  var epoch: Int64
  var next: UInt64
  /// The first number of which nothing is known: no message, no void, no tip at or above it.
  var horizon: UInt64
  var held: [UInt64: Held] = [:]
  /// Noted tips whose own number has not come yet; each counts as one number held ahead.
  var tips: Set<UInt64> = []
  /// Ascending. Their starts ascend, too, since a gap opens when something above it is heard of.
  var gaps: [Gap] = []
  var floor: UInt64 = 0
  /// The ledger: ascending, never touching. Whoever changes it trims it afterwards.
  var ranges: [Run] = []
  var isSuspended = false
  var isTouched = true

  init(epoch: Int64, next: UInt64 = 1) {
    self.epoch = epoch
    self.next = next
    horizon = next
  }

  var heldCount: Int { held.count + tips.count }

  func holdsMessage(_ number: UInt64) -> Bool {
    if case .message = held[number] { true } else { false }
  }

  /// The number that would be next if everything below `base` were void.
  func next(after base: UInt64) -> UInt64 {
    var number = max(next, base)
    while held[number] != nil { number += 1 }
    return number
  }

  /// Emits what can go: the run that waits at `next`, and on the way everything missing up to `last` as skipped.
  mutating func emit(skippingThrough last: UInt64 = 0, as reason: Reason, of key: UInt64, into events: inout [Event]) {
    while true {
      switch held.removeValue(forKey: next) {
      case .message(let payload):
        events.append(.delivered(stream: key, epoch: epoch, number: next, payload: payload))
        next += 1
      case .void:
        skip(through: next, as: .void, of: key, into: &events)
      case nil:
        guard next <= last else {
          tips = tips.isEmpty ? tips : tips.filter { $0 >= next }
          horizon = max(horizon, next)
          return
        }
        if let gap = gaps.first {
          // Everything between `next` and the horizon is held or in a gap, so the first gap starts here.
          let end = min(last, gap.run.last)
          if end == gap.run.last { gaps.removeFirst() } else { gaps[0].run.first = end + 1 }
          skip(through: end, as: reason, of: key, into: &events)
        } else {
          skip(through: last, as: reason, of: key, into: &events)
        }
      }
    }
  }

  /// Skips `next ... last`, as one event with what was skipped just before for the same reason.
  private mutating func skip(through last: UInt64, as reason: Reason, of key: UInt64, into events: inout [Event]) {
    var first = next
    if case .skipped(key, epoch, let start, first - 1, reason) = events.last {
      events.removeLast()
      first = start
    }
    events.append(.skipped(stream: key, epoch: epoch, first: first, last: last, reason: reason))
    if let end = ranges.last?.last, end + 1 == next {
      ranges[ranges.count - 1].last = last
    } else {
      ranges.append(Run(next, last))
    }
    next = last + 1
  }

  /// Makes everything from the horizon through `last` a known gap, in one with the gap before it if it starts at once.
  mutating func openGap(through last: UInt64, clock: Clock?) {
    guard last >= horizon else { return }
    if let end = gaps.indices.last, gaps[end].run.last + 1 == horizon, gaps[end].clock?.start == clock?.start {
      gaps[end].run.last = last
    } else {
      gaps.append(Gap(run: Run(horizon, last), clock: clock))
    }
    horizon = last + 1
  }

  /// Keeps something at `number`, at or above `next`; a gap that it splits leaves its clock with both halves.
  mutating func hold(_ content: Held, at number: UInt64, clock: Clock?) {
    openGap(through: number - 1, clock: clock)
    if let index = gaps.firstIndex(where: { $0.run.contains(number) }) {
      let gap = gaps.remove(at: index)
      if gap.run.last > number { gaps.insert(Gap(run: Run(number + 1, gap.run.last), clock: gap.clock), at: index) }
      if gap.run.first < number { gaps.insert(Gap(run: Run(gap.run.first, number - 1), clock: gap.clock), at: index) }
    }
    held[number] = content
    tips.remove(number)
    horizon = max(horizon, number + 1)
  }

  /// Takes a number that was skipped out of the ledger; whether it was there.
  mutating func takeFromLedger(_ number: UInt64) -> Bool {
    guard let index = ranges.firstIndex(where: { $0.contains(number) }) else { return false }
    let range = ranges.remove(at: index)
    if range.last > number { ranges.insert(Run(number + 1, range.last), at: index) }
    if range.first < number { ranges.insert(Run(range.first, number - 1), at: index) }
    return true
  }

  mutating func suspend() {
    isSuspended = true
    for index in gaps.indices { gaps[index].clock = nil }
  }

  /// Starts the clocks again, all of them now: what is missing side by side is one gap, whatever it was before.
  mutating func resume(clock: () -> Clock) {
    isSuspended = false
    var fresh: [Gap] = []
    for gap in gaps {
      if let end = fresh.indices.last, fresh[end].run.last + 1 == gap.run.first {
        fresh[end].run.last = gap.run.last
      } else {
        fresh.append(Gap(run: gap.run, clock: clock()))
      }
    }
    gaps = fresh
  }

  func record(of key: UInt64) -> Record {
    Record(stream: key, epoch: epoch, next: next, floor: floor, ranges: ranges)
  }
}
