import Delivery
import Testing

/// Who closes a queue, and when its consumer is finished.
@Suite struct QueueClosingTests {
  @Test func aProducerThatClosesFinishesTheQueue() {
    let queue = SPSCQueue<Int>(capacity: 4)
    var producer = queue.makeProducer()
    var consumer = queue.makeConsumer()
    #expect(producer.push(1) == .pushed && producer.push(2) == .pushed)
    producer.close()
    #expect(queue.isClosed && producer.isClosed && consumer.isClosed)
    #expect(producer.push(3) == .closed(3) && producer.push(upTo: 3) { $0 } == 0)
    #expect(!consumer.isFinished && consumer.pop() == 1)
    #expect(!consumer.isFinished && consumer.pop() == 2)
    #expect(consumer.isFinished && consumer.pop() == nil)
  }

  @Test func aPushMayBeUnderWayWhenSomebodyElseCloses() {
    let queue = SPSCQueue<Int>(capacity: 4)
    var producer = queue.makeProducer()
    let consumer = queue.makeConsumer()
    consumer.close()
    #expect(queue.isClosed && !consumer.isFinished, "the producer may have found it open")
    #expect(producer.push(1) == .closed(1))
    #expect(consumer.isFinished == true, "it has found it closed")
  }

  @Test func aProducerThatGoesAwayFinishesAClosedQueue() {
    let queue = SPSCQueue<Int>(capacity: 4)
    var consumer = queue.makeConsumer()
    do {
      var producer = queue.makeProducer()
      #expect(producer.push(1) == .pushed)
      queue.close()
    }
    #expect(!consumer.isFinished && consumer.pop() == 1 && consumer.isFinished)
    var late = queue.makeProducer()
    #expect(consumer.isFinished && late.push(2) == .closed(2))
  }

  @Test func aQueueWithoutAProducerIsFinishedAtOnce() {
    let queue = SPSCQueue<Int>(capacity: 4)
    let consumer = queue.makeConsumer()
    #expect(consumer.isFinished == false)
    queue.close()
    queue.close()
    #expect(consumer.isFinished == true)
  }

  @Test func aQueueOfManyProducersIsClosedByAnybody() {
    let queue = MPSCQueue<Int>(capacity: 4, startingAt: .max - 1)
    var consumer = queue.makeConsumer()
    #expect(queue.push(upTo: 4) { $0 } == 4 && queue.push(4) == .full(4))
    consumer.close()
    queue.close()
    #expect(queue.isClosed && consumer.isClosed && queue.count == 4)
    #expect(queue.push(4) == .closed(4) && queue.push(upTo: 4) { $0 } == 0)
    #expect(consumer.drain(limit: 3) { _ in } == 3 && !consumer.isFinished)
    #expect(consumer.pop() == 3 && consumer.isFinished && queue.isEmpty)
    #expect(queue.push(4) == .closed(4))
  }

  @Test func anEndThatIsGivenBackTakesItsPlaceAlong() {
    let queue = SPSCQueue<Int>(capacity: 7, startingAt: .max - 3)
    let shared = MPSCQueue<Int>(capacity: 7, startingAt: .max - 3)
    var pushed = 0
    var popped = 0
    for _ in 0..<40 {
      do {
        var producer = queue.makeProducer()
        #expect(producer.push(upTo: 4) { pushed + $0 } == 4)
      }
      // In the middle of a batch.
      #expect(shared.push(upTo: 4) { pushed + $0 } == 4)
      pushed += 4
      while popped < pushed {
        var consumer = queue.makeConsumer()
        var sharedConsumer = shared.makeConsumer()
        #expect(consumer.pop() == popped && sharedConsumer.pop() == popped)
        popped += 1
      }
    }
    #expect(queue.isEmpty && shared.isEmpty)
  }

  /// The limit that producers share is stored by whoever looked, and may be stored late: others have pushed past it then. A
  /// closed queue's tail lies half the circle of numbers ahead of it.
  @Test(arguments: [0, UInt64.max - 3]) func aLimitOfLongAgoOpensNoClosedQueue(origin: UInt64) {
    let ring = TicketRing<HardwareWord, Int>(capacity: 2, startingAt: origin)
    var consumer = MPSCConsumerSide(of: ring)
    let old = unsafe ring.limit.pointee.loadRelaxed()
    for element in 1...6 {
      #expect(ring.push(element) == .pushed)
      if element <= 4 { #expect(consumer.pop() == element) }
    }
    unsafe ring.limit.pointee.storeReleasing(old)
    ring.close()
    for element in 7...9 { #expect(ring.push(element) == .closed(element)) }
    #expect(ring.push(upTo: 2) { $0 } == 0)
    #expect(consumer.pop() == 5 && consumer.pop() == 6 && consumer.pop() == nil)
    #expect(consumer.isFinished == true)
  }
}
