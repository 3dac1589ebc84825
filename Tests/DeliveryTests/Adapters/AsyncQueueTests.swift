import Delivery
import Synchronization
import Testing

/// A queue between tasks: nothing is lost, nobody waits for ever, and who gives up gets back what it had.
@Suite(.timeLimit(.minutes(5))) struct AsyncQueueTests {
  @Test(arguments: [1, 2, 8]) func whatIsSentComesInOrder(capacity: Int) async {
    let queue = AsyncQueue<Int>(capacity: capacity)
    let sender = Task {
      for number in 0..<2_000 { await queue.send(number) }
      queue.close()
    }
    var next = 0
    for await number in queue {
      #expect(number == next)
      next += 1
    }
    #expect(next == 2_000)
    await sender.value
  }

  @Test func manySendersLoseNothingAndKeepTheirOrder() async {
    let queue = AsyncQueue<(sender: Int, number: Int)>(capacity: 4)
    await withTaskGroup { group in
      for sender in 0..<8 {
        group.addTask { for number in 0..<500 { await queue.send((sender, number)) } }
      }
      group.addTask {
        var next = [Int](repeating: 0, count: 8)
        for await (sender, number) in queue {
          #expect(number == next[sender])
          next[sender] += 1
          if next.allSatisfy({ $0 == 500 }) { break }
        }
      }
    }
    #expect(queue.trySend((0, 0)).isPushed)
  }

  @Test func whoSendsIntoAFullQueueWaits() async {
    let queue = AsyncQueue<Int>(capacity: 2)
    #expect(await queue.send(1) == .pushed)
    #expect(await queue.send(2) == .pushed)
    #expect(queue.trySend(3) == .full(3))
    let hasSent = Flag()
    await withTaskGroup { group in
      group.addTask {
        #expect(await queue.send(3) == .pushed)
        hasSent.raise()
      }
      for _ in 0..<200 { await Task.yield() }
      let early = hasSent.isRaised
      #expect(!early)
      let iterator = queue.makeAsyncIterator()
      #expect(await iterator.next() == 1)
      await group.waitForAll()
      #expect(await iterator.next() == 2)
      #expect(await iterator.next() == 3)
    }
  }

  @Test func aCancelledSenderGetsItsElementBack() async {
    let queue = AsyncQueue<Int>(capacity: 1)
    await queue.send(1)
    let sender = Task { await queue.send(2) }
    for _ in 0..<50 { await Task.yield() }
    sender.cancel()
    #expect(await sender.value == .full(2))
    #expect(await Task { queue.trySend(3) }.value == .full(3))
  }

  @Test func aCancelledReceiverEndsAndAnotherGoesOn() async {
    let queue = AsyncQueue<Int>(capacity: 4)
    let receiver = Task {
      var received: [Int] = []
      for await number in queue { received.append(number) }
      return received
    }
    await queue.send(1)
    for _ in 0..<50 { await Task.yield() }
    receiver.cancel()
    let received = await receiver.value
    await queue.send(2)
    queue.close()
    var rest: [Int] = []
    for await number in queue { rest.append(number) }
    #expect(received + rest == [1, 2])
  }

  @Test func closingDrainsAndFreesThoseWhoWait() async {
    let queue = AsyncQueue<Int>(capacity: 1)
    await queue.send(1)
    let sender = Task { await queue.send(2) }
    for _ in 0..<50 { await Task.yield() }
    queue.close()
    #expect(await sender.value == .closed(2))
    #expect(await queue.send(3) == .closed(3))
    var received: [Int] = []
    for await number in queue { received.append(number) }
    #expect(received == [1])
  }

  @Test func whatIsLeftInsideIsReleased() async {
    let payload = Payload()
    weak let weakly = payload
    do {
      let queue = AsyncQueue<Payload>(capacity: 4)
      await queue.send(consume payload)
    }
    #expect(weakly == nil)
  }

  private final class Payload: Sendable {}

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
  }
}
