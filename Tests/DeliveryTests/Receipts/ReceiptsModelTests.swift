import Choosing
import Testing
import Trials

/// Receipts against the naive table of booleans, on random traffic with members coming and going.
///
/// `RECEIPTS_SEED=17 swift test --filter ReceiptsModelTests` replays one seed, `RECEIPTS_SEEDS=100000` runs longer.
@Suite struct ReceiptsModelTests {
  static let seeds: ClosedRange<UInt64> = {
    if let seed = setting("RECEIPTS_SEED") { return seed...seed }
    return 1...(setting("RECEIPTS_SEEDS") ?? 200)
  }()

  @Test func everyAnswerIsTheOraclesOnRandomTraffic() {
    for seed in Self.seeds {
      guard let finding = ReceiptsTrial.finding(seed: seed) else { continue }
      Issue.record("\(finding)\nRECEIPTS_SEED=\(seed) swift test --filter ReceiptsModelTests")
      return
    }
  }
}
