import Delivery
import Testing

/// Several producers, one consumer: tickets, batches, closing, and a consumer's end that goes from thread to thread.
@Suite("MPSCQueue")
struct MPSCQueueTests {
  private typealias Ring = TicketRing<ModelWord, UInt64>

  /// Each producer pushes its own numbers; what is still inside at the end comes out in order, too.
  static func oneByOne(capacity: Int, producers: Int, pops: Int = 1) -> Scenario {
    Scenario("MPSC queue of \(capacity), \(producers) producer(s), one by one") { world in
      let ring = Ring(capacity: capacity, startingAt: SPSCQueueTests.origin)
      let record = QueueRecord()
      for producer in 0..<producers {
        world.thread {
          for _ in 0..<(producers == 1 ? capacity + 1 : 1) {
            let number = UInt64(producer) * 1_000 + record.pushed[producer] + 1
            if ring.push(number).isPushed { record.pushed[producer] += 1 }
          }
        }
      }
      world.thread {
        var consumer = MPSCConsumerSide(of: ring)
        for _ in 0..<pops { if let number = consumer.pop() { record.popped.append(number) } }
      }
      world.check { finish(ring, record, world) }
    }
  }

  /// Both producers want two places side by side.
  static func inBatches(capacity: Int) -> Scenario {
    Scenario("MPSC queue of \(capacity), two producers, in batches") { world in
      let ring = Ring(capacity: capacity, startingAt: SPSCQueueTests.origin)
      let record = QueueRecord()
      for producer in 0..<2 {
        world.thread {
          record.pushed[producer] += UInt64(ring.push(upTo: 2) { UInt64(producer * 1_000 + $0 + 1) })
        }
      }
      world.thread {
        var consumer = MPSCConsumerSide(of: ring)
        _ = consumer.drain(limit: 3) { record.popped.append($0) }
      }
      world.check { finish(ring, record, world) }
    }
  }

  /// What was accepted comes out, and when the consumer is finished, that was all.
  static let closing = Scenario("MPSC queue of 1, closed by a third") { world in
    let ring = Ring(capacity: 1, startingAt: SPSCQueueTests.origin)
    let record = QueueRecord()
    world.thread { if ring.push(1).isPushed { record.pushed[0] = 1 } }
    world.thread {
      var consumer = MPSCConsumerSide(of: ring)
      if let number = consumer.pop() { record.popped.append(number) }
      if consumer.isFinished {
        world.expect(consumer.pop() == nil, "finished, and more came")
        record.check(world)
      }
    }
    world.thread { ring.close() }
    world.check {
      finish(ring, record, world)
      let consumer = MPSCConsumerSide(of: ring)
      world.expect(consumer.isFinished, "closed, empty, and not finished")
    }
  }

  /// The consumer leaves in the middle of a batch; the next one, in another thread, knows that its end is free and nothing else.
  static let handedOver = Scenario("MPSC queue of 2, the consumer handed over") { world in
    let ring = Ring(capacity: 2, startingAt: SPSCQueueTests.origin)
    let record = QueueRecord()
    let isFree = world.semaphore()
    func pop(_ count: Int) {
      var consumer = MPSCConsumerSide(of: ring)
      for _ in 0..<count { if let number = consumer.pop() { record.popped.append(number) } }
    }
    world.thread {
      for _ in 0..<2 {
        let next = record.pushed[0] + 1
        record.pushed[0] += UInt64(ring.push(upTo: 2) { next + UInt64($0) })
      }
    }
    world.thread {
      pop(1)
      isFree.post()
    }
    world.thread {
      isFree.wait()
      pop(2)
    }
    world.check { finish(ring, record, world) }
  }

  private static func finish(_ ring: Ring, _ record: QueueRecord, _ world: World) {
    var consumer = MPSCConsumerSide(of: ring)
    while let number = consumer.pop() { record.popped.append(number) }
    record.check(world)
  }

  @Test("One producer, one by one", arguments: [1, 2])
  func oneProducer(capacity: Int) { explore(Self.oneByOne(capacity: capacity, producers: 1, pops: 2)) }

  @Test("Two producers, one by one", arguments: [1, 2])
  func twoProducers(capacity: Int) { explore(Self.oneByOne(capacity: capacity, producers: 2)) }

  @Test("Two producers, in batches")
  func inBatches() { explore(Self.inBatches(capacity: 2)) }

  @Test("At random, in a queue of three with four slots")
  func atRandom() { exploreAtRandom(Self.inBatches(capacity: 3), executions: 500) }

  @Test("Closing races with a push: all that was accepted comes out")
  func closing() { explore(Self.closing) }

  @Test("A consumer that leaves in the middle of a batch leaves the rest of it to the next")
  func handedOver() { explore(Self.handedOver) }
}
