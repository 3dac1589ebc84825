internal import Sequencer

/// What came out: how many messages, which (by the sum of their payloads), and what was said to be missing.
///
/// Messages are counted in four lanes in turn. With one, each would wait until the one before has been counted, and where the
/// library takes less time than that, it is the wait that would be measured.
struct Tally: Equatable {
  struct Lane: Equatable {
    var delivered: UInt64 = 0
    var sum: UInt64 = 0
  }

  private var lanes = (Lane(), Lane(), Lane(), Lane())
  var skipped: UInt64 = 0
  var requested: UInt64 = 0
  /// Messages refused: a scenario whose caps were too small measures nothing.
  var rejected: UInt64 = 0

  var delivered: UInt64 { lanes.0.delivered &+ lanes.1.delivered &+ lanes.2.delivered &+ lanes.3.delivered }
  var sum: UInt64 { lanes.0.sum &+ lanes.1.sum &+ lanes.2.sum &+ lanes.3.sum }

  var hash: UInt64 { digest(delivered, sum, skipped, requested, rejected) }

  @inline(__always)
  mutating func deliver(_ payload: UInt64) {
    unsafe withUnsafeMutableBytes(of: &lanes) { lanes in
      let lane = unsafe lanes.baseAddress!.assumingMemoryBound(to: Lane.self) + Int(truncatingIfNeeded: payload & 3)
      unsafe lane.pointee.delivered &+= 1
      unsafe lane.pointee.sum &+= payload
    }
  }

  static func == (lhs: Tally, rhs: Tally) -> Bool {
    (lhs.delivered, lhs.sum, lhs.skipped, lhs.requested, lhs.rejected)
      == (rhs.delivered, rhs.sum, rhs.skipped, rhs.requested, rhs.rejected)
  }

  @inline(__always)
  mutating func add<Key: StreamKey>(_ event: consuming SequencerEvent<Key, UInt64>) {
    switch consume event {
    case .delivered(_, _, let payload), .late(_, _, let payload): deliver(payload)
    case .skipped(_, _, let numbers, _): skipped &+= numbers.upperBound &- numbers.lowerBound &+ 1
    case .missing(_, _, let numbers, _): requested &+= numbers.upperBound &- numbers.lowerBound &+ 1
    }
  }

  @inline(__always)
  mutating func note(_ outcome: ReceiveOutcome) {
    if case .rejected = outcome { rejected &+= 1 }
  }
}

extension Sample {
  /// A figure in nanoseconds a piece, of messages that were tallied.
  ///
  /// - Parameters:
  ///   - delivered: how many must have come out, where the scenario knows it.
  ///   - skipped: how many must have been given up.
  init(nanoseconds: UInt64, count: Int, tally: Tally, delivered: Int? = nil, skipped: Int? = nil) {
    self.init(nanoseconds: nanoseconds, count: count, hash: tally.hash)
    if tally.rejected > 0 {
      fault = "\(tally.rejected) messages were refused"
    } else if let delivered, tally.delivered != UInt64(delivered) {
      fault = "\(tally.delivered) messages came out, not \(delivered)"
    } else if let skipped, tally.skipped != UInt64(skipped) {
      fault = "\(tally.skipped) numbers were given up, not \(skipped)"
    }
  }
}

/// Time as the scenarios simulate it: the same in every run, so that the same gaps fall due.
struct SimulatedClock {
  /// Messages that arrive between two readings of the clock, as a server reads it once for all that a socket had.
  static let burst = 64

  private(set) var nanoseconds: UInt64 = 0
  let nanosecondsPerMessage: UInt64

  init(nanosecondsPerMessage: UInt64) {
    self.nanosecondsPerMessage = nanosecondsPerMessage
  }

  var now: Instant { Instant(nanoseconds: nanoseconds) }

  @inline(__always)
  mutating func pass(_ messages: Int) {
    nanoseconds &+= UInt64(messages) &* nanosecondsPerMessage
  }
}
