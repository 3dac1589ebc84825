import Delivery
import Sequencer
import Testing

/// What a hub promises about messages, rule by rule.
@Suite struct HubRuleTests {
  private func small(_ capacity: Int) -> HubConfiguration {
    var configuration = HubConfiguration()
    configuration.ringCapacity = capacity
    return configuration
  }

  @Test func whatIsPublishedReachesEverySubscriberOnceAndInOrder() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    for name in ["a", "b"] { _ = try script.join(name, room) }
    script.publish(3, to: room)
    #expect(script.drain() == ["a: 1 2 3", "b: 1 2 3"])
    #expect(script.drain() == [])
    #expect(script.loop.statistics.delivered == 6)
    #expect(script.loop.statistics.drained == 1)
  }

  @Test func aBurstIsGivenInWindowsOfSixtyFour() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    script.publish(130, to: room)
    let log = script.drain()
    #expect(log.map { $0.split(separator: " ").count - 1 } == [64, 64, 2])
  }

  @Test func aSubscriptionStartsWhereItsTokenSays() throws {
    var script = HubScript(small(8))
    let room = script.publisher.open(7, epoch: 2)
    script.publish(20, to: room)
    let at = { Position(epoch: 2, number: $0) }
    #expect(try script.join("now", room).2 == .nothingMissed)
    #expect(try script.join("all", room, from: at(20)).2 == .nothingMissed)
    #expect(try script.join("some", room, from: at(18)).2 == .replay(19...20))
    #expect(try script.join("few", room, from: at(2)).2 == .gap(3...12, replay: 13...20))
    #expect(try script.join("hostile", room, from: at(.max)).2 == .ahead)
    #expect(try script.join("ahead", room, from: at(21)).2 == .ahead)
    #expect(try script.join("old", room, from: Position(epoch: 1, number: 20)).2 == .otherEpoch)
    #expect(script.drain() == ["some: 19 20", "few: 13 14 15 16 17 18 19 20"])
    script.publish(2, to: room)
    // Not the one that has seen 21, and not the one that has seen everything.
    #expect(script.drain() == ["now", "all", "some", "few"].map { "\($0): 21 22" } + ["ahead: 22", "old: 21 22"])
  }

  @Test func whatIsForgottenIsAGapWithoutAReplay() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    script.publish(3, to: room)
    for minute in 1...2 { script.publisher.advance(to: Instant.zero.advanced(by: .seconds(60 * minute))) }
    #expect(script.publisher.statistics.rings == 0)
    let (_, subscription, start) = try script.join("a", room, from: Position(epoch: 1, number: 1))
    #expect(start == .gap(2...3, replay: nil))
    let account = script.loop.account(of: subscription)
    #expect(account?.lagged == 2)
    #expect(account?.start == 1)
    #expect(account?.position.number == 3)
    // It was told in the answer, and is not told again.
    #expect(script.drain() == [])
    #expect(script.loop.statistics.lagged == 2)
  }

  @Test func anOvertakenSubscriberHearsWhatItMissed() throws {
    var script = HubScript(small(4))
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    script.publish(10, to: room)
    #expect(script.drain() == ["a: lost 1…6", "a: 7 8 9 10"])
  }

  @Test func numbersThatAreLeftOutAreTold() throws {
    var script = HubScript(small(8))
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    script.publish(1, to: room)
    #expect(script.publisher.publish("4", number: 4, to: room) == .published(4))
    let skipped = script.publisher.skip(through: 6, to: room)
    #expect(skipped)
    #expect(script.drain() == ["a: 1", "a: lost 2…3", "a: 4", "a: lost 5…6"])
    #expect(script.publisher.statistics.skipped == 4)
  }

  @Test func aHoleLongerThanTheRingLeavesNothingBeforeIt() throws {
    var script = HubScript(small(8))
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    script.publish(3, to: room)
    #expect(script.publisher.publish("1000000", number: 1_000_000, to: room) == .published(1_000_000))
    let (_, _, start) = try script.join("b", room, from: Position(epoch: 1, number: 2))
    #expect(start == .gap(3...999_992, replay: 999_993...1_000_000))
    let log = script.drain()
    #expect(log.filter { $0.first == "a" } == ["a: lost 1…999999", "a: 1000000"])
    #expect(log.filter { $0.first == "b" } == ["b: lost 999993…999999", "b: 1000000"])
  }

  @Test func numbersEndWithTheLast() throws {
    var script = HubScript()
    let last = Position.lastNumber
    let room = script.publisher.open(7, after: last - 2)
    _ = try script.join("a", room)
    let batch = ["x", "y", "z"]
    #expect(script.publisher.publish(contentsOf: batch.span, to: room) == 2)
    #expect(script.publisher.publish("z", to: room) == .exhausted("z"))
    #expect(script.publisher.publish("z", number: .max, to: room) == .exhausted("z"))
    #expect(script.publisher.publish("x", number: last, to: room) == .old("x"))
    #expect(script.publisher.publish(contentsOf: batch.span, to: room) == 0)
    #expect(script.publisher.statistics.busy == 0)
    #expect(script.drain() == ["a: \(last - 1) \(last)"])
    #expect(room.head == Position(epoch: 1, number: last))
  }

  @Test func aClosedTopicEndsItsSubscriptionsWhenTheyHaveAllOfIt() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (slow, _, _) = try script.join("slow", room)
    _ = try script.join("a", room)
    script.publish(1, to: room)
    _ = script.drain { $0 == "slow" ? .took(0) : .ready }
    script.publish(1, to: room)
    script.publisher.close(room)
    script.publisher.close(room)
    #expect(room.isClosed)
    #expect(script.publisher.publish("x", to: room) == .closed("x"))
    #expect(script.drain() == ["a: 2", "a: closed, 2 + 0 of 2"])
    script.loop.resume(slow)
    #expect(script.drain() == ["slow: 1 2", "slow: closed, 2 + 0 of 2"])
    #expect(try script.join("late", room, from: Position(epoch: 1, number: 1)).2 == .replay(2...2))
    #expect(script.drain() == ["late: 2", "late: closed, 1 + 0 of 1"])
    #expect(script.loop.statistics.topics == 0)
  }

  @Test func twoSubscriptionsOfOneConnectionToAClosedTopicEndBoth() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    script.publisher.close(room)
    let (connection, _, _) = try script.join("a", room)
    _ = try script.loop.subscribe(connection, to: room)
    _ = try script.loop.subscribe(connection, to: room)
    #expect(script.drain() == Array(repeating: "a: closed, 0 + 0 of 0", count: 3))
  }

  @Test func aBlockedConnectionsOtherTopicsWaitAsWell() throws {
    var script = HubScript()
    let (one, two) = (script.publisher.open(1), script.publisher.open(2))
    let (connection, _, _) = try script.join("a", one)
    _ = try script.loop.subscribe(connection, to: two)
    script.publish(1, to: one)
    script.publish(2, to: two)
    #expect(script.drain { _ in .blocked } == ["a: 1"])
    #expect(script.loop.isBlocked(connection) == true)
    #expect(script.drain() == [])
    script.loop.resume(connection)
    #expect(script.drain() == ["a: 1 2"])
  }

  @Test func whatAConnectionTookIsNotGivenAgain() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, subscription, _) = try script.join("a", room)
    script.publish(5, to: room)
    #expect(script.drain { _ in .took(2) } == ["a: 1 2 3 4 5"])
    #expect(script.loop.account(of: subscription)?.delivered == 2)
    script.loop.resume(connection)
    #expect(script.drain() == ["a: 3 4 5"])
  }

  @Test func oneThatLeavesInTheMiddleCostsNobodyAMessage() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    for name in ["a", "b", "c", "d"] { _ = try script.join(name, room) }
    script.publish(100, to: room)
    let log = script.drain { $0 == "b" ? .leave : $0 == "c" ? .disconnect : .ready }
    let given = log.filter { !$0.contains("of") }.map { $0.prefix(2) }
    #expect(given.sorted() == ["a:", "a:", "b:", "c:", "d:", "d:"])
    #expect(log.contains("b: left, 64 + 0 of 64"))
    #expect(log.contains("c: disconnected, 0 + 0 of 0"))
    #expect(script.loop.statistics.subscriptions == 2)
    #expect(script.loop.statistics.connections == 3)
  }

  @Test func aHandleOfWhatHasEndedNamesNothing() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, subscription, _) = try script.join("a", room)
    #expect(script.loop.connection(of: subscription) == connection)
    #expect(script.loop.disconnect(connection) == "a")
    _ = try script.join("b", room)
    #expect(script.loop.disconnect(connection) == nil)
    #expect(script.loop.unsubscribe(subscription) == nil)
    #expect(script.loop.account(of: subscription) == nil)
    #expect(script.loop.connection(of: subscription) == nil)
    #expect(script.loop.isBlocked(connection) == false)
    script.loop.resume(connection)
    #expect((try? script.loop.subscribe(connection, to: room)) == nil)
    #expect(script.loop.statistics.subscriptions == 1)
  }

  @Test func limitsAreRefusals() throws {
    var configuration = HubConfiguration()
    configuration.connectionLimit = 1
    configuration.subscriptionLimit = 1
    var script = HubScript(configuration)
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room)
    #expect(throws: HubRefusal.tooManyConnections) { _ = try script.loop.connect("b") }
    #expect(throws: HubRefusal.tooManySubscriptions) { _ = try script.loop.subscribe(connection, to: room) }
    script.loop.disconnect(connection)
    #expect(throws: HubRefusal.unknownConnection) { _ = try script.loop.subscribe(connection, to: room) }
    _ = try script.join("c", room)
  }

  @Test func aLoopThatEndsNamesWhereToGoOn() throws {
    var configuration = HubConfiguration()
    configuration.loops = 1
    let hub = Hub<Int>(configuration)
    var publisher = hub.makePublisher()
    let room = publisher.open(7)
    var position: Position?
    var first = hub.makeLoop(of: String.self)
    let connection = try first.connect("a")
    _ = try first.subscribe(connection, to: room)
    _ = publisher.publish(1, to: room)
    _ = publisher.publish(2, to: room)
    first.drain(at: .zero) { _, _, _ in .took(1) }
    first.end { name, _, account in
      #expect(name == "a" && account.delivered == 1)
      position = account.position
    }
    _ = publisher.publish(3, to: room)
    var second = hub.makeLoop(of: String.self)
    let again = try second.connect("a")
    let (subscription, start) = try second.subscribe(again, to: room, from: position)
    #expect(start == .replay(2...3))
    second.drain(at: .zero) { _, _, _ in .ready }
    #expect(second.account(of: subscription)?.delivered == 2)
  }

  @Test func aParkedLoopIsWokenOnce() throws {
    var script = HubScript()
    let (one, two) = (script.publisher.open(1), script.publisher.open(2))
    var told: [Int] = []
    script.publish(1, to: one)
    script.publisher.notify { told.append($0) }
    // It has never looked, and nobody has subscribed.
    #expect(script.loop.park() == false)
    #expect(told == [])
    let (connection, _, _) = try script.join("a", one)
    _ = try script.loop.subscribe(connection, to: two)
    // It has yet to look at what the new subscriptions have missed.
    #expect(script.loop.park() == false)
    _ = script.drain()
    #expect(script.loop.park() == true)
    script.publish(3, to: one)
    script.publish(3, to: two)
    script.publisher.notify { told.append($0) }
    script.publisher.notify { told.append($0) }
    #expect(told == [script.loop.index])
  }

  @Test func aTopicThatIsHandedOverOwesItsLoopsTheirNotification() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    _ = script.drain()
    // What it was woken for before is not asked.
    while !script.loop.park() { _ = script.drain() }
    script.publish(1, to: room)
    script.publisher.release(room)
    var other = script.hub.makePublisher()
    other.adopt(room)
    var woken: [Int] = []
    other.notify { woken.append($0) }
    #expect(woken == [script.loop.index])
    #expect(script.drain() == ["a: 1"])
  }

  @Test func handlesOfOneLoopNameNothingInAnother() throws {
    let hub = Hub<String>()
    var publisher = hub.makePublisher()
    let room = publisher.open(7)
    var (connections, subscriptions): ([HubConnection], [HubSubscription]) = ([], [])
    for _ in 0..<2 {
      var loop = hub.makeLoop(of: Int.self)
      let connection = try loop.connect(1)
      let (subscription, _) = try loop.subscribe(connection, to: room)
      for old in connections { #expect(loop.disconnect(old) == nil && old != connection) }
      for old in subscriptions { #expect(loop.unsubscribe(old) == nil && old != subscription) }
      #expect(loop.statistics.subscriptions == 1)
      connections.append(connection)
      subscriptions.append(subscription)
    }
  }

  @Test func othersWakeALoopByItsDoorbell() {
    let hub = Hub<String>()
    let loop = hub.makeLoop(of: Int.self)
    _ = loop.park()  // a new loop looks once more
    let answers = [
      loop.park(), loop.doorbell.notify(), loop.doorbell.notify(), loop.park(), loop.park(), loop.unpark(),
    ]
    #expect(answers == [true, true, false, false, true, false])
  }
}
