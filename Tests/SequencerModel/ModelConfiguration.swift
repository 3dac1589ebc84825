/// The settings of a sequencer, in the words and the units of the tapes.
package struct ModelConfiguration: Equatable, Sendable {
  package enum Start: String, Sendable, CaseIterable {
    case one, firstSeen, reject
  }

  /// Nanoseconds; `nil`: a gap stays open for ever.
  package var gapTimeout: UInt64? = 10
  /// Nanoseconds from a gap's start to the first request; `nil`: nothing is asked for.
  package var repairFirst: UInt64? = 3
  package var repairAttempts = 8
  package var window: UInt64 = 1_024
  /// Skipped ranges remembered for one stream, and over all streams.
  package var ledgerRanges = 16
  package var totalLedgerRanges = 65_536
  package var bufferedLimit = 65_536
  package var streamLimit = 1 << 20
  package var start = Start.one

  package init() {}
}

extension ModelConfiguration {
  /// When, after its start, a gap is asked for: each wait twice the one before, nothing at or past the timeout.
  package var requestDelays: [UInt64] {
    guard var wait = repairFirst else { return [] }
    var delays: [UInt64] = []
    var delay: UInt64 = 0
    for _ in 0..<repairAttempts {
      let (sum, overflow) = delay.addingReportingOverflow(wait)
      if overflow || sum > lastInstant || sum >= gapTimeout ?? .max { break }
      delay = sum
      delays.append(delay)
      wait = wait > lastInstant ? .max : wait * 2
    }
    return delays
  }
}

/// The largest number that a message may carry.
package let lastNumber: UInt64 = (1 << 53) - 1
/// The last moment there is.
package let lastInstant = UInt64(Int64.max)
