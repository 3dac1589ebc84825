internal import Dispatch
internal import Synchronization

extension FanOutScenarios {
  /// What is at hand in Swift: an array for each subscriber, or a stream.
  static var baselines: [Scenario] {
    [
      Scenario(
        "baseline/fan-out-arrays", unit: "ns/delivery", "an array for each of 100 subscribers, bursts of 64 words",
        work: Work.fanOut
      ) { context in
        let rounds = FanOutRounds(context.plan, subscribers: 100, burst: burst)
        return {
          var queues = [[UInt64]](repeating: [], count: rounds.subscribers)
          let start = Clock.nanoseconds()
          let sum = timedRounds(&queues, rounds)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: rounds.deliveries, hash: digest(sum))
        }
      },
      Scenario("baseline/fan-out-streams", unit: "ns/delivery", "an AsyncStream for each of 100 subscribers, 64 words")
      {
        context in
        let rounds = FanOutRounds(context.plan, subscribers: 100, burst: burst, deliveries: 400_000)
        return { Affinity.unpinned { throughStreams(rounds) } }
      },
    ]
  }

  @inline(never)
  private static func timedRounds(_ queues: inout [[UInt64]], _ rounds: FanOutRounds) -> UInt64 {
    var sum: UInt64 = 0
    var word: UInt64 = 0
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        for index in queues.indices { queues[index].append(word) }
        word &+= 1
      }
      for index in queues.indices {
        for word in queues[index] { sum &+= word }
        queues[index].removeAll(keepingCapacity: true)
      }
    }
    return sum
  }

  /// A task for each subscriber. The publisher waits for all of them after each burst.
  private static func throughStreams(_ rounds: FanOutRounds) -> Sample {
    let result = StreamResult()
    let done = DispatchSemaphore(value: 0)
    var continuations: [AsyncStream<UInt64>.Continuation] = []
    for _ in 0..<rounds.subscribers {
      let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
      continuations.append(continuation)
      let burst = rounds.burst
      Task.detached {
        var sum: UInt64 = 0
        var received = 0
        for await word in stream {
          sum &+= word
          received += 1
          if received % burst == 0 { done.signal() }
        }
        result.sum.wrappingAdd(sum, ordering: .acquiringAndReleasing)
        done.signal()
      }
    }
    let start = Clock.nanoseconds()
    var word: UInt64 = 0
    for _ in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        for continuation in continuations { continuation.yield(word) }
        word &+= 1
      }
      for _ in continuations { done.wait() }
    }
    let nanoseconds = Clock.nanoseconds() - start
    for continuation in continuations { continuation.finish() }
    for _ in continuations { done.wait() }
    let sum = result.sum.load(ordering: .acquiring)
    return Sample(nanoseconds: nanoseconds, count: rounds.deliveries, hash: digest(sum))
  }
}

/// Where the tasks leave what they found.
private final class StreamResult: Sendable {
  let sum = Atomic<UInt64>(0)
}
