import Delivery
import Synchronization
import Testing

/// Threads at full speed. What must hold is counted; on x86 few wrong orderings would show here, so the interleavings are
/// walked through elsewhere.
@Suite(.serialized) struct QueueStressTests {
  @Test("One producer, one consumer", arguments: [1, 2, 3, 7, 64, 1_000], [1, 5, 64])
  func oneToOne(capacity: Int, batch: Int) {
    let queue = SPSCQueue<UInt64>(capacity: capacity, startingAt: .max - 100)
    let count: UInt64 = 20_000
    let received = Atomic<UInt64>(0)
    let disorder = Atomic<UInt64>(0)
    concurrently([
      {
        var producer = queue.makeProducer()
        var next: UInt64 = 0
        while next < count {
          let first = next
          let wanted = min(batch, Int(count - next))
          let pushed =
            batch == 1 ? (producer.push(first).isPushed ? 1 : 0) : producer.push(upTo: wanted) { first + UInt64($0) }
          next += UInt64(pushed)
          if pushed == 0 { yieldThread() }
        }
        producer.close()
      },
      {
        var consumer = queue.makeConsumer()
        var expected: UInt64 = 0
        var wrong: UInt64 = 0
        while !consumer.isFinished {
          let before = expected
          if batch == 1 {
            if let element = consumer.pop() {
              if element != expected { wrong += 1 }
              expected += 1
            }
          } else {
            consumer.drain(limit: batch) { element in
              if element != expected { wrong += 1 }
              expected += 1
            }
          }
          if before == expected { yieldThread() }
        }
        received.store(expected, ordering: .releasing)
        disorder.store(wrong, ordering: .releasing)
      },
    ])
    #expect(received.load(ordering: .acquiring) == count && disorder.load(ordering: .acquiring) == 0)
  }

  /// What a producer knew when it began to push: how many pushes of each other producer had returned.
  private struct Stamped: Sendable {
    var producer: Int
    var number: UInt64
    var finished: [UInt64]
  }

  @Test("Several producers, one consumer: what was pushed before comes out before", arguments: [2, 3, 8], [1, 4, 100])
  func manyToOne(producers: Int, capacity: Int) {
    let queue = MPSCQueue<Stamped>(capacity: capacity, startingAt: .max - 100)
    let finished = (0..<producers).map { _ in Finished() }
    let each: UInt64 = 12_000 / UInt64(producers)
    let received = Atomic<UInt64>(0)
    let disorder = Atomic<UInt64>(0)
    let bodies = (0..<producers).map { producer -> @Sendable () -> Void in
      {
        var next: UInt64 = 0
        while next < each {
          let known = finished.map { $0.count.load(ordering: .acquiring) }
          let first = next
          // One by one and in batches, by turns.
          let wanted = first % 3 == 0 ? 1 : min(3, Int(each - first))
          let pushed = queue.push(upTo: wanted) { index in
            Stamped(producer: producer, number: first + UInt64(index), finished: known)
          }
          next += UInt64(pushed)
          finished[producer].count.store(next, ordering: .releasing)
          if pushed == 0 { yieldThread() }
        }
      }
    }
    concurrently(
      bodies + [
        {
          var consumer = queue.makeConsumer()
          var seen = [UInt64](repeating: 0, count: producers)
          var total: UInt64 = 0
          var wrong: UInt64 = 0
          while total < each * UInt64(producers) {
            let taken = consumer.drain(limit: 50) { element in
              if element.number != seen[element.producer] { wrong += 1 }
              for other in 0..<producers where other != element.producer {
                if seen[other] < element.finished[other] { wrong += 1 }
              }
              seen[element.producer] += 1
            }
            total += UInt64(taken)
            if taken == 0 { yieldThread() }
          }
          received.store(total, ordering: .releasing)
          disorder.store(wrong, ordering: .releasing)
        }
      ])
    #expect(received.load(ordering: .acquiring) == each * UInt64(producers))
    #expect(disorder.load(ordering: .acquiring) == 0)
    #expect(queue.isEmpty)
  }

  private final class Finished: Sendable {
    let count = Atomic<UInt64>(0)
  }

  @Test("Closing in the middle: what was accepted comes out, and nothing else", arguments: 1...30)
  func closing(round: Int) {
    let queue = SPSCQueue<Int>(capacity: 64)
    let shared = MPSCQueue<Int>(capacity: 64)
    let accepted = Atomic<Int>(0)
    let sharedAccepted = Atomic<Int>(0)
    let out = Atomic<Int>(0)
    let sharedOut = Atomic<Int>(0)
    let produce: @Sendable () -> Void = {
      var count = 0
      pushing: while true {
        switch shared.push(count) {
        case .pushed: count += 1
        case .full: yieldThread()
        case .closed: break pushing
        }
      }
      sharedAccepted.add(count, ordering: .relaxed)
    }
    concurrently([
      produce, produce,
      {
        var producer = queue.makeProducer()
        var count = 0
        pushing: while true {
          switch producer.push(count) {
          case .pushed: count += 1
          case .full: yieldThread()
          case .closed: break pushing
          }
        }
        accepted.store(count, ordering: .relaxed)
      },
      {
        var consumer = queue.makeConsumer()
        var sharedConsumer = shared.makeConsumer()
        var count = 0
        var sharedCount = 0
        while !consumer.isFinished || !sharedConsumer.isFinished {
          count += consumer.drain { _ in }
          sharedCount += sharedConsumer.drain { _ in }
          if count >= 100 * round { consumer.close() }
          if sharedCount >= 100 * round { shared.close() }
          yieldThread()
        }
        out.store(count, ordering: .relaxed)
        sharedOut.store(sharedCount, ordering: .relaxed)
      },
    ])
    #expect(accepted.load(ordering: .relaxed) == out.load(ordering: .relaxed))
    #expect(sharedAccepted.load(ordering: .relaxed) == sharedOut.load(ordering: .relaxed))
    #expect(queue.isEmpty && shared.isEmpty)
  }

  @Test("Ends that go from thread to thread")
  func endsMove() {
    let queue = SPSCQueue<UInt64>(capacity: 10, startingAt: .max - 100)
    // Whose turn it is to hold the producer, and the consumer.
    let turn = Atomic<UInt64>(0)
    let consumed = Atomic<UInt64>(0)
    let wrong = Atomic<Int>(0)
    let body: @Sendable () -> Void = {
      while true {
        let number = turn.add(1, ordering: .acquiringAndReleasing).oldValue
        if number >= 300 { return }
        while consumed.load(ordering: .acquiring) != number { yieldThread() }
        do {
          var producer = queue.makeProducer()
          var consumer = queue.makeConsumer()
          if producer.push(upTo: 5, { number * 5 + UInt64($0) }) != 5 { wrong.add(1, ordering: .relaxed) }
          // One lap behind, so that what one thread pushed another takes out.
          if number > 0 {
            for index in 0..<5 where consumer.pop() != number * 5 - 5 + UInt64(index) {
              wrong.add(1, ordering: .relaxed)
            }
          }
        }
        consumed.store(number + 1, ordering: .releasing)
      }
    }
    concurrently([body, body, body])
    #expect(wrong.load(ordering: .relaxed) == 0 && queue.count == 5)
  }
}
