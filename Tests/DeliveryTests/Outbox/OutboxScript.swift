import Delivery
import Sequencer

/// An outbox of one room and a few more, in words as short as the rules that are tested. Times are in milliseconds.
struct OutboxScript: ~Copyable {
  var outbox: Outbox<String, String>
  let epoch: UInt32
  var now: UInt64 = 0
  var records: [OutboxRecord<String, String>] = []

  /// Without a store and without jitter, unless `adjust` says otherwise.
  init(epoch: UInt32 = 1, seed: UInt64 = 1, _ adjust: (inout OutboxConfiguration) -> Void = { _ in }) {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    configuration.backoff = Backoff(jitter: .none)
    adjust(&configuration)
    outbox = Outbox(configuration, epoch: epoch, seed: seed)
    self.epoch = epoch
  }

  var at: Instant { Instant(nanoseconds: now * 1_000_000) }
  var deadline: UInt64? { outbox.nextDeadline.map { $0.nanoseconds / 1_000_000 } }

  @discardableResult
  mutating func queue(_ texts: String..., to room: String = "a", lifetime: Duration? = nil) -> MessageID {
    var last = MessageID(rawValue: 0)
    for text in texts {
      if case .queued(let id, _) = outbox.enqueue(text, to: room, at: at, lifetime: lifetime) { last = id }
    }
    return last
  }

  /// What goes out now, as `text#number`.
  mutating func sent() -> String {
    var result: [String] = []
    while let next = outbox.nextTransmission(at: at) { result.append("\(next.message)#\(next.number)") }
    return result.joined(separator: " ")
  }

  /// The same with base and attempt, as `text#number/base@attempt`.
  mutating func sentInFull() -> String {
    var result: [String] = []
    while let next = outbox.nextTransmission(at: at) {
      result.append("\(next.message)#\(next.number)/\(next.base)@\(next.attempt)")
    }
    return result.joined(separator: " ")
  }

  @discardableResult
  mutating func acknowledge(
    _ through: UInt64, except: [ClosedRange<UInt64>] = [], in room: String = "a"
  ) -> AcknowledgementOutcome {
    outbox.acknowledge(StreamProgress(epoch: epoch, through: through, except: except), in: room, at: at)
  }

  @discardableResult
  mutating func refuse(_ number: UInt64, _ attempt: UInt32 = 1, _ refusal: Refusal = .forNow()) -> RefusalOutcome {
    outbox.reject(number, epoch: epoch, attempt: attempt, in: "a", refusal, at: at)
  }

  mutating func pass(_ milliseconds: UInt64) {
    now += milliseconds
    outbox.advance(to: at)
  }

  /// What is told now; records are stored, but not confirmed.
  mutating func told() -> [String] {
    var result: [String] = []
    while let event = outbox.nextEvent() {
      switch event {
      case .persist(let record):
        records.append(record)
        result.append("persist \(record.id.rawValue)")
      case .status(let id, _, let status): result.append("\(id.rawValue) \(status)")
      case .failed(let id, _, .failed(let round, let reason), let text):
        result.append("\(id.rawValue) failed \(round) \(reason) \(text)")
      case .failed: result.append("failed without failing")
      }
    }
    return result
  }
}
