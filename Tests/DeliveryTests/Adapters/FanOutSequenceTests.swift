import Delivery
import Sequencer
import Testing

/// Subscriptions as sequences for tasks.
@Suite(.timeLimit(.minutes(5))) struct FanOutSequenceTests {
  /// What one task saw of a ring, to the end.
  private static func numbers(_ sequence: FanOutSequence<UInt64>) async -> (delivered: [UInt64], lagged: Int) {
    var delivered: [UInt64] = []
    var lagged = 0
    for await event in sequence {
      switch event {
      case .message(let number, let message):
        #expect(message == number * 3)
        delivered.append(number)
      case .lagged(let numbers): lagged += numbers.count
      }
    }
    return (delivered, lagged)
  }

  @Test func everyTaskGetsEverythingOrIsTold() async {
    let ring = FanOutRing<UInt64>(capacity: 64, readers: 4)
    let sequence = ring.messages()
    await withTaskGroup { group in
      for _ in 0..<20 { group.addTask { await Self.numbers(sequence) } }
      group.addTask {
        var publisher = ring.makePublisher()
        for number in 1...5_000 as ClosedRange<UInt64> {
          while true {
            if case .published(number) = publisher.publish(number * 3) { break }
            await Task.yield()
          }
          if number % 10 == 0 {
            publisher.notify()
            await Task.yield()
          }
        }
        publisher.close()
        return ([], 5_000)
      }
      for await (delivered, lagged) in group {
        #expect(delivered.count + lagged == 5_000)
        #expect(zip(delivered, delivered.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }

  @Test func aTaskGoesOnAfterTheLastMessageItHasSeen() async {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 1, epoch: 3)
    var publisher = ring.makePublisher()
    for number in 1...20 as ClosedRange<UInt64> { _ = publisher.publish(number * 3) }
    let recent = ring.messages(from: Position(epoch: 3, number: 17))
    #expect(recent.start == .replay(18...20))
    let old = ring.messages(from: Position(epoch: 3, number: 2))
    guard case .gap(let gap, replay: 13...20 as ClosedRange<UInt64>?) = old.start else {
      Issue.record("\(old.start)")
      return
    }
    #expect(gap == 3...12)
    publisher.close()
    #expect(await Self.numbers(recent) == ([18, 19, 20], 0))
    // What the answer has told is not told again.
    #expect(await Self.numbers(old) == (Array(13...20), 0))
  }

  @Test func aWaitingTaskIsWokenAndACancelledOneEnds() async {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 2)
    let sequence = ring.messages()
    let cancelled = Task { await Self.numbers(sequence) }
    let woken = Task { await Self.numbers(sequence) }
    for _ in 0..<50 { await Task.yield() }
    cancelled.cancel()
    #expect(await cancelled.value == ([], 0))
    var publisher = ring.makePublisher()
    _ = publisher.publish(3)
    publisher.notify()
    publisher.close()
    #expect(await woken.value == ([1], 0))
  }

  /// A list of waiters must not grow without bound while nothing is published.
  @Test func thoseWhoGiveUpAreForgotten() async {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 2)
    let sequence = ring.messages()
    for _ in 0..<1_000 {
      let task = Task { await Self.numbers(sequence) }
      await Task.yield()
      task.cancel()
      #expect(await task.value == ([], 0))
    }
    var publisher = ring.makePublisher()
    _ = publisher.publish(3)
    publisher.close()
    #expect(await Self.numbers(sequence) == ([1], 0))
  }
}
