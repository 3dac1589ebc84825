import Choosing
import Delivery
import SequencerModel
import Testing

@Suite struct BackoffTests {
  /// Always the same number: the ends of a span are drawn with 0 and with the greatest.
  private struct Constant: RandomNumberGenerator {
    let value: UInt64
    mutating func next() -> UInt64 { value }
  }

  private static let failures: [UInt32] = Array(0...128) + [1 << 16, 1 << 31 - 1, 1 << 31, .max - 2, .max - 1, .max]
  private static let extremes: [Duration] = [
    .zero, .nanoseconds(1), .nanoseconds(1) / 2, .milliseconds(500), .seconds(30), .seconds(Int64.max), .seconds(-1),
    Duration(attoseconds: .max), Duration(attoseconds: .min),
  ]

  /// The wait by its definition, in whole nanoseconds.
  private func longest(_ base: Duration, _ factor: UInt32, _ cap: Duration, after failures: UInt32) -> Duration {
    func nanoseconds(_ duration: Duration) -> Int128 {
      min(max(duration.attoseconds / 1_000_000_000, 0), Int128(Int64.max))
    }
    if failures == 0 { return .zero }
    var wait = min(nanoseconds(base), nanoseconds(cap))
    // After as many steps it has reached the cap, or it never will.
    for _ in 1..<max(2, min(failures, 200)) where failures > 1 {
      wait = min(wait * Int128(max(factor, 1)), nanoseconds(cap))
    }
    return Duration(attoseconds: wait * 1_000_000_000)
  }

  @Test(arguments: [0, 1, 2, 3, 4, 7, 1 << 31, .max] as [UInt32])
  func everyAttemptWithEveryExtreme(factor: UInt32) {
    for base in Self.extremes {
      for cap in Self.extremes {
        let backoff = Backoff(
          base: base, factor: factor, cap: cap, jitter: .none, maximumAttempts: .max, deadline: .seconds(Int64.max))
        var random = Constant(value: 7)
        for failures in Self.failures {
          let expected = longest(base, factor, cap, after: failures)
          #expect(backoff.longestDelay(after: failures) == expected)
          let decision = backoff.delay(after: failures, elapsed: .zero, using: &random)
          #expect(decision == (failures == .max ? .giveUp(.attempts) : .retry(after: expected)))
        }
      }
    }
  }

  @Test func theDefaultsAreThoseOfTheDesign() {
    let seconds = (0...9).map { Backoff().longestDelay(after: $0) / .milliseconds(500) }
    #expect(seconds == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
  }

  @Test func chanceReachesBothEndsAndNoFurther() {
    let floor = Duration.milliseconds(100)
    let backoff = Backoff(jitter: .full(floor: floor), maximumAttempts: .max, deadline: .seconds(Int64.max))
    var (least, greatest) = (Constant(value: 0), Constant(value: .max))
    for failures in 1...128 as ClosedRange<UInt32> {
      #expect(backoff.delay(after: failures, elapsed: .zero, using: &least) == .retry(after: floor))
      let longest = backoff.longestDelay(after: failures)
      #expect(backoff.delay(after: failures, elapsed: .zero, using: &greatest) == .retry(after: longest))
    }
  }

  @Test func aFloorAboveTheSpanIsItsEnd() {
    var random = Constant(value: 0)
    let backoff = Backoff(jitter: .full(floor: .seconds(Int64.max)))
    #expect(backoff.delay(after: 1, elapsed: .zero, using: &random) == .retry(after: .milliseconds(500)))
    let none = Backoff(base: .zero, jitter: .full(floor: .seconds(1)))
    #expect(none.delay(after: 9, elapsed: .zero, using: &random) == .retry(after: .zero))
  }

