internal import Delivery

enum RetryScenarios {
  static var all: [Scenario] {
    [
      Scenario("retry/backoff", unit: "ns/delay", "how long to wait after the first to the eighth failure") { context in
        let count = context.plan.operations(10_000_000)
        return {
          let backoff = Backoff()
          let start = Clock.nanoseconds()
          let total = timedDelays(backoff, count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(total))
        }
      }
    ]
  }

  @inline(never)
  private static func timedDelays(_ backoff: Backoff, _ count: Int) -> UInt64 {
    var random = XorShift(seed: 0x2468_ACE0_1357)
    var total: UInt64 = 0
    let elapsed = Duration.seconds(60)
    for index in 0..<UInt32(count) {
      let decision = backoff.delay(after: 1 &+ index & 7, elapsed: elapsed, using: &random)
      if case .retry(let delay) = decision { total &+= UInt64(truncatingIfNeeded: delay.attoseconds) }
    }
    return total
  }
}

extension XorShift: RandomNumberGenerator {}
