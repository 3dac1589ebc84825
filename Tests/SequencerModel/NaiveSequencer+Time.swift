/// What time does: gives up, asks, stands still.
extension NaiveSequencer {
  /// What the clocks show: the newest `now` without the time for which they stood still.
  var reading: UInt64 { frozen ?? now - standstill }

  mutating func pause() -> Outcome {
    frozen = reading
    return .paused
  }

  mutating func resume() -> Outcome {
    standstill = now - reading
    frozen = nil
    return .resumed
  }

  mutating func suspend(_ key: UInt64) -> Outcome {
    guard streams[key] != nil else { return .unknown }
    streams[key]!.suspend()
    streams[key]!.isTouched = true
    return .suspended
  }

  mutating func resume(_ key: UInt64) -> Outcome {
    guard let stream = streams[key] else { return .unknown }
    streams[key]!.isTouched = true
    guard stream.isSuspended else { return .resumed }
    let start = reading
    streams[key]!.resume {
      clocksStarted += 1
      return NaiveStream.Clock(start: start, order: clocksStarted)
    }
    return .resumed
  }

  mutating func advance() -> Outcome {
    giveUp()
    ask()
    return .advanced
  }

  /// Streams by the start of their first due gap; all due gaps of a stream in its turn. They are its first ones, since
  /// starts ascend.
  private mutating func giveUp() {
    guard let timeout = configuration.gapTimeout else { return }
    let time = reading
    let due = streams.compactMap { key, stream -> (clock: NaiveStream.Clock, key: UInt64, last: UInt64)? in
      guard let clock = stream.gaps.first?.clock else { return nil }
      guard let last = stream.gaps.last(where: { time - $0.clock!.start >= timeout })?.run.last else { return nil }
      return (clock, key, last)
    }
    for (_, key, last) in due.sorted(by: { $0.clock < $1.clock }) {
      streams[key]!.emit(skippingThrough: last, as: .timeout, of: key, into: &events)
      trimLedger(of: key)
    }
  }

  /// Streams by the start of the first gap that is asked for; all requests of a stream in its turn.
  private mutating func ask() {
    var requests: [(clock: NaiveStream.Clock, events: [Event])] = []
    for key in streams.keys {
      let stream = streams[key]!
      var first: NaiveStream.Clock?
      var asked: [Event] = []
      for (index, gap) in stream.gaps.enumerated() {
        guard let clock = gap.clock else { continue }
        let attempt = requestDelays.count { $0 <= reading - clock.start }
        guard attempt > clock.requests else { continue }
        first = first ?? clock
        streams[key]!.gaps[index].clock!.requests = attempt
        asked.append(
          .missing(stream: key, epoch: stream.epoch, first: gap.run.first, last: gap.run.last, attempt: attempt))
      }
      if let first { requests.append((first, asked)) }
    }
    events += requests.sorted { $0.clock < $1.clock }.flatMap(\.events)
  }

  /// The next moment at which `advance` would do something.
  var deadline: UInt64? {
    var earliest: UInt64 = .max
    for stream in streams.values {
      for case .some(let clock) in stream.gaps.lazy.map(\.clock) {
        if let timeout = configuration.gapTimeout { earliest = min(earliest, sum(clock.start, timeout)) }
        if clock.requests < requestDelays.count {
          earliest = min(earliest, sum(clock.start, requestDelays[clock.requests]))
        }
      }
    }
    // While the clocks stand still, what was due before stays due, and nothing comes to be.
    if frozen != nil { return earliest <= reading ? now : nil }
    let moment = max(now, sum(earliest, standstill))
    return moment <= lastInstant ? moment : nil
  }

  private func sum(_ start: UInt64, _ delay: UInt64) -> UInt64 {
    let (sum, overflow) = start.addingReportingOverflow(delay)
    return overflow ? .max : sum
  }
}

extension NaiveStream.Clock: Comparable {
  static func < (lhs: Self, rhs: Self) -> Bool { (lhs.start, lhs.order) < (rhs.start, rhs.order) }
}
