import Delivery

/// What must have happened in a suite's traffic now and then, or it shows nothing.
package enum OutboxSighting: CaseIterable {
  case transmitted, transmittedAgain, settled, settledSeveral, timedOut, refused, refusedForGood, ignored, expired
  case lostInFlight, answeredInOutage, resent, replaced, replacedTooLate, cancelled, cancelledTooLate, discarded,
    retried
  case full, restored, recovered, refusedRecords

  /// What an operation showed, by its outcome and what was seen before and after it.
  init?(_ operation: OutboxOperation, _ reply: OutboxReply, _ before: OutboxView, _ after: OutboxView) {
    switch (operation, reply) {
    case (_, .transmission(let flight?)): self = flight.attempt > 1 ? .transmittedAgain : .transmitted
    case (_, .acknowledged(.settled)) where before.isDown: self = .answeredInOutage
    case (_, .acknowledged(.settled(let count))): self = count > 1 ? .settledSeveral : .settled
    case (_, .rejected(.retrying)) where before.isDown: self = .answeredInOutage
    case (_, .rejected(.retrying)): self = .refused
    case (_, .rejected(.failed)): self = .refusedForGood
    case (_, .rejected(.ignored)): self = .ignored
    case (_, .event(.failed(_, _, .failed(_, .expired), _)?)): self = .expired
    case (.down, _) where before.inFlight > 0: self = .lostInFlight
    case (.pass, _) where after.inFlight < before.inFlight: self = .timedOut
    case (.heed, _) where after.inFlight < before.inFlight: self = .timedOut
    case (_, .resent(let count)) where count > 0: self = .resent
    case (_, .replaced(.replaced)): self = .replaced
    case (_, .replaced(.alreadyTransmitted)): self = .replacedTooLate
    case (_, .cancelled(.cancelled)): self = .cancelled
    case (_, .cancelled(.mayHaveArrived)): self = .cancelledTooLate
    case (_, .discarded(.discarded)): self = .discarded
    case (_, .retried(.started)): self = .retried
    case (_, .enqueued(.rejected(.full))): self = .full
    case (.restart, _): self = .restored
    case (.recover, .refused): self = .refusedRecords
    case (.recover, _): self = .recovered
    default: return nil
    }
  }
}
