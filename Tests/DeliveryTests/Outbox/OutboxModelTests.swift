import Choosing
import Testing
import Trials

/// The outbox against the oracle, on random traffic with losses, refusals, outages at any point, restarts and hostile peers.
///
/// `OUTBOX_SEED=17 swift test --filter OutboxModelTests` replays one seed, `OUTBOX_OPERATIONS=100000000` runs longer.
@Suite struct OutboxModelTests {
  /// Fixed seeds, so that a run means the same everywhere; a longer run goes on behind them.
  static let chunks: [ClosedRange<UInt64>] = {
    if let seed = setting("OUTBOX_SEED") { return [seed...seed] }
    #if DEBUG
      let standard = 60_000
    #else
      let standard = 3_000_000
    #endif
    let operations = setting("OUTBOX_OPERATIONS").map(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / OutboxTrial.operations))
    return stride(from: 1, through: seeds, by: 50).map { $0...min($0 + 49, seeds) }
  }()

  @Test(arguments: chunks)
  func everyReplyIsTheOraclesAndEveryMessageEnds(seeds: ClosedRange<UInt64>) {
    var sightings: [OutboxSighting: Int] = [:]
    for seed in seeds {
      let finding = Finding(in: OutboxTrial.name, seed: seed) { OutboxTrial.play(&$0, &sightings) }
      if let finding {
        Issue.record("\(finding)\nOUTBOX_SEED=\(seed) swift test --filter OutboxModelTests")
        return
      }
    }
    guard seeds.count == 50 else { return }
    for sighting in OutboxSighting.allCases {
      #expect(sightings[sighting, default: 0] > 0, "\(sighting) was never seen")
    }
  }
}
