import Choosing
import Foundation
import SequencerModel
import Testing

/// The wheel against a sorted array, on random operations.
///
/// `TIMER_SEED=17 swift test --filter TimerWheelModelTests` replays one seed, `TIMER_OPERATIONS=100000000` runs longer.
@Suite struct TimerWheelModelTests {
  static let operationsPerSeed = 1_000

  static let chunks: [ClosedRange<UInt64>] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["TIMER_SEED"].flatMap(UInt64.init) { return [seed...seed] }
    #if DEBUG
      let standard = 200_000
    #else
      let standard = 5_000_000
    #endif
    let operations = environment["TIMER_OPERATIONS"].flatMap(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / operationsPerSeed))
    return stride(from: 1, through: seeds, by: 50).map { $0...min($0 + 49, seeds) }
  }()

  @Test(arguments: chunks)
  func everyAnswerIsTheOracles(seeds: ClosedRange<UInt64>) throws {
    for seed in seeds {
      var pair = TimerPair()
      play(seed, &pair)
      try #require(pair.complaint == nil, "TIMER_SEED=\(seed) swift test --filter TimerWheelModelTests")
    }
  }

  @Test(arguments: NaiveTimers.Damage.allCases)
  func theComparisonNoticesEachPlantedBug(damage: NaiveTimers.Damage) {
    let caught = (UInt64(1)...10).contains { seed in
      var pair = TimerPair(damage: damage)
      play(seed, &pair)
      return pair.complaint != nil
    }
    #expect(caught == (damage != .none))
  }

  private func play(_ seed: UInt64, _ pair: inout TimerPair) {
    var random = Choices(seed: seed)
    // Each seed has a temper of its own: how far ahead it schedules, how much it cancels, how crowded it is.
    let reach = random.below(62)
    let cancels = random.pick([2, 20, 40])
    let crowd = random.pick([3, 30, 300])
    let quantum = UInt64(1) << UInt64(random.pick([0, 0, 10, 20]))
    if random.chance(50) { pair.advance(to: random.next() >> UInt64(random.below(40) + 1)) }
    for step in 0..<Self.operationsPerSeed where pair.complaint == nil {
      let id = pair.handles.isEmpty ? 0 : pair.handles.count - 1 - random.below(min(pair.handles.count, crowd))
      switch random.below(100) {
      case 0..<40 where pair.count < crowd, 0..<5: pair.schedule(at: deadline(pair, reach, quantum, &random))
      case _ where pair.handles.isEmpty: pair.advance(to: 0)
      case 40..<40 + cancels: pair.cancel(id)
      case 80..<86: pair.reschedule(id, to: deadline(pair, reach, quantum, &random))
      case 86..<88: pair.checkHandles()
      case 88..<92: pair.next(at: pair.nextDeadline ?? pair.newest)
      case 92..<94: pair.advance(to: pair.newest / 2)
      case 94 where random.chance(10): pair.advance(to: clamp(pair.newest, 315_360_000_000_000_000))
      default:
        let moment = random.chance(50) ? pair.nextDeadline ?? 0 : deadline(pair, reach, quantum, &random)
        let nudged = random.chance(50) ? moment : moment - min(1, moment)
        pair.advance(to: nudged, limit: random.pick([0, 1, 2, .max, .max, .max]))
      }
      if step == Self.operationsPerSeed - 1 { pair.checkHandles() }
    }
    pair.drain()
  }

  /// Ahead by anything up to 2^reach, on the grid of a level or beside it, at a moment used before, or in the past.
  private func deadline(
    _ pair: borrowing TimerPair, _ reach: Int, _ quantum: UInt64, _ random: inout Choices
  ) -> UInt64 {
    let span = random.next() & (1 << UInt64(random.below(reach + 1)) - 1)
    let moment = clamp(pair.newest, span) / quantum * quantum
    switch random.below(8) {
    case 0:
      let grid = UInt64(1) << UInt64(6 * random.below(10))
      return min(clamp(moment / grid * grid, grid - 1 + UInt64(random.below(3))), UInt64(Int64.max))
    case 1: return pair.nextDeadline ?? moment
    case 2: return moment / 2
    default: return moment
    }
  }

  private func clamp(_ moment: UInt64, _ span: UInt64) -> UInt64 { min(moment &+ span, UInt64(Int64.max)) }
}
