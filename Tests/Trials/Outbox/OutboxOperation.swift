package import Delivery
package import Sequencer

/// Something that is done to an outbox, as a value.
package enum OutboxOperation: Equatable {
  case enqueue(UInt64, to: UInt64, lifetime: UInt64?)
  case replace(UInt64, with: UInt64)
  case transmit
  case event
  case persisted(UInt64)
  case acknowledge(StreamProgress, in: UInt64)
  case echo(UInt64, epoch: UInt32, in: UInt64)
  case reject(UInt64, epoch: UInt32, attempt: UInt32, in: UInt64, Refusal)
  case resend(ClosedRange<UInt64>, epoch: UInt32, in: UInt64)
  case cancel(UInt64)
  case discard(UInt64)
  case retry(UInt64)
  case down
  case up
  /// Time passes, in nanoseconds.
  case pass(UInt64)
  /// The clock runs backwards for one call.
  case slip(UInt64)
  /// Goes to the next deadline.
  case heed
  /// The process ends and comes back with what its store has, shuffled by a seed; `compacted` or the whole journal.
  case restart(compacted: Bool, shuffle: UInt64, epoch: UInt32)
  /// The process ends, and the next one finds these records, whatever became of its store.
  case recover([OutboxRecord<UInt64, UInt64>], epoch: UInt32)
}

/// What an outbox answers, as a value.
package enum OutboxReply: Equatable {
  case enqueued(EnqueueOutcome)
  case replaced(ReplaceOutcome)
  case transmission(OutboxFlight?)
  case event(OutboxTold?)
  case acknowledged(AcknowledgementOutcome)
  case rejected(RefusalOutcome)
  case resent(Int)
  case cancelled(CancelOutcome)
  case discarded(DiscardOutcome)
  case retried(OutboxRetryOutcome)
  case restored([OutboxRecord<UInt64, UInt64>])
  case refused(OutboxRestoreError)
  case done
}

/// A transmission, comparable.
package struct OutboxFlight: Equatable {
  var id: UInt64
  var conversation: UInt64
  var epoch: UInt32
  var number: UInt64
  var base: UInt64
  var attempt: UInt32
  var message: UInt64
}

/// An event, comparable.
package enum OutboxTold: Equatable {
  case persist(OutboxRecord<UInt64, UInt64>)
  case status(UInt64, UInt64, DeliveryStatus)
  case failed(UInt64, UInt64, DeliveryStatus, UInt64)
}

/// What can be seen of an outbox at any time.
package struct OutboxView: Equatable {
  var count: Int
  var inFlight: Int
  var deadline: UInt64?
  var isDown: Bool
}

/// An outbox's configuration in plain numbers: no jitter, so that everything can be foretold but the wait after an outage.
package struct OutboxWorld {
  package var timeout: UInt64 = 5_000_000_000
  package var base: UInt64 = 500_000_000
  package var cap: UInt64 = 30_000_000_000
  package var attempts: UInt32 = 4
  package var patience: UInt64 = 3_600_000_000_000
  package var places = 5
  package var inFlight = 8
  package var messages = 64
  package var conversations = 4
  package var lifetime: UInt64? = nil
  package var holds = false
  package var persists = true
  package var spread: UInt64 = 2_000_000_000
  package var inFlightAfterOutage = 5
  package var epoch: UInt32 = 1

  package init() {}

  var configuration: OutboxConfiguration {
    var result = OutboxConfiguration()
    result.acknowledgementTimeout = .nanoseconds(Int64(timeout))
    result.backoff = Backoff(
      base: .nanoseconds(Int64(base)), cap: .nanoseconds(Int64(cap)), jitter: .none, maximumAttempts: attempts,
      deadline: .nanoseconds(Int64(patience)))
    result.inFlightPerConversation = places
    result.inFlightLimit = inFlight
    result.messageLimit = messages
    result.conversationLimit = conversations
    result.lifetime = lifetime.map { .nanoseconds(Int64($0)) }
    result.afterFailure = holds ? .hold : .goOn
    result.persistsFirst = persists
    result.returnSpread = .nanoseconds(Int64(spread))
    result.inFlightAfterOutage = inFlightAfterOutage
    return result
  }
}
