import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing

@Suite struct DeduplicatorTests {
  private func moment(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds) }

  private func granted<Result>(_ outcome: DeduplicatorOutcome<Result>) -> DeduplicatorLease? {
    if case .first(let lease) = outcome { lease } else { nil }
  }

  private func make(limit: Int = 100) -> Deduplicator<String, Int> {
    Deduplicator(limit: limit, leaseTime: .nanoseconds(10), retention: .nanoseconds(100))
  }

  @Test func theFirstDoesItAndTheOthersGetItsResult() throws {
    var seen = make()
    let first = try #require(granted(seen.begin("a", at: moment(0))))
    #expect(seen.begin("a", at: moment(5)) == .inProgress(until: moment(10)))
    #expect(seen.complete(first, 7, at: moment(9)) == .accepted)
    #expect(seen.begin("a", at: moment(9)) == .repeat(7))
    #expect(seen.begin("a", at: moment(108)) == .repeat(7))
    #expect(seen.nextDeadline == moment(109))
    #expect(granted(seen.begin("a", at: moment(109))) != nil, "kept long enough")
  }

  @Test func aFailedFirstTryDoesNotSwallowTheRetry() throws {
    var seen = make()
    let first = try #require(granted(seen.begin("a", at: moment(0))))
    #expect(seen.fail(first) == .accepted)
    #expect(seen.count == 0)
    let second = try #require(granted(seen.begin("a", at: moment(1))))
    #expect(seen.fail(first) == .expired && seen.complete(first, 1, at: moment(2)) == .expired, "given back before")
    #expect(seen.complete(second, 2, at: moment(2)) == .accepted)
    #expect(seen.complete(second, 3, at: moment(2)) == .expired && seen.fail(second) == .expired)
    #expect(seen.begin("a", at: moment(3)) == .repeat(2))
  }

  @Test func aLeaseThatRanOutCannotComplete() throws {
    var seen = make()
    let slow = try #require(granted(seen.begin("a", at: moment(0))))
    #expect(seen.begin("a", at: moment(9)) == .inProgress(until: moment(10)))
    let next = try #require(granted(seen.begin("a", at: moment(10))))
    #expect(seen.complete(slow, 1, at: moment(11)) == .expired && seen.fail(slow) == .expired)
    #expect(seen.begin("a", at: moment(11)) == .inProgress(until: moment(20)))
    #expect(seen.complete(next, 2, at: moment(5)) == .accepted, "the clock ran backwards: it is still 11")
    let alone = try #require(granted(seen.begin("b", at: moment(20))))
    #expect(seen.complete(alone, 3, at: moment(30)) == .expired, "though nobody else asked")
    #expect(seen.count == 1)
  }

  @Test func theOldestResultMakesRoomAndNothingInProgressDoes() throws {
    var seen = make(limit: 3)
    let held = try #require(granted(seen.begin("held", at: moment(0))))
    for key in ["a", "b", "c", "d"] {
      let lease = try #require(granted(seen.begin(key, at: moment(1))))
      #expect(seen.complete(lease, 0, at: moment(1)) == .accepted)
    }
    #expect(seen.count == 3 && seen.evictionCount == 2)
    #expect(seen.begin("c", at: moment(1)) == .repeat(0))
    #expect(granted(seen.begin("e", at: moment(2))) != nil && granted(seen.begin("f", at: moment(2))) != nil)
    #expect(seen.begin("g", at: moment(2)) == .full)
    #expect(seen.begin("held", at: moment(2)) == .inProgress(until: moment(10)))
    #expect(seen.complete(held, 5, at: moment(3)) == .accepted)
    #expect(granted(seen.begin("g", at: moment(3))) != nil)
    var none = make(limit: 0)
    #expect(none.begin("a", at: moment(0)) == .full)
  }

  @Test func timesBeyondTheLastInstantNeverCome() throws {
    var seen = Deduplicator<Int, String>(leaseTime: .seconds(Int64.max), retention: .seconds(Int64.max))
    let lease = try #require(granted(seen.begin(1, at: .max)))
    #expect(seen.begin(1, at: .max) == .inProgress(until: .max))
    #expect(seen.nextDeadline == nil)
    #expect(seen.complete(lease, "done", at: .max) == .accepted)
    #expect(seen.begin(1, at: .max) == .repeat("done"))
  }

  /// Whatever is asked and given back, in whatever order, the answers are those of a list that is searched from end to end.
  @Test(arguments: UInt64(1)...30)
  func everyAnswerIsTheOracles(seed: UInt64) {
    struct Entry {
      var key: Int
      var result: Int?
      var expiry: UInt64
      var lease: Int
    }
    var random = Choices(seed: seed)
    let limit = random.pick([1, 3, 8])
    var seen = Deduplicator<Int, Int>(limit: limit, leaseTime: .nanoseconds(10), retention: .nanoseconds(30))
    var entries: [Entry] = []
    var leases: [DeduplicatorLease] = []
    var now: UInt64 = 0
    for step in 0..<1_500 {
      now += random.next() % 4
      entries.removeAll { $0.expiry <= now }
      switch random.below(10) {
      case 0..<6:
        let key = random.below(10)
        let answer = seen.begin(key, at: moment(now))
        if let entry = entries.first(where: { $0.key == key }) {
          let expected = entry.result.map { .repeat($0) } ?? DeduplicatorOutcome.inProgress(until: moment(entry.expiry))
          #expect(answer == expected, "seed \(seed), step \(step)")
          continue
        }
        // Results stand in the order in which they were completed.
        if entries.count == limit, let oldest = entries.firstIndex(where: { $0.result != nil }) {
          entries.remove(at: oldest)
        }
        guard let lease = granted(answer) else {
          #expect(answer == .full && entries.count == limit, "seed \(seed), step \(step)")
          continue
        }
        #expect(entries.count < limit, "seed \(seed), step \(step)")
        entries.append(Entry(key: key, result: nil, expiry: now + 10, lease: leases.count))
        leases.append(lease)
      case _ where leases.isEmpty: seen.advance(to: moment(now))
      case let choice:
        let lease = leases.count - 1 - random.below(min(5, leases.count))
        let place = entries.firstIndex { $0.lease == lease && $0.result == nil }
        seen.advance(to: moment(now))
        let answer = choice < 9 ? seen.complete(leases[lease], step, at: moment(now)) : seen.fail(leases[lease])
        #expect(answer == (place == nil ? .expired : .accepted), "seed \(seed), step \(step)")
        guard let place else { continue }
        var entry = entries.remove(at: place)
        if choice < 9 {
          (entry.result, entry.expiry) = (step, now + 30)
          entries.append(entry)
        }
      }
      seen.advance(to: moment(now))
      let next = entries.map(\.expiry).min().map { moment($0) }
      #expect(seen.count == entries.count && seen.nextDeadline == next, "seed \(seed), step \(step)")
    }
  }

  #if os(Linux) || os(macOS)
    @Test func misuseTraps() async {
      await #expect(processExitsWith: .failure) { _ = Deduplicator<Int, Int>(limit: -1).count }
      await #expect(processExitsWith: .failure) { _ = Deduplicator<Int, Int>(leaseTime: .zero).count }
      await #expect(processExitsWith: .failure) { _ = Deduplicator<Int, Int>(retention: .seconds(-1)).count }
    }
  #endif
}
