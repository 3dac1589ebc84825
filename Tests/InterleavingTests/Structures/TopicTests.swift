import Delivery
import Testing

/// How loops come to see what is published: the topic's word, its head, the loops' lists, and the rings that come and go.
@Suite("Topic")
struct TopicTests {
  /// Each loop has joined at some point, and must come to see the last message.
  static func publishing(loops: Int, messages: Int = 2, readsFirst: Bool = false) -> Scenario {
    let name = "topic, \(loops) loop(s), \(messages) message(s)"
    return Scenario(readsFirst ? name + ", read before it is clean" : name) { world in
      let hub = ModelHub(loops: loops, ringCapacity: 4, world)
      let topic = hub.open(1)
      world.thread {
        let publisher = ModelPublisher(hub)
        publisher.publish(messages, to: topic)
      }
      for index in 0..<loops {
        let loop = ModelLoop(hub, index, readsFirst: readsFirst)
        // With several loops, all but the first are there already.
        if index > 0 { loop.join(topic) }
        world.thread {
          if index == 0 { loop.join(topic) }
          loop.follow(topic, through: UInt64(messages))
          world.expect(loop.lost == 0, "\(loop.lost) lost of what the ring keeps")
          world.expect(loop.entries <= messages, "\(loop.entries) entries for \(messages) messages")
        }
      }
    }
  }

  /// The last subscriber leaves while there may be news, and another one comes.
  static let leaving = Scenario("topic, left and joined again") { world in
    let hub = ModelHub(loops: 1, ringCapacity: 4, world)
    let topic = hub.open(1)
    world.thread {
      let publisher = ModelPublisher(hub)
      publisher.publish(2, to: topic)
    }
    world.thread {
      let loop = ModelLoop(hub)
      loop.join(topic)
      while !loop.leave(topic) {
        // Refused, so it is in the list or will be.
        hub.bells[0].wait()
        loop.drain()
      }
      loop.join(topic)
      loop.follow(topic, through: 2)
    }
  }

  /// A loop ends, and another one takes its place and its list.
  static let succession = Scenario("topic, one loop after another") { world in
    let hub = ModelHub(loops: 1, ringCapacity: 4, world)
    let topic = hub.open(1)
    let place = Shared(.end, 1)
    world.thread {
      let publisher = ModelPublisher(hub)
      publisher.publish(to: topic)
    }
    let first = ModelLoop(hub)
    first.join(topic)
    world.thread {
      _ = first.leave(topic)
      first.drain()
      _ = place.word.and(0)
    }
    world.thread {
      while place.word.compareExchange(expected: 0, desired: 1) != 0 { world.yield() }
      let loop = ModelLoop(hub)
      loop.drain()
      loop.join(topic)
      loop.follow(topic, through: 1)
    }
  }

  /// Two publishers push to the same list.
  static let twoTopics = Scenario("two topics of two publishers, one loop") { world in
    let hub = ModelHub(loops: 1, ringCapacity: 2, world)
    let topics = [hub.open(1), hub.open(2)]
    for topic in topics {
      let publisher = ModelPublisher(hub)
      publisher.publish(to: topic)
      world.thread { publisher.publish(to: topic) }
    }
    let loop = ModelLoop(hub)
    for topic in topics { loop.join(topic) }
    world.thread {
      for topic in topics { loop.follow(topic, through: 2) }
      world.expect(loop.lost == 0 && loop.entries <= 2, "\(loop.lost) lost, \(loop.entries) entries")
    }
  }

  /// The ring goes from one topic to another and back while a loop reads both.
  static let quiet = Scenario("two topics that share a ring in turn") { world in
    let hub = ModelHub(loops: 1, ringCapacity: 1, world)
    let (first, second) = (hub.open(1), hub.open(2))
    let loop = ModelLoop(hub)
    for topic in [first, second] { loop.join(topic) }
    world.thread {
      let publisher = ModelPublisher(hub)
      publisher.publish(to: first)
      publisher.forgetMessages(of: first)
      publisher.publish(to: second)
      publisher.end()
    }
    world.thread {
      for topic in [first, second] { loop.follow(topic, through: 1) }
    }
  }

  /// A publisher ends while a loop may be copying; another one takes what rings it has left.
  static let inheritance = Scenario("rings left by one publisher to another") { world in
    let hub = ModelHub(loops: 1, ringCapacity: 1, world)
    let (first, second) = (hub.open(1), hub.open(2))
    let loop = ModelLoop(hub)
    for topic in [first, second] { loop.join(topic) }
    let ended = world.semaphore()
    let publisher = ModelPublisher(hub)
    publisher.publish(to: first)
    world.thread {
      publisher.forgetMessages(of: first)
      publisher.end()
      ended.post()
    }
    world.thread {
      ended.wait()
      let heir = ModelPublisher(hub)
      heir.publish(to: second)
    }
    world.thread {
      for topic in [first, second] { loop.follow(topic, through: 1) }
    }
  }

  @Test("Every loop sees the last message", arguments: [1, 2])
  func publishing(loops: Int) { explore(Self.publishing(loops: loops, messages: loops == 1 ? 3 : 1)) }

  @Test("So it does at random, with more of them")
  func publishingMore() { exploreAtRandom(Self.publishing(loops: 3, messages: 4), executions: 500) }

  @Test("Leaving is refused while there is news, and joining again misses nothing")
  func leaving() { explore(Self.leaving) }

  @Test("A loop that takes the place of another misses nothing")
  func succession() { explore(Self.succession) }

  @Test("Two publishers push to one list")
  func twoTopics() { explore(Self.twoTopics) }

  @Test("A ring that goes from topic to topic shows no foreign message")
  func quiet() { explore(Self.quiet) }

  @Test("Nor one that goes from publisher to publisher")
  func inheritance() { explore(Self.inheritance) }
}
