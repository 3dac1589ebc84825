import Delivery
import Sequencer
import Testing

/// The design's sentences on failing, voiding, deciding and outages.
@Suite struct OutboxFailureTests {
  @Test func refusedForGoodVoidsTheNumberAndARetryTakesANewOne() {
    var script = OutboxScript()
    let id = script.queue("x")
    script.queue("y")
    #expect(script.sentInFull() == "x#1/1@1 y#2/1@1")
    #expect(script.refuse(1, 1, .forGood) == .failed)
    #expect(script.told() == ["1 failed 0 rejected x"])
    #expect(script.acknowledge(1) == .known, "a voided number is never lifted")
    #expect(script.outbox.status(of: id) == .failed(round: 0, reason: .rejected))
    #expect(script.outbox.replace(id, with: "X") == .replaced, "it certainly never arrived")
    #expect(script.outbox.retry(id, at: script.at) == .started(round: 1, number: 3))
    #expect(script.sentInFull() == "X#3/2@2")
    script.acknowledge(3)
    #expect(script.told() == ["2 sent", "1 sent"] && script.outbox.count == 0)
  }

  @Test func cancelledBeforeTheFirstTransmissionVoidsTheNumber() {
    var script = OutboxScript()
    let id = script.queue("x")
    script.queue("y")
    #expect(script.outbox.cancel(id, at: script.at) == .cancelled)
    #expect(script.outbox.cancel(id, at: script.at) == .alreadyFailed)
    #expect(script.sentInFull() == "y#2/2@1")
    #expect(script.outbox.retry(id, at: script.at) == .started(round: 1, number: 3))
    #expect(script.outbox.retry(id, at: script.at) == .alreadySending)
  }

  @Test func cancelledAfterwardsKeepsTheNumberOpenAndMayStillTurnOutToHaveArrived() {
    var script = OutboxScript()
    let id = script.queue("x")
    _ = script.sent()
    #expect(script.outbox.cancel(id, at: script.at) == .mayHaveArrived)
    #expect(script.told() == ["1 failed 0 cancelled x"])
    script.queue("y")
    #expect(script.sentInFull() == "y#2/1@1", "the number is open, so it is the base")
    #expect(script.outbox.resend(1...1, epoch: 1, in: "a", at: script.at) == 0, "but not sent again")
    #expect(script.outbox.retry(id, at: script.at) == .started(round: 1, number: 1))
    #expect(script.sentInFull() == "x#1/1@2")
    #expect(script.outbox.cancel(id, at: script.at) == .mayHaveArrived)
    #expect(script.acknowledge(1) == .settled(1))
    #expect(script.told() == ["1 sent"], "of what was not pulled in between, only the last is told")
  }

  @Test func discardClosesTheNumber() {
    var script = OutboxScript()
    let id = script.queue("x")
    _ = script.sent()
    #expect(script.outbox.discard(id, at: script.at) == .notFailed)
    script.outbox.cancel(id, at: script.at)
    #expect(script.outbox.discard(id, at: script.at) == .discarded)
    #expect(script.outbox.discard(id, at: script.at) == .unknown)
    #expect(script.outbox.retry(id, at: script.at) == .unknown)
    #expect(script.outbox.cancel(id, at: script.at) == .unknown)
    #expect(script.outbox.count == 0)
    script.queue("y")
    #expect(script.sentInFull() == "y#2/2@1")
    #expect(script.acknowledge(1) == .known)
  }

  @Test func staleLeavesOpenWhetherItArrived() {
    var script = OutboxScript()
    let id = script.queue("x")
    _ = script.sent()
    #expect(script.refuse(1, 1, .stale) == .failed)
    #expect(script.outbox.status(of: id) == .failed(round: 0, reason: .unconfirmed))
    #expect(script.acknowledge(1) == .settled(1))
  }

  @Test func expiryIsExactRunsInOutagesAndVoidsWhatWasNeverSent() {
    var script = OutboxScript { $0.lifetime = .seconds(10) }
    script.queue("x")
    _ = script.sent()
    script.outbox.transportDown(at: script.at)
    let late = script.queue("y", lifetime: .seconds(3))
    #expect(script.deadline == 3_000, "in an outage only lifetimes run")
    script.pass(2_999)
    #expect(script.told() == [])
    script.pass(1)
    #expect(script.told() == ["2 failed 0 expired y"])
    #expect(script.outbox.retry(late, at: script.at) == .started(round: 1, number: 3), "a new number, a new lifetime")
    script.pass(3_000)
    #expect(script.told() == ["2 failed 1 expired y"])
    script.pass(4_000)
    #expect(script.told() == ["1 failed 0 expired x"])
    script.outbox.transportUp(at: script.at)
    #expect(script.acknowledge(1) == .settled(1), "it had been transmitted")
  }

  @Test func whatExpiresWhileItBacksOffMayHaveArrived() {
    var script = OutboxScript { $0.lifetime = .seconds(10) }
    script.queue("x")
    _ = script.sent()
    script.refuse(1, 1, .forNow(retryAfter: .seconds(20)))
    script.pass(10_000)
    #expect(script.told() == ["1 failed 0 expired x"])
    script.queue("y")
    #expect(script.sentInFull() == "y#2/1@1", "the number is open, so it is the base")
    #expect(script.acknowledge(1) == .settled(1))
  }

