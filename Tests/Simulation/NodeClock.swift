import Sequencer

/// What time it is in one process. Its origin lies anywhere, and faults move its hands.
struct NodeClock {
  private var offset: Int64
  /// What it shows while it stands, and until when it does.
  private var stopped: (at: UInt64, until: UInt64)?
  /// The newest moment it has shown. The library never goes back behind it.
  private(set) var newest: UInt64 = 0

  init(origin: UInt64) { offset = Int64(origin) }

  mutating func read(_ time: UInt64) -> Instant {
    if let end = stopped?.until, time >= end { stopped = nil }
    let shown = shows(time)
    newest = max(newest, shown)
    return Instant(nanoseconds: shown)
  }

  /// When the clock will show `moment`, if nothing happens to it, or when to look again.
  func time(of moment: Instant) -> UInt64 {
    if let stopped { return stopped.until }
    return moment.nanoseconds > UInt64(clamping: offset) || offset < 0
      ? UInt64(clamping: Int64(moment.nanoseconds).subtractingReportingOverflow(offset).partialValue) : 0
  }

  mutating func leap(by nanoseconds: Int64) {
    let moved = offset.addingReportingOverflow(nanoseconds)
    offset = moved.overflow ? offset : moved.partialValue
  }

  mutating func stop(at time: UInt64, for nanoseconds: UInt64) { stopped = (shows(time), time + nanoseconds) }

  /// Whoever keeps the time puts the clock right: it goes on from what it has shown, or from where it is ahead of that. One that
  /// went back a long way shows zero, and would do so for hours.
  mutating func correct(at time: UInt64) {
    stopped = nil
    offset = max(offset, Int64(newest) - Int64(time))
  }

  /// A process that starts anew knows nothing of what the last one saw.
  mutating func restart() { newest = 0 }

  private func shows(_ time: UInt64) -> UInt64 {
    if let stopped { return stopped.at }
    let sum = Int64(clamping: time).addingReportingOverflow(offset)
    return sum.overflow ? UInt64(Int64.max) : UInt64(max(0, sum.partialValue))
  }
}
