import Delivery
import Sequencer
import Testing

/// News of keys: only the latest counts, and never before the messages that it followed.
@Suite struct HubLatestTests {
  @Test func onlyTheLatestOfAKeyComes() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    for (key, text) in [(1, "types"), (2, "types"), (1, "stops"), (1, "types again")] {
      _ = script.publisher.publishLatest(text, key: UInt64(key), to: room)
    }
    #expect(script.drain() == ["a: key 2 types", "a: key 1 types again"])
    #expect(script.drain() == [])
    #expect(script.publisher.statistics.latest == 4)
  }

  @Test func newsComeAfterTheMessagesThatTheyFollowed() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room)
    script.publish(2, to: room)
    _ = script.publisher.publishLatest("types", key: 1, to: room)
    #expect(script.drain { _ in .took(1) } == ["a: 1 2"])
    script.loop.resume(connection)
    #expect(script.drain() == ["a: 2", "a: key 1 types"])
  }

  @Test func aNewSubscriberHearsOnlyWhatIsNew() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    script.publish(1, to: room)
    _ = script.publisher.publishLatest("types", key: 1, to: room)
    _ = try script.join("a", room, from: Position(epoch: 1, number: 0))
    #expect(script.drain() == ["a: 1"])
    _ = script.publisher.publishLatest("stops", key: 1, to: room)
    #expect(script.drain() == ["a: key 1 stops"])
  }

  @Test func whoMissesSomeIsToldToResynchronise() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room)
    script.publish(1, to: room)
    _ = script.drain { _ in .blocked }
    for key in 1...100 { _ = script.publisher.publishLatest("types", key: UInt64(key), to: room) }
    #expect(script.drain() == [])
    script.loop.resume(connection)
    let log = script.drain()
    #expect(log.first == "a: resynchronize")
    #expect(log.dropFirst().last == "a: key 100 types")
    #expect(57...65 ~= log.count)
    #expect(Set(log).count == log.count)
  }

  @Test func newsThatWereForgottenAreMissed() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (connection, _, _) = try script.join("a", room)
    _ = script.publisher.publishLatest("types", key: 1, to: room)
    _ = script.drain { _ in .blocked }
    _ = script.publisher.publishLatest("types", key: 2, to: room)
    for minute in 1...2 { script.publisher.advance(to: Instant.zero.advanced(by: .seconds(60 * minute))) }
    script.loop.resume(connection)
    #expect(script.drain() == ["a: resynchronize"])
  }

  @Test func everyAnswerToNewsIsHeeded() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    let (blocked, _, _) = try script.join("blocks", room)
    _ = try script.join("leaves", room)
    _ = try script.join("goes", room)
    for key in 1...2 { _ = script.publisher.publishLatest("types", key: UInt64(key), to: room) }
    let log = script.drain { $0 == "blocks" ? .took(0) : $0 == "leaves" ? .leave : .disconnect }
    #expect(
      log.sorted() == [
        "blocks: key 1 types", "goes: disconnected, 0 + 0 of 0", "goes: key 1 types", "leaves: key 1 types",
        "leaves: left, 0 + 0 of 0",
      ])
    script.loop.resume(blocked)
    #expect(script.drain() == ["blocks: key 2 types"])
  }

  @Test func aClosedTopicHasNoNews() throws {
    var script = HubScript()
    let room = script.publisher.open(7)
    _ = try script.join("a", room)
    _ = script.publisher.publishLatest("types", key: 1, to: room)
    script.publisher.close(room)
    let published = script.publisher.publishLatest("stops", key: 1, to: room)
    #expect(!published)
    #expect(script.drain() == ["a: key 1 types", "a: closed, 0 + 0 of 0"])
  }
}
