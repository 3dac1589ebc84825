import Delivery
import Testing

/// A consumer that sleeps when it has found nothing, and those who wake it.
@Suite("Doorbell with a queue")
struct SleepingConsumerTests {
  /// Each producer notifies after each push; the consumer takes out what there is and parks.
  static func queue(producers: Int) -> Scenario {
    let each = producers == 1 ? 2 : 1
    return Scenario("doorbell of an MPSC queue, \(producers) producer(s)") { world in
      let queue = TicketRing<ModelWord, UInt64>(capacity: 2, startingAt: SPSCQueueTests.origin)
      let bell = Bell()
      let sleep = world.semaphore()
      let record = QueueRecord()
      for producer in 0..<producers {
        world.thread {
          for _ in 0..<each {
            let isPushed = queue.push(UInt64(producer) * 1_000 + record.pushed[producer] + 1).isPushed
            world.expect(isPushed, "full, and no more is pushed than fits")
            record.pushed[producer] += 1
            if bell.word.notify() { sleep.post() }
          }
        }
      }
      world.thread {
        var consumer = MPSCConsumerSide(of: queue)
        while true {
          while let number = consumer.pop() { record.popped.append(number) }
          if record.popped.count == producers * each { break }
          if bell.word.park() { sleep.wait() }
        }
      }
      world.check { record.check(world) }
    }
  }

  /// The consumer has a deadline: it withdraws, and eats a signal that is on its way. No signal is left over, none missing.
  static let deadline = Scenario("doorbell with a deadline") { world in
    let bell = Bell()
    let sleep = world.semaphore()
    let news = Shared(.producerPosition)
    world.thread {
      for count: UInt64 in 1...2 {
        news.word.storeRelaxed(count)
        if bell.word.notify() { sleep.post() }
      }
    }
    world.thread {
      // The first time it does not wait.
      if bell.word.park(), bell.word.unpark() { sleep.wait() }
      while news.word.loadRelaxed() < 2 { if bell.word.park() { sleep.wait() } }
    }
  }

  @Test("Nobody sleeps while the queue has something", arguments: [1, 2])
  func queue(producers: Int) { explore(Self.queue(producers: producers)) }

  @Test("Nor after a deadline has passed")
  func deadline() { explore(Self.deadline) }
}

private final class Bell: Sendable {
  let word = DoorbellWord<ModelWord>()
}
