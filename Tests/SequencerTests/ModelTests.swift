import Foundation
import Sequencer
import SequencerModel
import Testing

/// The sequencer against the oracle, on random traffic: losses, duplicates, disorder, leaps of the clock, pauses, tips, voids,
/// epochs, evictions, snapshots and hostile numbers, mixed anew by every seed.
///
/// `MODEL_SEED=17 swift test --filter ModelTests` replays one seed, `MODEL_OPERATIONS=100000000` runs longer.
@Suite("Model")
struct ModelTests {
  static let operationsPerSeed = 3_000

  /// Fixed seeds, so that a run means the same everywhere; a longer run goes on behind them.
  static let chunks: [ClosedRange<UInt64>] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["MODEL_SEED"].flatMap(UInt64.init) { return [seed...seed] }
    #if DEBUG
      let standard = 600_000
    #else
      let standard = 9_000_000
    #endif
    let operations = environment["MODEL_OPERATIONS"].flatMap(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / operationsPerSeed))
    return stride(from: 1, through: seeds, by: 50).map { $0...min($0 + 49, seeds) }
  }()

  @Test("Every reply is the oracle's, and every message is accounted for", arguments: chunks)
  func model(seeds: ClosedRange<UInt64>) throws {
    for seed in seeds {
      let failure =
        switch seed % 4 {
        case 0, 1: firstFailure(seed, UInt64.self)
        case 2: firstFailure(seed, StreamPair.self)
        default: firstFailure(seed, String.self)
        }
      try #require(failure == nil, "MODEL_SEED=\(seed) swift test --filter ModelTests")
    }
  }

  /// Plays one seed; what went wrong first, if anything did.
  private func firstFailure<Key: NumberedKey>(_ seed: UInt64, _ key: Key.Type) -> String? {
    var generator = OperationGenerator(seed: seed)
    var oracle = NaiveSequencer(generator.configuration)
    let machine = SequencerMachine<Key>(generator.configuration, hashSeed: seed)
    var account = MessageAccount(generator.configuration)
    for index in 0..<Self.operationsPerSeed {
      let operation = generator.next()
      let expected = oracle.apply(operation)
      let actual = machine.apply(operation)
      if actual != expected {
        return "operation \(index): \(operation)\n  expected \(expected)\n  actual   \(actual)"
      }
      if let complaint = account.enter(operation, actual) { return "operation \(index): \(operation): \(complaint)" }
      generator.observe(operation, actual)
    }
    return nil
  }

  @Test("The account notices each planted bug", arguments: Damage.allCases)
  func checkerIsChecked(damage: Damage) {
    var struck = 0
    var caught = 0
    for seed in UInt64(1)...40 where caught == 0 {
      var generator = OperationGenerator(seed: seed)
      var machine = DamagedMachine(NaiveSequencer(generator.configuration), damage: damage, after: 50)
      var account = MessageAccount(generator.configuration)
      for _ in 0..<600 {
        let operation = generator.next()
        let reply = machine.apply(operation)
        if account.enter(operation, reply) != nil {
          caught += 1
          break
        }
        generator.observe(operation, reply)
      }
      if machine.isDone { struck += 1 }
    }
    #expect(struck > 0)
    #expect(caught > 0)
  }
}
