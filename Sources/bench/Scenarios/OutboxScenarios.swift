internal import Delivery
internal import Sequencer

/// A message's whole way through an outbox, used through its public interface.
enum OutboxScenarios {
  /// Conversations that the messages go to in turn, as a busy client has them open.
  static let conversations: UInt64 = 16
  /// Messages under way at a time, and settled by one acknowledgement a conversation.
  static let burst = 64

  static var all: [Scenario] {
    [
      Scenario(
        "outbox/cycle", unit: "ns/message", "enqueue, transmit and acknowledge, four a conversation at a time",
        work: Work.outbox
      ) { context in
        let count = context.plan.operations(2_000_000)
        return { cycle(count, persists: false) }
      },
      Scenario(
        "outbox/cycle/persisted", unit: "ns/message", "the same with a store that keeps every record first",
        work: Work.outbox
      ) { context in
        let count = context.plan.operations(2_000_000)
        return { cycle(count, persists: true) }
      },
    ]
  }

  /// The straightforward code for the same.
  static var baselines: [Scenario] {
    [
      Scenario(
        "baseline/outbox/cycle", unit: "ns/message", "the same with a dictionary of queues and a dictionary of timers",
        work: Work.outbox
      ) { context in
        let count = context.plan.operations(2_000_000)
        return {
          var outbox = StraightforwardOutbox()
          let start = Clock.nanoseconds()
          let hash = outbox.timedCycle(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: hash)
        }
      }
    ]
  }

  private static func cycle(_ count: Int, persists: Bool) -> Sample {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = persists
    var outbox = Outbox<UInt64, UInt64>(configuration, epoch: 1, seed: SequencerScenarios.hashSeed)
    let start = Clock.nanoseconds()
    let hash = timedCycle(&outbox, count)
    return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: hash)
  }

  /// What a client does: it queues what was written, sends what may go, and takes the acknowledgements.
  @inline(never)
  private static func timedCycle(_ outbox: inout Outbox<UInt64, UInt64>, _ count: Int) -> UInt64 {
    var now = Instant.zero
    var hash: UInt64 = 0
    var settled: UInt64 = 0
    var message: UInt64 = 0
    while message < count {
      let end = min(message + UInt64(burst), UInt64(count))
      while message < end {
        _ = outbox.enqueue(message, to: mix(message % conversations), at: now)
        message += 1
      }
      drain(&outbox, &settled)
      while let transmission = outbox.nextTransmission(at: now) {
        hash = hash &+ mix(transmission.number ^ transmission.message)
      }
      now = now.advanced(by: .milliseconds(50))
      for conversation in 0..<conversations {
        let sent = message / conversations + (message % conversations > conversation ? 1 : 0)
        outbox.acknowledge(StreamProgress(epoch: 1, through: sent), in: mix(conversation), at: now)
      }
      drain(&outbox, &settled)
    }
    return digest(hash, settled)
  }

  @inline(__always)
  private static func drain(_ outbox: inout Outbox<UInt64, UInt64>, _ settled: inout UInt64) {
    var stored: UInt64 = 0
    while let event = outbox.nextEvent() {
      switch event {
      case .persist(let record): stored = record.sequence
      case .status(let id, _, .sent): settled &+= mix(id.rawValue)
      case .status: break
      case .failed: break
      }
    }
    if stored > 0 { outbox.persisted(through: stored) }
  }
}
