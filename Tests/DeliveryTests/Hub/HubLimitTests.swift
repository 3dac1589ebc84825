import Delivery
import Sequencer
import Testing

/// When a connection that takes nothing is disconnected, to the message and to the nanosecond.
@Suite struct HubLimitTests {
  private func policy(hard: UInt64 = .max, soft: UInt64 = .max, seconds: Int64 = 5) -> HubPolicy {
    var policy = HubPolicy()
    policy.hardLimit = hard
    policy.softLimit = soft
    policy.softDuration = .seconds(seconds)
    return policy
  }

  private func seconds(_ seconds: Int64) -> Instant { Instant.zero.advanced(by: .seconds(seconds)) }

  @Test func pastTheHardLimitItEndsAtOnce() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room, policy(hard: 3))
    script.publish(1, to: room)
    _ = script.drain { _ in .blocked }
    script.publish(3, to: room)
    #expect(script.drain() == [])
    script.publish(1, to: room)
    #expect(script.drain() == ["a: hardLimit, 1 + 0 of 1"])
    #expect(script.loop.statistics.overLimit == 1)
    #expect(script.loop.disconnect(connection) == nil)
  }

  @Test func oneThatTakesAllIsNeverBehind() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room, policy(hard: 0, soft: 0))
    script.publish(100, to: room)
    #expect(script.drain().count == 2)
    #expect(script.loop.nextDeadline == nil)
  }

  @Test func pastTheSoftLimitItEndsToTheNanosecond() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room, policy(soft: 2))
    script.publish(1, to: room)
    _ = script.drain(at: 1) { _ in .blocked }
    script.publish(2, to: room)
    #expect(script.drain(at: 2) == [])
    #expect(script.loop.nextDeadline == nil)
    script.publish(1, to: room)
    #expect(script.drain(at: 3) == [])
    #expect(script.loop.nextDeadline == seconds(8))
    script.publish(1, to: room)
    #expect(script.drain(at: 7, nanoseconds: 999_999_999) == [])
    #expect(script.loop.nextDeadline == seconds(8))
    #expect(script.drain(at: 8) == ["a: softLimit, 1 + 0 of 1"])
    #expect(script.loop.nextDeadline == nil)
  }

  @Test func oneThatBlocksWhenItIsBehindHasItsTimeFromThen() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room, policy(soft: 2))
    script.publish(10, to: room)
    // Nothing more is published, so nothing else would start its time.
    _ = script.drain(at: 1) { _ in .took(1) }
    #expect(script.loop.nextDeadline == seconds(6))
    #expect(script.drain(at: 6) == ["a: softLimit, 1 + 0 of 1"])
  }

  @Test func oneThatBlocksFarBehindEndsAtOnce() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room, policy(hard: 100))
    script.publish(200, to: room)
    let log = script.drain { _ in .blocked }
    #expect(log.last == "a: hardLimit, 64 + 0 of 64")
  }

  @Test func catchingUpStopsTheTime() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room, policy(soft: 2))
    script.publish(10, to: room)
    _ = script.drain(at: 1) { _ in .took(1) }
    script.loop.resume(connection)
    #expect(script.loop.nextDeadline == seconds(6))
    _ = script.drain(at: 2) { _ in .took(7) }
    // Two behind.
    #expect(script.loop.nextDeadline == nil)
    script.publish(1, to: room)
    #expect(script.drain(at: 3) == [])
    #expect(script.loop.nextDeadline == seconds(8))
  }

  @Test func takingALittleNowAndThenDoesNot() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room, policy(soft: 2))
    script.publish(50, to: room)
    for second in 1...5 {
      _ = script.drain(at: Int64(second)) { _ in .took(1) }
      script.loop.resume(connection)
      #expect(script.loop.nextDeadline == seconds(6))
    }
    #expect(script.drain(at: 6) == ["a: softLimit, 5 + 0 of 5"])
  }

  @Test func leavingTheTopicStopsTheTime() throws {
    var script = HubScript()
    let (one, two) = (script.publisher.open(1), script.publisher.open(2))
    let (connection, subscription, _) = try script.join("a", one, policy(soft: 2))
    _ = try script.loop.subscribe(connection, to: two)
    script.publish(10, to: one)
    _ = script.drain(at: 1) { _ in .took(1) }
    #expect(script.loop.nextDeadline == seconds(6))
    let account = script.loop.unsubscribe(subscription)
    #expect(account?.delivered == 1)
    #expect(script.loop.nextDeadline == nil)
    #expect(script.drain(at: 6) == [])
  }

  @Test func subscribingFarBehindCountsForABlockedConnection() throws {
    var script = HubScript()
    let (one, two) = (script.publisher.open(1), script.publisher.open(2))
    script.publish(20, to: two)
    let (connection, _, _) = try script.join("a", one, policy(hard: 15, soft: 2))
    script.publish(1, to: one)
    _ = script.drain { _ in .blocked }
    _ = try script.loop.subscribe(connection, to: two, from: Position(epoch: 1, number: 10))
    #expect(script.drain(at: 1) == [])
    #expect(script.loop.nextDeadline == seconds(6))
    _ = try script.loop.subscribe(connection, to: two, from: Position(epoch: 1, number: 4))
    #expect(
      script.drain(at: 2).sorted() == [
        "a: hardLimit, 0 + 0 of 0", "a: hardLimit, 0 + 0 of 0", "a: hardLimit, 1 + 0 of 1",
      ])
  }

  @Test func aClockThatRunsBackwardsGivesNobodyMoreTime() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room, policy(soft: 0))
    script.publish(2, to: room)
    _ = script.drain(at: 10) { _ in .took(1) }
    #expect(script.drain(at: 3) == [])
    #expect(script.loop.nextDeadline == seconds(15))
    #expect(script.drain(at: 15) == ["a: softLimit, 1 + 0 of 1"])
  }
}
