import Delivery
import Sequencer
import Testing

/// How long topics keep what was published, and who keeps it.
@Suite struct HubRetentionTests {
  private func seconds(_ seconds: Int64) -> Instant { Instant.zero.advanced(by: .seconds(seconds)) }

  @Test func aQuietTopicKeepsNoRing() {
    var script = HubScript()
    let room = script.publisher.open(7)
    #expect(script.publisher.statistics.rings == 0)
    #expect(script.publisher.nextDeadline == nil)
    script.publish(1, to: room)
    _ = script.publisher.publishLatest("types", key: 1, to: room)
    #expect(script.publisher.statistics.rings == 1)
    #expect(script.publisher.nextDeadline == seconds(60))
    script.publisher.advance(to: seconds(60))
    script.publish(1, to: room)
    script.publisher.advance(to: seconds(120))
    #expect(script.publisher.statistics.rings == 1)
    #expect(script.publisher.nextDeadline == seconds(180))
    script.publisher.advance(to: seconds(180))
    #expect(script.publisher.statistics.rings == 0)
    #expect(script.publisher.nextDeadline == nil)
    #expect(room.head.number == 2)
  }

  @Test func beyondTheLimitTheOldestRingGoes() throws {
    var configuration = HubConfiguration()
    configuration.ringLimit = 2
    var script = HubScript(configuration)
    let rooms = [1, 2, 3].map { script.publisher.open($0) }
    for room in rooms { script.publish(1, to: room) }
    #expect(script.publisher.statistics.rings == 2)
    let start = Position(epoch: 1, number: 0)
    #expect(try script.join("a", rooms[0], from: start).2 == .gap(1...1, replay: nil))
    #expect(try script.join("b", rooms[1], from: start).2 == .replay(1...1))
    #expect(try script.join("c", rooms[2], from: start).2 == .replay(1...1))
  }

  @Test func handingOverLosesNothing() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    script.publish(3, to: room)
    script.publisher.release(room)
    #expect(script.publisher.statistics.rings == 0)
    var other = script.hub.makePublisher()
    other.adopt(room)
    #expect(other.statistics.rings == 1)
    #expect(other.publish("4", to: room) == .published(4))
    #expect(script.drain() == ["a: 1 2 3 4"])
    // The one that gave it up has nothing to do with it any more.
    script.publisher.advance(to: seconds(1_000))
    script.publisher.advance(to: seconds(2_000))
    #expect(try script.join("b", room, from: Position(epoch: 1, number: 0)).2 == .replay(1...4))
  }

  @Test func aPublisherThatAdoptsKeepsForTheWholeRetention() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    script.publisher.advance(to: seconds(1_000))
    script.publish(1, to: room)
    script.publisher.release(room)
    // It has not heard of the time yet.
    var other = script.hub.makePublisher()
    other.adopt(room)
    other.advance(to: seconds(1_001))
    #expect(other.statistics.rings == 1)
    other.advance(to: seconds(1_061))
    #expect(other.statistics.rings == 0)
  }

  @Test func aPublishersEndLosesNothing() throws {
    var script = HubScript()
    let room: HubTopic<String>
    do {
      var other = script.hub.makePublisher()
      room = other.open(7)
      _ = other.publish("1", to: room)
    }
    script.publisher.adopt(room)
    script.publish(1, to: room)
    _ = try script.join("a", room, from: Position(epoch: 1, number: 0))
    #expect(script.drain() == ["a: 1 2"])
  }
}
