import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing

/// The ring against a set of all messages: every short sequence of operations, and random long ones.
///
/// `FANOUT_SEED=17 swift test --filter FanOutModelTests` replays one seed, `FANOUT_SEEDS=100000` runs longer.
@Suite struct FanOutModelTests {
  enum Step: CaseIterable { case publish, publishThree, skipOne, skipMany, subscribe, drain, drainOne, clear, close }

  /// Heads from which the numbers reach their end or not.
  static let heads: [UInt64] = [0, Position.lastNumber - 3]

  @Test(arguments: [1, 2, 4], heads)
  func everySequenceOfFour(capacity: Int, head: UInt64) {
    var sequences = 0
    for first in Step.allCases {
      for second in Step.allCases {
        for third in Step.allCases {
          for fourth in Step.allCases {
            var pair = FanOutPair(capacity: capacity, head: head)
            pair.subscribe(from: nil)
            for step in [first, second, third, fourth] { play(step, &pair) }
            pair.subscribeFromEverywhere()
            for index in 0..<pair.subscriptionCount { pair.drain(index) }
            sequences += 1
            if let complaint = pair.complaint {
              Issue.record("\(capacity), \(head): \(first), \(second), \(third), \(fourth): \(complaint)")
              return
            }
          }
        }
      }
    }
    #expect(sequences == 6_561)
  }

  private func play(_ step: Step, _ pair: inout FanOutPair) {
    switch step {
    case .publish: pair.publish()
    case .publishThree: pair.publish(3)
    case .skipOne: pair.skip(1)
    case .skipMany: pair.skip(5)
    case .subscribe: pair.subscribe(from: Position(epoch: 7, number: pair.head - min(pair.head, 2)))
    case .drain: pair.drain(0)
    case .drainOne: pair.drain(0, limit: 1)
    case .clear: pair.clear()
    case .close: pair.close()
    }
  }

  static let seeds: ClosedRange<UInt64> = {
    if let seed = setting("FANOUT_SEED") { return seed...seed }
    #if DEBUG
      let standard: UInt64 = 150
    #else
      let standard: UInt64 = 3_000
    #endif
    return 1...(setting("FANOUT_SEEDS") ?? standard)
  }()

  @Test(arguments: [true, false])
  func randomOperations(isExact: Bool) throws {
    var lagged: UInt64 = 0
    for seed in Self.seeds {
      var pair = make(seed, isExact: isExact)
      play(seed, &pair)
      lagged += pair.lagged
      try #require(pair.complaint == nil, "FANOUT_SEED=\(seed) swift test --filter FanOutModelTests")
    }
    #expect(lagged > 0, "a subscriber has to be overtaken now and then, or nothing was tested")
  }

  @Test(arguments: NaiveFanOut.Damage.allCases)
  func theComparisonNoticesEachPlantedBug(damage: NaiveFanOut.Damage) {
    let caught = (UInt64(1)...30).contains { seed in
      var pair = make(seed, isExact: true, damage: damage)
      play(seed, &pair)
      return pair.complaint != nil
    }
    #expect(caught == (damage != .none))
  }

  private func make(_ seed: UInt64, isExact: Bool, damage: NaiveFanOut.Damage = .none) -> FanOutPair {
    var random = Choices(seed: seed)
    let capacity = random.pick([1, 2, 3, 4, 8, 16, 64, 200])
    let heads: [UInt64] = [0, 0, 1, 1_000, 1 << 32 - 5, Position.lastNumber - 150]
    let head = random.pick(heads)
    return FanOutPair(capacity: capacity, head: head, isExact: isExact, damage: damage)
  }

  private func play(_ seed: UInt64, _ pair: inout FanOutPair) {
    var random = Choices(seed: ~seed)
    let crowd = random.pick([1, 3, 12])
    let drains = random.pick([1, 10, 30])
    pair.subscribe(from: nil)
    for _ in 0..<200 where pair.complaint == nil {
      let index = random.below(pair.subscriptionCount)
      switch random.below(100) {
      case 0..<30: pair.publish()
      case 30..<38: pair.publish(random.below(random.pick([3, 20, 300])))
      case 38..<42: pair.skip(UInt64(random.below(random.pick([2, 5, 40, 400]))))
      case 42 where random.chance(20): pair.skip(1 << UInt64(20 + random.below(33)))
      case 43: pair.clear()
      case 44 where random.chance(10): pair.close()
      case 45..<45 + drains: pair.drain(index)
      case 76..<82: pair.drain(index, limit: random.below(random.pick([2, 5, 100])))
      case 82..<90: pair.next(index)
      case 90..<93: pair.drainTogether()
      case 93 where random.chance(10): pair.subscribeFromEverywhere()
      case _ where pair.subscriptionCount < crowd:
        let reach = UInt64(random.below(random.pick([2, 30, 400])))
        let number = random.chance(10) ? pair.head + reach : pair.head - min(pair.head, reach)
        pair.subscribe(from: random.chance(20) ? nil : Position(epoch: random.chance(90) ? 7 : 6, number: number))
      default: pair.drain(index)
      }
    }
    pair.drainTogether()
  }
}
