import Choosing
import SequencerModel
import Testing
import Trials

/// The sequencer against the oracle, on random traffic: losses, duplicates, disorder, leaps of the clock, pauses, tips, voids,
/// epochs, evictions, snapshots and hostile numbers, mixed anew by every seed.
///
/// `MODEL_SEED=17 swift test --filter ModelTests` replays one seed, `MODEL_OPERATIONS=100000000` runs longer.
@Suite("Model")
struct ModelTests {
  /// Fixed seeds, so that a run means the same everywhere; a longer run goes on behind them.
  static let chunks: [ClosedRange<UInt64>] = {
    if let seed = setting("MODEL_SEED") { return [seed...seed] }
    #if DEBUG
      let standard = 600_000
    #else
      let standard = 9_000_000
    #endif
    let operations = setting("MODEL_OPERATIONS").map(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / SequencerTrial.operations))
    return stride(from: 1, through: seeds, by: 50).map { $0...min($0 + 49, seeds) }
  }()

  @Test("Every reply is the oracle's, and every message is accounted for", arguments: chunks)
  func model(seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      guard let finding = SequencerTrial.finding(seed: seed) else { continue }
      Issue.record("\(finding)\nMODEL_SEED=\(seed) swift test --filter ModelTests")
      return
    }
  }

  @Test("The account notices each planted bug", arguments: Damage.allCases)
  func checkerIsChecked(damage: Damage) {
    var struck = 0
    var caught = 0
    for seed in UInt64(1)...40 where caught == 0 {
      var generator = OperationGenerator(Choices(seed: seed))
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
