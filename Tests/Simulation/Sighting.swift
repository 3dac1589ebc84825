/// What has to have happened now and then, or a run has shown little.
package enum Sighting: Int, CaseIterable, Sendable {
  // The receiving side of a stream, at the server or at a member's device.
  case gapFilled, gapTimedOut, gapLeftToTheLastNanosecond, lateMessage, missingAsked, missingAskedAgain
  case duplicateBuffered, duplicateEmitted, stale, ledgerOverflowed
  case beyondWindow, tipClamped, overCapacity, tooManyStreams, unknownStream, staleEpoch, epochRaised, baseClosedGap
  case voided, streamsPaused, streamSuspended, evicted, readInBatch

  // The sender's device.
  case outboxFull, attemptFailed, retryAfter, refusedForGood, unconfirmed, expired
  case cancelledInTime, cancelledTooLate, replaced, retried, held, spreadAfterOutage, hurried, echoed, oldAttemptRefused
  case acknowledgedTwice, storeLost, recordsLost, compacted, restored

  // The server.
  case serverCrashed, emissionsRolledBack, snapshotTorn, diskFailed
  case rateLimited
  case subscriberLagged, gapThenReplay, replayed, blocked, hardLimit, softLimit, typed, resynchronizedTyping
  case ringForgotten

  // Members.
  case memberCrashed, memberJoined, memberLeft, memberRejoined, stayContinued, tooManyStays, gapClosed, resynchronized
  case readByAll, partlyRead, receiptsForgotten

  // Clocks and the network.
  case clockWentBack, clockStood, dayAhead, decadeAhead, partition, oneWayPartition
}

/// How often each was seen.
package struct Sightings: Sendable, Equatable {
  private var counts = [UInt64](repeating: 0, count: Sighting.allCases.count)

  package init() {}

  package mutating func see(_ sighting: Sighting) { counts[sighting.rawValue] += 1 }

  package subscript(_ sighting: Sighting) -> UInt64 { counts[sighting.rawValue] }

  package static func += (left: inout Sightings, right: Sightings) {
    for index in left.counts.indices { left.counts[index] += right.counts[index] }
  }

  package var missing: [Sighting] { Sighting.allCases.filter { self[$0] == 0 } }
}
