import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing
import Trials

@Suite struct TimerWheelTests {
  static let last = UInt64(Int64.max)
  static let tenYears: UInt64 = 315_360_000_000_000_000

  /// Starts at each level's boundary and beside it; deadlines that differ from the start in each digit, by little and by much.
  @Test(arguments: 0...10)
  func firesExactlyFromEveryLevelsBoundary(level: UInt64) {
    let boundary = UInt64(1) << (6 * level)
    for start in [boundary - 1, boundary, boundary + 1, 63 &* boundary, Self.last - boundary, Self.last - boundary - 1]
    {
      guard start <= Self.last else { continue }
      var spans: Set<UInt64> = [0, 1, 62, 63]
      for power in 0...10 as ClosedRange<UInt64> {
        let unit = UInt64(1) << (6 * power)
        spans.formUnion([unit - 1, unit, unit + 1, 63 &* unit])
      }
      let deadlines = spans.sorted().map { start &+ $0 }.filter { (start...Self.last) ~= $0 }
      var together = TimerPair()
      together.advance(to: start)
      for deadline in deadlines {
        var alone = TimerPair()
        alone.advance(to: start)
        alone.schedule(at: deadline)
        alone.drain()
        expectNoComplaint(alone, "\(deadline) from \(start)")
        together.schedule(at: deadline)
      }
      together.drain()
      expectNoComplaint(together, "from \(start)")
    }
  }

  @Test func theLastInstantIsADeadlineLikeAnyOther() {
    var pair = TimerPair()
    for deadline in [Self.last, Self.last - 1, 0, Self.last] { pair.schedule(at: deadline) }
    pair.advance(to: Self.last - 1)
    #expect(pair.count == 2)
    pair.schedule(at: 5)
    pair.advance(to: Self.last)
    #expect(pair.count == 0)
    expectNoComplaint(pair)
  }

  /// Thousands of deadlines over a century, and a clock that leaps ten years at a time, all or a few at a call.
  @Test(arguments: [Int.max, 100])
  func leapsOfTenYears(limit: Int) {
    var random = Choices(seed: 4)
    var pair = TimerPair()
    for _ in 0..<2_000 { pair.schedule(at: random.next() % (10 * Self.tenYears)) }
    for leap in 1...10 as ClosedRange<UInt64> {
      repeat { pair.advance(to: leap * Self.tenYears, limit: limit) } while pair.nextDeadline == pair.newest
    }
    #expect(pair.count == 0)
    expectNoComplaint(pair)
  }

  @Test func aFrozenOrBackwardClockFiresNothingNew() {
    var pair = TimerPair()
    pair.advance(to: 1_000)
    pair.schedule(at: 2_000)
    pair.advance(to: 10)
    pair.schedule(at: 500)
    #expect(pair.nextDeadline == 1_000)
    pair.advance(to: 0)
    pair.advance(to: 1_000)
    #expect(pair.count == 1)
    pair.drain()
    expectNoComplaint(pair)
  }

  /// A thousand timers of one nanosecond, among as many of the next: split or not, whatever is cancelled, the rest keep
  /// their order.
  @Test(arguments: [1 as UInt64, 64, 65, 4_096, 1 << 30, 1 << 62])
  func timersOfOneMomentFireInTheOrderOfScheduling(deadline: UInt64) {
    var pair = TimerPair()
    for index in 0..<600 as Range<UInt64> { pair.schedule(at: deadline + index % 3 / 2) }
    for id in stride(from: 0, to: 600, by: 7) { pair.cancel(id) }
    for id in stride(from: 1, to: 600, by: 11) { pair.reschedule(id, to: deadline) }
    pair.advance(to: deadline - 1)
    pair.advance(to: deadline, limit: 100)
    for _ in 0..<20 { pair.schedule(at: deadline) }
    pair.drain()
    expectNoComplaint(pair)
  }

  /// All sequences of three operations on three timers, in every arrangement of their deadlines.
  @Test func threeOperationsOnThreeTimersInEveryOrder() {
    let moments: [UInt64] = [5, 6, 70]
    var played = 0
    for arrangement in 0..<27 {
      for sequence in 0..<15 * 15 * 15 {
        #if DEBUG
          // Every arrangement meets every ninth sequence, and every sequence three arrangements.
          guard (arrangement + sequence) % 9 == 0 else { continue }
        #endif
        var pair = TimerPair()
        for digit in [1, 3, 9] { pair.schedule(at: moments[arrangement / digit % 3]) }
        for digit in [1, 15, 225] {
          switch sequence / digit % 15 {
          case let id where id < 3: pair.cancel(id)
          case let other where other < 12: pair.reschedule((other - 3) / 3, to: moments[other % 3])
          case let time: pair.advance(to: moments[time - 12])
          }
        }
        pair.checkHandles()
        pair.drain()
        if let complaint = pair.complaint {
          Issue.record("arrangement \(arrangement), sequence \(sequence): \(complaint)")
          return
        }
        played += 1
      }
    }
    #expect(played >= 10_125)
  }

  /// Ever earlier deadlines, of which the next to fire is looked for again and again: each time another bucket is split.
  @Test func splitsAreBounded() {
    var pair = TimerPair()
    for level in stride(from: 10 as UInt64, through: 1, by: -1) {
      for bucket in stride(from: 7 as UInt64, through: 1, by: -1) {
        let start = bucket << (6 * level)
        let first = pair.handles.count
        for digit in 0..<12 as Range<UInt64> { pair.schedule(at: start + digit << (6 * level - 6)) }
        for id in first..<first + 10 { pair.cancel(id) }
      }
    }
    #expect(pair.blockCount == 64 + 256 / 32)
    pair.drain()
    expectNoComplaint(pair)
  }

  private func expectNoComplaint(_ pair: borrowing TimerPair, _ comment: String = "") {
    #expect(pair.complaint == nil, "\(comment)")
  }
}
