import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing

@Suite struct RateLimiterTests {
  private func moment(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds) }

  /// The oracle: a bucket is a number of nanoseconds' worth of tokens, filled up step by step.
  private struct NaiveLimiter {
    let room: UInt64
    let each: UInt64
    var buckets: [Int: (level: UInt64, time: UInt64)] = [:]
    var newest: UInt64 = 0

    mutating func take(_ tokens: Int, from key: Int, at now: UInt64) -> RateLimiter<Int>.Outcome {
      newest = max(newest, now)
      let (level, time) = buckets[key] ?? (room, newest)
      let filled = min(room, level + (newest - time))
      let cost = UInt64(tokens) * each
      buckets[key] = (filled, newest)
      if filled < cost { return .limited(until: Instant(nanoseconds: newest + (cost - filled))) }
      buckets[key] = (filled - cost, newest)
      return .allowed
    }

    /// Keys whose buckets are not full.
    var active: Int { buckets.values.count { min(room, $0.level + (newest - $0.time)) < room } }
  }

  @Test(arguments: UInt64(1)...20)
  func everyAnswerIsTheOracles(seed: UInt64) {
    var random = Choices(seed: seed)
    let burst = random.pick([1, 2, 10])
    let each = random.pick([1, 7, 1_000] as [UInt64])
    var limiter = RateLimiter<Int>(burst: burst, refill: .nanoseconds(Int64(each)))
    var oracle = NaiveLimiter(room: UInt64(burst) * each, each: each)
    var now: UInt64 = 0
    for step in 0..<2_000 {
      if random.chance(60) { now += random.next() % (each * 2 + 1) }
      if random.chance(2) { now += 100 * each }
      let said = random.chance(5) ? now / 2 : now
      let (tokens, key) = (1 + random.below(burst), random.below(8))
      let expected = oracle.take(tokens, from: key, at: said)
      #expect(limiter.take(tokens, from: key, at: moment(said)) == expected, "seed \(seed), step \(step)")
      if step % 100 == 0 {
        limiter.forgetIdle(at: moment(now))
        oracle.newest = max(oracle.newest, now)
        #expect(limiter.count == oracle.active, "seed \(seed), step \(step)")
      }
    }
  }

  @Test func whatWasRefusedIsAllowedAtTheMomentNamedAndNotBefore() {
    var limiter = RateLimiter<String>(burst: 2, refill: .seconds(1))
    #expect(limiter.take(2, from: "a", at: .zero) == .allowed)
    #expect(limiter.take(from: "a", at: .zero) == .limited(until: moment(1_000_000_000)))
    #expect(limiter.take(from: "a", at: moment(999_999_999)) == .limited(until: moment(1_000_000_000)))
    #expect(limiter.take(from: "a", at: moment(1_000_000_000)) == .allowed)
    #expect(limiter.take(from: "b", at: .zero) == .allowed, "others have their own")
  }

  /// A storm of new keys is refused, not remembered; those who were there keep their buckets.
  @Test func keysAreBounded() {
    var limiter = RateLimiter<Int>(burst: 3, refill: .seconds(1), keyLimit: 100)
    for key in 0..<100 { #expect(limiter.take(from: key, at: .zero) == .allowed) }
    for key in 100..<10_000 { #expect(limiter.take(from: key, at: .zero) == .tooManyKeys) }
    #expect(limiter.count == 100)
    #expect(limiter.take(3, from: 7, at: .zero) == .limited(until: moment(1_000_000_000)))
    #expect(limiter.take(2, from: 7, at: .zero) == .allowed)
    // A second later all but that one are full again, so that there is room.
    for key in 200..<299 { #expect(limiter.take(from: key, at: moment(1_000_000_000)) == .allowed) }
    #expect(limiter.take(from: 299, at: moment(1_000_000_000)) == .tooManyKeys)
    #expect(limiter.count == 100)
    limiter.forgetIdle(at: moment(60_000_000_000))
    #expect(limiter.count == 0)
  }

  @Test func theEndOfTimeIsLikeAnyOtherMoment() {
    var limiter = RateLimiter<Int>(burst: 2, refill: .nanoseconds(1 << 61))
    #expect(limiter.take(2, from: 1, at: .max) == .allowed)
    #expect(limiter.take(2, from: 1, at: .max) == .limited(until: .max))
    limiter.forgetIdle(at: .max)
    #expect(limiter.count == 1 && limiter.take(from: 1, at: .zero) == .limited(until: .max))
    var none = RateLimiter<Int>(burst: 1, refill: .seconds(1), keyLimit: 0)
    #expect(none.take(from: 1, at: .zero) == .tooManyKeys)
  }

  #if os(Linux) || os(macOS)
    @Test func misuseTraps() async {
      await #expect(processExitsWith: .failure) { _ = RateLimiter<Int>(burst: 0, refill: .seconds(1)).count }
      await #expect(processExitsWith: .failure) { _ = RateLimiter<Int>(burst: 1, refill: .zero).count }
      await #expect(processExitsWith: .failure) { _ = RateLimiter<Int>(burst: 3, refill: .nanoseconds(1 << 61)).count }
      await #expect(processExitsWith: .failure) {
        _ = RateLimiter<Int>(burst: 1, refill: .seconds(1), keyLimit: -1).count
      }
      await #expect(processExitsWith: .failure) {
        var limiter = RateLimiter<Int>(burst: 2, refill: .seconds(1))
        _ = limiter.take(3, from: 1, at: .zero)
      }
      await #expect(processExitsWith: .failure) {
        var limiter = RateLimiter<Int>(burst: 2, refill: .seconds(1))
        _ = limiter.take(0, from: 1, at: .zero)
      }
    }
  #endif
}
