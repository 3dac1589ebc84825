import Delivery
import Sequencer
import Testing
import Trials

/// Every sequence of a few operations on an outbox with two messages, against the oracle: outages, refusals and decisions at
/// every point.
@Suite struct OutboxSmallWorldTests {
  static let worlds: [OutboxWorld] = [false, true].flatMap { holds in
    [false, true].map { persists in
      var world = OutboxWorld()
      world.places = holds ? 1 : 2
      world.inFlight = 2
      world.messages = 3
      world.conversations = 2
      world.attempts = 2
      world.holds = holds
      world.persists = persists
      world.inFlightAfterOutage = 1
      world.lifetime = persists ? 7_000_000_000 : nil
      return world
    }
  }

  static let alphabet: [OutboxOperation] = [
    .enqueue(3, to: 1, lifetime: nil), .transmit, .event, .persisted(2),
    .acknowledge(StreamProgress(epoch: 1, through: 2), in: 1),
    .acknowledge(StreamProgress(epoch: 1, above: 1, through: 2), in: 1),
    .reject(1, epoch: 1, attempt: 1, in: 1, .forNow()), .reject(1, epoch: 1, attempt: 2, in: 1, .forGood),
    .reject(2, epoch: 1, attempt: 1, in: 1, .forGood), .resend(1...2, epoch: 1, in: 1), .replace(1, with: 9),
    .cancel(1), .discard(1), .retry(1), .down, .up, .pass(500_000_000), .heed,
    .restart(compacted: true, shuffle: 3, epoch: 1),
  ]

  static let beginnings: [[OutboxOperation]] = [
    [.enqueue(1, to: 1, lifetime: nil), .enqueue(2, to: 1, lifetime: nil)],
    [
      .enqueue(1, to: 1, lifetime: nil), .event, .enqueue(2, to: 1, lifetime: nil), .event, .persisted(0), .transmit,
      .transmit,
    ],
    [.enqueue(1, to: 1, lifetime: nil), .enqueue(2, to: 1, lifetime: nil), .event, .event, .transmit, .down],
  ]

  @Test(arguments: worlds.indices)
  func everySequence(world: Int) {
    #if DEBUG
      let length = 2
    #else
      let length = 3
    #endif
    var count = 0
    for beginning in Self.beginnings {
      guard play(beginning, length, Self.worlds[world], &count) else { return }
    }
    #expect(count > 1_000)
  }

  /// Plays all sequences that go on from `beginning`; false once one went wrong.
  private func play(
    _ beginning: [OutboxOperation], _ left: Int, _ world: OutboxWorld, _ count: inout Int
  ) -> Bool {
    guard left == 0 else {
      for operation in Self.alphabet {
        guard play(beginning + [operation], left - 1, world, &count) else { return false }
      }
      return true
    }
    count += 1
    var trial = OutboxTrial(world, seed: 1)
    for operation in beginning {
      var operation = operation
      // Only what was handed out can be confirmed.
      if case .persisted(let sequence) = operation { operation = .persisted(min(sequence, trial.oracle.lastSequence)) }
      if let failure = trial.step(operation) {
        Issue.record("\(beginning): \(failure)")
        return false
      }
    }
    if let failure = trial.finish() {
      Issue.record("\(beginning): \(failure)")
      return false
    }
    return true
  }
}
