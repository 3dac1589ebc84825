import Delivery
import Testing

/// How a loop learns of a topic's messages, in miniature: a word that is absent, clean or dirty, and a list of what is dirty.
@Suite("Topic word")
struct TopicWordTests {
  /// The loop joins, and must come to see the last message, being told of it through the list.
  private static func scenario(_ name: String = "topic word", readsFirst: Bool = false) -> Scenario {
    Scenario(name) { world in
      let topic = Topic()
      let list = world.semaphore()
      let last: UInt64 = 2
      var entries = 0
      world.thread { for message in 1...last { if topic.publish(message) { list.post() } } }
      world.thread {
        var seen = topic.join()
        while seen < last {
          list.wait()
          entries += 1
          seen = topic.drain(readsFirst: readsFirst)
        }
      }
      world.check { world.expect(entries <= 2, "\(entries) entries for two messages") }
    }
  }

  @Test("No message is left unseen") func holds() { explore(Self.scenario()) }

  @Test(
    "Each weaker one is found",
    arguments: [
      Fault.testedFirst(.topic).by(thread: 1),
      .plainStore(.topic).writing(Topic.clean).by(thread: 2),
      .split(.topic).writing(Topic.clean).by(thread: 2),
      .split(.topic).by(thread: 1),
      .relaxed(.readModifyWrites, of: .topic),
      .skipped(.readModifyWrites, of: .topic, answering: Topic.absent).by(thread: 1),
      .skipped(.readModifyWrites, of: .topic, answering: Topic.dirty).by(thread: 2),
    ])
  func isChecked(_ fault: Fault) { expectFound(fault, in: Self.scenario(), as: .deadlock) }

  @Test("Reading before clearing is found")
  func readingFirst() {
    expectFound(in: Self.scenario("topic word, read before it is cleared", readsFirst: true), as: .deadlock)
  }
}

private final class Topic: Sendable {
  static let absent: UInt64 = 0
  static let clean: UInt64 = 1
  static let dirtyBit: UInt64 = 2
  static let dirty = clean | dirtyBit

  private let word = ModelWord(absent, .topic)
  private let head = ModelWord(0, .head)

  /// Whether the loop has to be told.
  func publish(_ message: UInt64) -> Bool {
    head.storeRelaxed(message)
    return word.or(Topic.dirtyBit) == Topic.clean
  }

  /// The position that a subscription starts at.
  func join() -> UInt64 {
    _ = word.exchange(Topic.clean)
    return head.loadRelaxed()
  }

  func drain(readsFirst: Bool) -> UInt64 {
    if readsFirst {
      let seen = head.loadRelaxed()
      _ = word.exchange(Topic.clean)
      return seen
    }
    _ = word.exchange(Topic.clean)
    return head.loadRelaxed()
  }
}