  /// Ten thousand clients that failed together: no tenth of the span gets more than a seventh of them.
  @Test func chanceSpreadsEvenly() {
    var random = Choices(seed: 1)
    var tenths = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let decision = Backoff(jitter: .full(floor: .zero)).delay(after: 4, elapsed: .zero, using: &random)
      guard case .retry(let delay) = decision else { continue }
      tenths[min(9, Int(delay / .milliseconds(400)))] += 1
    }
    #expect(tenths.allSatisfy { 800...1_200 ~= $0 }, "\(tenths)")
  }

  @Test func whatAPeerAsksForRaisesTheSpan() {
    var (least, greatest) = (Constant(value: 0), Constant(value: .max))
    let backoff = Backoff()
    func span(_ asked: Duration, after failures: UInt32 = 1) -> [Backoff.Decision] {
      [
        backoff.delay(after: failures, elapsed: .zero, retryAfter: asked, using: &least),
        backoff.delay(after: failures, elapsed: .zero, retryAfter: asked, using: &greatest),
      ]
    }
    #expect(span(.seconds(20)) == [.retry(after: .seconds(20)), .retry(after: .seconds(25))])
    #expect(span(.seconds(1), after: 4) == [.retry(after: .seconds(1)), .retry(after: .milliseconds(4_900))])
    let clamped: [Backoff.Decision] = [.retry(after: .seconds(900)), .retry(after: .seconds(1_125))]
    #expect(span(.seconds(901)) == clamped && span(Duration(attoseconds: .max)) == clamped)
    let own: [Backoff.Decision] = [.retry(after: .milliseconds(100)), .retry(after: .milliseconds(500))]
    #expect(span(.zero) == own && span(.seconds(-1)) == own && span(Duration(attoseconds: .min)) == own)
    let steady = Backoff(jitter: .none)
    let asked = steady.delay(after: 1, elapsed: .zero, retryAfter: .seconds(9), using: &greatest)
    let unasked = steady.delay(after: 1, elapsed: .zero, retryAfter: .zero, using: &least)
    #expect(asked == .retry(after: .seconds(9)) && unasked == .retry(after: .milliseconds(500)))
  }

  @Test func itStopsWhenAttemptsOrTimeHaveRunOut() {
    var random = Constant(value: 0)
    let backoff = Backoff(jitter: .none, maximumAttempts: 3, deadline: .seconds(10))
    func decide(_ failures: UInt32, _ elapsed: Duration, _ asked: Duration? = nil) -> Backoff.Decision {
      backoff.delay(after: failures, elapsed: elapsed, retryAfter: asked, using: &random)
    }
    #expect(decide(2, .zero) == .retry(after: .seconds(1)))
    #expect(decide(3, .zero) == .giveUp(.attempts) && decide(.max, .seconds(60)) == .giveUp(.attempts))
    #expect(decide(2, .seconds(9)) == .retry(after: .seconds(1)), "exactly at the deadline")
    #expect(decide(2, .seconds(9) + .nanoseconds(1)) == .giveUp(.deadline), "it would be past it by then")
    #expect(decide(1, .seconds(10)) == .giveUp(.deadline) && decide(0, .seconds(10)) == .giveUp(.deadline))
    #expect(decide(1, Duration(attoseconds: .max)) == .giveUp(.deadline))
    #expect(decide(1, Duration(attoseconds: .min)) == .retry(after: .milliseconds(500)), "a clock that ran backwards")
    #expect(decide(1, .seconds(1), .seconds(600)) == .giveUp(.deadline), "asked to come back too late")
    let never = Backoff(maximumAttempts: 0)
    #expect(never.delay(after: 0, elapsed: .zero, using: &random) == .giveUp(.attempts))
    let late = Backoff(deadline: .seconds(-1))
    #expect(late.delay(after: 0, elapsed: .zero, using: &random) == .giveUp(.deadline))
  }

  @Test func theSameNumbersGiveTheSameWaits() {
    func waits(_ seed: UInt64) -> [Backoff.Decision] {
      var random = Choices(seed: seed)
      return (1...15).map { Backoff().delay(after: $0, elapsed: .zero, using: &random) }
    }
    #expect(waits(3) == waits(3) && waits(3) != waits(4))
  }
}