  @Test func afterAFailureTheConversationGoesOn() {
    var script = OutboxScript { $0.inFlightPerConversation = 1 }
    script.queue("x", "y")
    _ = script.sent()
    script.refuse(1, 1, .forGood)
    #expect(script.sent() == "y#2")
  }

  @Test(arguments: [true, false])
  func holdStopsTheConversationUntilTheUserDecides(retries: Bool) {
    var script = OutboxScript {
      $0.inFlightPerConversation = 2
      $0.afterFailure = .hold
    }
    let id = script.queue("x")
    script.queue("y", "z")
    script.queue("other", to: "b")
    #expect(script.sent() == "x#1 other#1 y#2")
    script.refuse(1, 1, .forGood)
    script.refuse(2)
    script.pass(1_000)
    #expect(script.sent() == "", "nothing, not even again")
    if retries {
      #expect(script.outbox.retry(id, at: script.at) == .started(round: 1, number: 4))
    } else {
      #expect(script.outbox.discard(id, at: script.at) == .discarded)
    }
    #expect(script.sent() == "y#2 z#3")
    script.acknowledge(3)
    #expect(script.sent() == (retries ? "x#4" : ""))
  }

  @Test func whatTheUserCancelledHoldsNothing() {
    var script = OutboxScript { $0.afterFailure = .hold }
    let id = script.queue("x")
    script.queue("y")
    script.outbox.cancel(id, at: script.at)
    #expect(script.sent() == "y#2")
  }

  @Test func afterAnOutageItStartsLateAndSmall() {
    var earliest = UInt64.max
    var latest: UInt64 = 0
    for seed in UInt64(1)...200 {
      var script = OutboxScript(seed: seed) { $0.inFlightPerConversation = 100 }
      for number in 1...20 { script.queue("\(number)") }
      #expect(script.sent().split(separator: " ").count == 20)
      script.outbox.transportDown(at: script.at)
      #expect(script.outbox.inFlightCount == 0 && script.outbox.isTransportDown && script.deadline == nil)
      script.now = 10_000
      let first = script.outbox.transportUp(at: script.at)
      (earliest, latest) = (min(earliest, first.nanoseconds), max(latest, first.nanoseconds))
      #expect(script.outbox.nextDeadline == (first > script.at ? first : nil))
      #expect(first == script.at || script.sent() == "")
      script.now = 12_000
      #expect(script.sent() == "1#1 2#2 3#3 4#4 5#5")
      script.acknowledge(1)
      #expect(script.sent() == "6#6 7#7", "one more for each acknowledgement")
    }
    #expect(earliest >= 10_000_000_000 && earliest < 10_100_000_000)
    #expect(latest <= 12_000_000_000 && latest > 11_900_000_000)
  }

  @Test func aShortOutageWaitsNoLongerThanItLastedAndAFlappingOneNoLess() {
    for seed in UInt64(1)...50 {
      var script = OutboxScript(seed: seed)
      script.outbox.transportDown(at: script.at)
      script.now = 30
      script.outbox.transportDown(at: script.at)
      script.now = 100
      #expect(script.outbox.transportUp(at: script.at).nanoseconds <= 200_000_000)
      script.now = 10_000
      script.outbox.transportDown(at: script.at)
      script.now = 20_000
      var first = script.outbox.transportUp(at: script.at)
      guard first.nanoseconds > 20_001_000_000 else { continue }
      // Down again for a moment before it has said a word: the long outage counts.
      script.now = 20_001
      var longest: UInt64 = 0
      for _ in 0..<20 where first > script.at {
        script.outbox.transportDown(at: script.at)
        first = script.outbox.transportUp(at: script.at)
        longest = max(longest, first.nanoseconds)
      }
      #expect(longest > 20_002_000_000)
    }
  }

  /// Fault 9: the clock runs backwards, stands still, or leaps a day or ten years.
  @Test(arguments: [86_400_000, 10 * 31_557_600_000] as [UInt64])
  func aLeapOfTheClockCausesNoStampede(leap: UInt64) {
    var script = OutboxScript {
      $0.inFlightLimit = 8
      $0.backoff = Backoff(jitter: .none, maximumAttempts: 4)
    }
    for room in 0..<100 { script.queue("x", to: "\(room)") }
    #expect(script.sent().split(separator: " ").count == 8)
    let before = script.at
    script.pass(leap)
    #expect(script.outbox.inFlightCount == 0)
    #expect(script.sent().split(separator: " ").count == 8, "the cap holds, and nobody is tried twice")
    script.outbox.advance(to: before)
    script.outbox.advance(to: .zero)
    #expect(script.outbox.inFlightCount == 8, "backwards is now")
    #expect(script.outbox.nextTransmission(at: .zero) == nil)
    script.outbox.advance(to: .max)
    #expect(script.outbox.nextDeadline == nil || script.outbox.nextDeadline == .max)
  }
}
