import Choosing
import Testing
import Trials

/// The wheel against a sorted array, on random operations.
///
/// `TIMER_SEED=17 swift test --filter TimerWheelModelTests` replays one seed, `TIMER_OPERATIONS=100000000` runs longer.
@Suite struct TimerWheelModelTests {
  static let chunks: [ClosedRange<UInt64>] = {
    if let seed = setting("TIMER_SEED") { return [seed...seed] }
    #if DEBUG
      let standard = 200_000
    #else
      let standard = 5_000_000
    #endif
    let operations = setting("TIMER_OPERATIONS").map(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / TimerTrial.operations))
    return stride(from: 1, through: seeds, by: 50).map { $0...min($0 + 49, seeds) }
  }()

  @Test(arguments: chunks)
  func everyAnswerIsTheOracles(seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      guard let finding = TimerTrial.finding(seed: seed) else { continue }
      Issue.record("\(finding)\nTIMER_SEED=\(seed) swift test --filter TimerWheelModelTests")
      return
    }
  }

  @Test(arguments: NaiveTimers.Damage.allCases)
  func theComparisonNoticesEachPlantedBug(damage: NaiveTimers.Damage) {
    let caught = (UInt64(1)...10).contains { seed in
      var choices = Choices(seed: seed)
      return TimerTrial.play(&choices, damage: damage) != nil
    }
    #expect(caught == (damage != .none))
  }
}
