/// Messages that are due at fixed moments, whatever becomes of those before them: an open loop.
///
/// A measurement that sends the next message when the last one has arrived leaves out exactly what it looks for: during a
/// stall it sends nothing, and one slow message stands for the thousand that would have met the same stall (coordinated
/// omission). Here each one counts from when it was *due*. If the sender is late, or has to wait for room, that is part of
/// the latency of everything that fell due meanwhile.
struct Schedule: Sendable {
  let perSecond: Int
  let count: Int

  /// Messages at the beginning that do not count: they bring the memory, and show that the other core is there.
  var uncounted: Int { min(1_000, count / 2) }

  /// How both sides wait. They are never on the same core, unless there is but one.
  static var patience: Patience { Patience(sharingCores: Affinity.coreCount == 1) }

  /// How long after the first message another one is due, in nanoseconds.
  @inline(__always)
  func due(_ index: Int) -> UInt64 { UInt64(index) &* 1_000_000_000 / UInt64(perSecond) }

  /// Begins now, and hands each message to `send` as soon as it is due, with that moment. `send` answers false if there is no
  /// room, and is asked again. It returns when all have been taken, however late.
  @inline(__always)
  func play(_ send: (_ index: Int, _ due: UInt64) -> Bool) {
    let start = Clock.nanoseconds()
    var patience = Schedule.patience
    var next = 0
    while next < count {
      // What is overdue goes out at once, without another look at the clock.
      let now = Clock.nanoseconds()
      while next < count, start &+ due(next) <= now, send(next, start &+ due(next)) { next &+= 1 }
      patience.wait()
    }
  }
}

/// When messages arrived, against when they were due.
struct Arrivals {
  private(set) var latencies = Histogram()
  private var uncounted: Int
  /// When the last message was due that does not count.
  private var origin: UInt64 = 0
  /// Of when the others were due, after that one: tells which messages came, and is the same in every run.
  private var sum: UInt64 = 0

  init(of schedule: Schedule) {
    uncounted = schedule.uncounted
  }

  @inline(__always)
  mutating func note(due: UInt64, at now: UInt64) {
    if uncounted > 0 {
      uncounted &-= 1
      origin = due
    } else {
      latencies.record(now &- due)
      sum &+= due &- origin
    }
  }

  var hash: UInt64 { digest(latencies.count, sum) }
}

extension Sample {
  /// The median, and how the others lie about it.
  init(_ arrivals: Arrivals, of schedule: Schedule) {
    let latencies = arrivals.latencies
    self.init(value: Double(latencies.quantile(0.5)), hash: arrivals.hash)
    let shares = [("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)]
    further = shares.map { Figure(name: $0, unit: "ns", value: Double(latencies.quantile($1))) }
    further.append(Figure(name: "max", unit: "ns", value: Double(latencies.maximum)))
    let expected = schedule.count - schedule.uncounted
    if latencies.count != UInt64(expected) { fault = "\(latencies.count) messages were counted, not \(expected)" }
  }
}
