import Choosing
import Delivery
import Sequencer
import SequencerModel

/// The library's outbox behind the operations of the model.
final class OutboxMachine {
  private(set) var outbox: Outbox<UInt64, UInt64>
  private let world: OutboxWorld
  private let seed: UInt64
  private(set) var now: UInt64
  /// Every record that was handed out, in order: a store that forgets nothing.
  private var journal: [OutboxRecord<UInt64, UInt64>] = []
  /// When the first transmission may be, as the last `transportUp` said.
  private(set) var opensAt: UInt64 = 0

  init(_ world: OutboxWorld, seed: UInt64, now: UInt64 = 0) {
    self.world = world
    self.seed = seed
    self.now = now
    outbox = Outbox(world.configuration, epoch: world.epoch, seed: seed)
  }

  var view: OutboxView {
    OutboxView(
      count: outbox.count, inFlight: outbox.inFlightCount, deadline: outbox.nextDeadline?.nanoseconds,
      isDown: outbox.isTransportDown)
  }

  func apply(_ operation: OutboxOperation) -> OutboxReply {
    let at = Instant(nanoseconds: now)
    switch operation {
    case .enqueue(let message, let room, let lifetime):
      return .enqueued(
        outbox.enqueue(message, to: room, at: at, lifetime: lifetime.map { .nanoseconds(Int64($0)) }))
    case .replace(let id, let message): return .replaced(outbox.replace(MessageID(rawValue: id), with: message))
    case .transmit:
      return .transmission(
        outbox.nextTransmission(at: at).map {
          OutboxFlight(
            id: $0.id.rawValue, conversation: $0.conversation, epoch: $0.epoch, number: $0.number, base: $0.base,
            attempt: $0.attempt, message: $0.message)
        })
    case .event: return .event(outbox.nextEvent().map(tell))
    case .persisted(let sequence):
      outbox.persisted(through: sequence)
      return .done
    case .acknowledge(let progress, let room): return .acknowledged(outbox.acknowledge(progress, in: room, at: at))
    case .echo(let number, let epoch, let room):
      return .acknowledged(outbox.echo(number, epoch: epoch, in: room, at: at))
    case .reject(let number, let epoch, let attempt, let room, let refusal):
      return .rejected(outbox.reject(number, epoch: epoch, attempt: attempt, in: room, refusal, at: at))
    case .resend(let numbers, let epoch, let room):
      return .resent(outbox.resend(numbers, epoch: epoch, in: room, at: at))
    case .cancel(let id): return .cancelled(outbox.cancel(MessageID(rawValue: id), at: at))
    case .discard(let id): return .discarded(outbox.discard(MessageID(rawValue: id), at: at))
    case .retry(let id): return .retried(outbox.retry(MessageID(rawValue: id), at: at))
    case .down:
      outbox.transportDown(at: at)
      return .done
    case .up:
      opensAt = outbox.transportUp(at: at).nanoseconds
      return .done
    case .pass(let nanoseconds):
      now += nanoseconds
      outbox.advance(to: Instant(nanoseconds: now))
      return .done
    case .slip(let nanoseconds):
      outbox.advance(to: Instant(nanoseconds: now - min(now, nanoseconds)))
      return .done
    case .heed:
      if let deadline = outbox.nextDeadline { now = max(now, deadline.nanoseconds) }
      outbox.advance(to: Instant(nanoseconds: now))
      return .done
    case .restart(let compacted, let shuffle, let epoch): return restart(compacted, shuffle, epoch)
    case .recover(let records, let epoch): return recover(records, epoch, seed: seed) ?? .restored([])
    }
  }

  private func tell(_ event: OutboxEvent<UInt64, UInt64>) -> OutboxTold {
    switch event {
    case .persist(let record):
      journal.append(record)
      return .persist(record)
    case .status(let id, let room, let status): return .status(id.rawValue, room, status)
    case .failed(let id, let room, let status, let message): return .failed(id.rawValue, room, status, message)
    }
  }

  private func restart(_ compacted: Bool, _ shuffle: UInt64, _ epoch: UInt32) -> OutboxReply {
    if compacted {
      journal = []
      outbox.compact { journal.append($0) }
    }
    var random = Choices(seed: shuffle)
    var records = journal
    records.shuffle(using: &random)
    return recover(records, epoch, seed: seed &+ shuffle) ?? .restored(compacted ? journal : [])
  }

  /// Goes on with an outbox that has taken up these records, or, if it refuses them, with the present one.
  private func recover(_ records: [OutboxRecord<UInt64, UInt64>], _ epoch: UInt32, seed: UInt64) -> OutboxReply? {
    var next = Outbox<UInt64, UInt64>(world.configuration, epoch: epoch, seed: seed)
    do throws(OutboxRestoreError) {
      try next.restore(records, at: Instant(nanoseconds: now))
    } catch {
      // What it refused has changed nothing: it is as good as new.
      guard next.count == 0, next.nextDeadline == nil, (try? next.restore([], at: .zero)) != nil else { return .done }
      return .refused(error)
    }
    outbox = next
    journal = records
    opensAt = 0
    return nil
  }
}
