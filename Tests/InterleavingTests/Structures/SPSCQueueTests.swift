import Delivery
import Testing

/// One producer, one consumer: one by one and in batches, closing, and ends that go from thread to thread.
@Suite("SPSCQueue")
struct SPSCQueueTests {
  /// So close to the end of the counters that they pass it on the way.
  static let origin = UInt64.max - 1

  /// More pushes than it holds; what is still inside at the end is in order, too.
  static func oneByOne<Element: Numbered>(
    capacity: Int, of type: Element.Type, pushes: Int? = nil
  ) -> Scenario {
    Scenario("SPSC queue of \(capacity) \(type), one by one") { world in
      let ring = BlockRing<ModelWord, Element>(capacity: capacity, startingAt: origin)
      let record = QueueRecord()
      world.thread {
        var producer = SPSCProducerSide(of: ring)
        for _ in 0..<(pushes ?? capacity + 2) {
          if producer.push(Element(record.pushed[0] + 1)).isPushed { record.pushed[0] += 1 }
        }
      }
      world.thread {
        var consumer = SPSCConsumerSide(of: ring)
        for _ in 0..<capacity { if let element = consumer.pop() { record.popped.append(element.number) } }
      }
      world.check {
        var consumer = SPSCConsumerSide(of: ring)
        while let element = consumer.pop() { record.popped.append(element.number) }
        record.check(world)
      }
    }
  }

  static func inBatches<Element: Numbered>(capacity: Int, of type: Element.Type) -> Scenario {
    Scenario("SPSC queue of \(capacity) \(type), in batches") { world in
      let ring = BlockRing<ModelWord, Element>(capacity: capacity, startingAt: origin)
      let record = QueueRecord()
      world.thread {
        var producer = SPSCProducerSide(of: ring)
        for _ in 0..<2 {
          let next = record.pushed[0] + 1
          record.pushed[0] += UInt64(producer.push(upTo: capacity) { Element(next + UInt64($0)) })
        }
      }
      world.thread {
        var consumer = SPSCConsumerSide(of: ring)
        for _ in 0..<2 { _ = consumer.drain(limit: capacity) { record.popped.append($0.number) } }
      }
      world.check {
        var consumer = SPSCConsumerSide(of: ring)
        _ = consumer.drain(limit: .max) { record.popped.append($0.number) }
        record.check(world)
      }
    }
  }

  /// A third thread closes the queue. What was accepted comes out, and when the consumer is finished, that was all.
  static let closing = Scenario("SPSC queue of 1, closed by a third") { world in
    let ring = BlockRing<ModelWord, UInt64>(capacity: 1, startingAt: origin)
    let record = QueueRecord()
    world.thread {
      var producer = SPSCProducerSide(of: ring)
      if producer.push(1).isPushed { record.pushed[0] = 1 }
    }
    world.thread {
      var consumer = SPSCConsumerSide(of: ring)
      for _ in 0..<2 {
        if consumer.isFinished {
          world.expect(consumer.pop() == nil, "finished, and more came")
          break
        }
        if let element = consumer.pop() { record.popped.append(element) }
      }
      if consumer.isFinished { record.check(world) }
    }
    world.thread { ring.status.close() }
    world.check {
      var consumer = SPSCConsumerSide(of: ring)
      while let element = consumer.pop() { record.popped.append(element) }
      world.expect(consumer.isFinished, "closed, empty, without a producer, and not finished")
      record.check(world)
    }
  }

  /// Both ends go to another thread in the middle, which knows that they are free and nothing else.
  static func handedOver(_ end: QueueStatus<ModelWord>.End) -> Scenario {
    Scenario("SPSC queue of 1, the \(end) handed over") { world in
      let ring = BlockRing<ModelWord, UInt64>(capacity: 1, startingAt: origin)
      let record = QueueRecord()
      let isFree = world.semaphore()
      func produce(_ count: Int) {
        var producer = SPSCProducerSide(of: ring)
        for _ in 0..<count where producer.push(record.pushed[0] + 1).isPushed { record.pushed[0] += 1 }
      }
      func consume(_ count: Int) {
        var consumer = SPSCConsumerSide(of: ring)
        for _ in 0..<count { if let element = consumer.pop() { record.popped.append(element) } }
      }
      let (one, other) = end == .producer ? (produce, consume) : (consume, produce)
      world.thread {
        one(1)
        isFree.post()
      }
      world.thread {
        isFree.wait()
        one(1)
      }
      world.thread { other(2) }
      world.check {
        consume(1)
        record.check(world)
      }
    }
  }

  @Test("One by one, words", arguments: [1, 2])
  func oneByOne(capacity: Int) { explore(Self.oneByOne(capacity: capacity, of: UInt64.self)) }

  @Test("One by one, over several blocks")
  func oneByOneOverBlocks() {
    #expect(BlockRing<ModelWord, Half>.slots == 2 && BlockRing<ModelWord, Whole>.slots == 1)
    explore(Self.oneByOne(capacity: 2, of: Whole.self))
    explore(Self.oneByOne(capacity: 3, of: Half.self, pushes: 4))
  }

  @Test("In batches, over one block and several")
  func inBatches() {
    explore(Self.inBatches(capacity: 2, of: UInt64.self))
    explore(Self.inBatches(capacity: 2, of: Whole.self))
    explore(Self.inBatches(capacity: 3, of: Half.self))
  }

  @Test("At random, over four blocks, one and a half laps")
  func atRandom() {
    exploreAtRandom(Self.oneByOne(capacity: 4, of: Whole.self), executions: 500)
    exploreAtRandom(Self.inBatches(capacity: 7, of: Half.self), executions: 500)
  }

  @Test("Closing races with a push: all that was accepted comes out")
  func closing() { explore(Self.closing) }

  @Test("An end that is given back goes on in another thread")
  func handedOver() {
    explore(Self.handedOver(.consumer))
    explore(Self.handedOver(.producer))
  }
}
