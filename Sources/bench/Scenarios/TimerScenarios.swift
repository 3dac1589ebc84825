internal import Delivery
internal import Sequencer

/// A server's timeouts: nearly all are cancelled, because the answer came.
enum TimerScenarios {
  static var all: [Scenario] {
    [
      phase("timers/schedule", "schedule a million timers over a minute", \.schedule),
      phase("timers/cancel", "cancel nine in ten of them at random", \.cancel),
      phase("timers/expire", "the others expire, while the clock ticks 60,000 times", \.expire),
      phase("timers/life", "all of that, for each of the million timers", \.life),
      Scenario("timers/churn", unit: "ns/pair", "schedule a timer and cancel it, in an empty wheel") { context in
        let count = context.plan.operations(10_000_000)
        return {
          var wheel = TimerWheel<UInt64>()
          let start = Clock.nanoseconds()
          let sum = timedChurn(&wheel, count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(sum))
        }
      },
    ]
  }

  /// A scenario for each phase of a timer's life, which shows that one and still goes through all.
  private static func phase(_ name: String, _ summary: String, _ phase: @escaping @Sendable (TimerCycle) -> Double)
    -> Scenario
  {
    Scenario(name, unit: "ns/timer", summary, work: "timers") { context in
      let input = TimerInput(context.plan)
      var wheel = Optional(warmWheel(input))
      return {
        let sample = Sample(cycle(&wheel!, input), phase)
        // In the order of its slots again, for the next repetition.
        wheel = warmWheel(input)
        return sample
      }
    }
  }

  static func emptyWheel(_ input: TimerInput) -> TimerWheel<UInt64> {
    var wheel = TimerWheel<UInt64>(limit: input.deadlines.count)
    wheel.reserve(input.deadlines.count)
    return wheel
  }

  /// An empty wheel whose memory has been used before, as that of any long-running server has.
  static func warmWheel(_ input: TimerInput) -> TimerWheel<UInt64> {
    var wheel = emptyWheel(input)
    use(&wheel, input)
    return wheel
  }

  /// Schedules all timers, and cancels them again from the last to the first.
  static func use(_ wheel: inout TimerWheel<UInt64>, _ input: TimerInput) {
    var handles = [TimerHandle](repeating: .none, count: input.deadlines.count)
    timedSchedule(&wheel, input.deadlines.span, &handles)
    for handle in handles.reversed() { wheel.cancel(handle) }
  }

  static func cycle(_ wheel: inout TimerWheel<UInt64>, _ input: TimerInput) -> TimerCycle {
    var handles = [TimerHandle](repeating: .none, count: input.deadlines.count)
    var times = [Clock.nanoseconds()]
    timedSchedule(&wheel, input.deadlines.span, &handles)
    times.append(Clock.nanoseconds())
    timedCancel(&wheel, input.cancelled.span, handles.span)
    times.append(Clock.nanoseconds())
    let hash = timedExpire(&wheel, ticks: input.ticks)
    times.append(Clock.nanoseconds())
    let expired = input.deadlines.count - input.cancelled.count
    let (schedule, cancel, expire) = (times[1] - times[0], times[2] - times[1], times[3] - times[2])
    return TimerCycle(
      schedule: Double(schedule) / Double(max(input.deadlines.count, 1)),
      cancel: Double(cancel) / Double(max(input.cancelled.count, 1)),
      expire: Double(expire) / Double(max(expired, 1)),
      life: Double(schedule + cancel + expire) / Double(max(input.deadlines.count, 1)),
      hash: hash, left: wheel.count)
  }

  @inline(never)
  private static func timedSchedule(
    _ wheel: inout TimerWheel<UInt64>, _ deadlines: borrowing Span<UInt64>, _ handles: inout [TimerHandle]
  ) {
    var handles = handles.mutableSpan
    for index in deadlines.indices {
      let deadline = Instant(nanoseconds: deadlines[index])
      if let handle = try? wheel.schedule(UInt64(index), at: deadline) { handles[index] = handle }
    }
  }

  @inline(never)
  private static func timedCancel(
    _ wheel: inout TimerWheel<UInt64>, _ cancelled: borrowing Span<UInt32>, _ handles: borrowing Span<TimerHandle>
  ) {
    for index in cancelled.indices { wheel.cancel(handles[Int(cancelled[index])]) }
  }

  /// The sum says of each timer that it came, and in which tick; within a tick the order is free.
  @inline(never)
  private static func timedExpire(_ wheel: inout TimerWheel<UInt64>, ticks: Int) -> UInt64 {
    var hash: UInt64 = 0
    for tick in 0..<UInt64(ticks) {
      wheel.advance(to: Instant(nanoseconds: tick &* TimerInput.tick)) { hash &+= $0 &* (tick &+ 1) }
    }
    return hash
  }

  @inline(never)
  private static func timedChurn(_ wheel: inout TimerWheel<UInt64>, _ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<UInt64(count) {
      let deadline = Instant(nanoseconds: (30_000 &+ index & 1_023) &* TimerInput.tick)
      guard let handle = try? wheel.schedule(index, at: deadline), let payload = wheel.cancel(handle) else { continue }
      sum &+= payload
    }
    return sum
  }
}

/// What each phase took, in nanoseconds a timer, and what came of it.
struct TimerCycle {
  var schedule = 0.0
  var cancel = 0.0
  var expire = 0.0
  /// From beginning to end, whichever it was.
  var life = 0.0
  var hash: UInt64 = 0
  /// Timers that are still there.
  var left = 0

  /// Adds one of so many cycles to their mean.
  mutating func add(_ cycle: TimerCycle, of count: Int) {
    schedule += cycle.schedule / Double(count)
    cancel += cycle.cancel / Double(count)
    expire += cycle.expire / Double(count)
    life += cycle.life / Double(count)
    hash = digest(hash, cycle.hash)
    left += cycle.left
  }
}

extension Sample {
  init(_ cycle: TimerCycle, _ phase: (TimerCycle) -> Double) {
    self.init(value: phase(cycle), hash: cycle.hash)
    if cycle.left > 0 { fault = "\(cycle.left) timers did not expire" }
  }
}

/// Deadlines over a minute, and which timers are cancelled.
struct TimerInput: Sendable {
  /// A millisecond.
  static let tick: UInt64 = 1_000_000

  /// A minute's, but not more than there are timers, so that a small run is small.
  let ticks: Int
  let deadlines: [UInt64]
  let cancelled: [UInt32]

  init(_ plan: Plan) {
    self.init(count: plan.operations(1_000_000))
  }

  init(count: Int) {
    let ticks = UInt64(min(60_000, count))
    self.ticks = Int(ticks)
    deadlines = (0..<UInt64(count)).map { mix($0) % ticks * Self.tick }
    var random = XorShift(seed: 0x1234_5678_8765_4321)
    var order = (0..<UInt32(count)).map { $0 }
    for index in stride(from: count - 1, to: 0, by: -1) { order.swapAt(index, random.next(below: index + 1)) }
    cancelled = Array(order.prefix(count / 10 * 9))
  }
}
