// The works `fan-out/…`, as an AsyncStream for each subscriber does them, with a task that reads it. The publisher
// waits for all of them after each burst. At about a microsecond a delivery it does a hundredth of the deliveries that
// ours do, and so without a hash. See FanOutScenarios.swift for what ours do.
import Dispatch
import Glibc
import Synchronization

/// What the tasks have added up, and how much of it was read.
final class Readers: Sendable {
  let sum = Atomic<UInt64>(0)
  let done = DispatchSemaphore(value: 0)
}

/// A payload that is counted.
final class Letter: Sendable {
  let word: UInt64
  init(_ word: UInt64) { self.word = word }
}

enum Streams {
  static func rounds<Message: Sendable>(
    _ context: Peer.Context, subscribers: Int, burst: Int, message: (UInt64) -> Message,
    word: @escaping @Sendable (Message) -> UInt64
  ) -> Peer.Sample {
    Peer.unpin()
    let subscribers = context.count(subscribers)
    let rounds = max(1, context.count(640_000) / (subscribers * burst))
    let readers = Readers()
    var continuations: [AsyncStream<Message>.Continuation] = []
    for _ in 0..<subscribers {
      let (stream, continuation) = AsyncStream.makeStream(of: Message.self)
      continuations.append(continuation)
      Task.detached {
        var received = 0
        var sum: UInt64 = 0
        for await message in stream {
          sum &+= word(message)
          received += 1
          if received % burst == 0 { readers.done.signal() }
        }
        readers.sum.wrappingAdd(sum, ordering: .acquiringAndReleasing)
        readers.done.signal()
      }
    }
    let start = Peer.nanoseconds()
    for round in 0..<rounds {
      for index in round * burst..<(round + 1) * burst {
        for continuation in continuations { continuation.yield(message(UInt64(index))) }
      }
      for _ in continuations { readers.done.wait() }
    }
    let elapsed = Peer.nanoseconds() - start
    for continuation in continuations { continuation.finish() }
    for _ in continuations { readers.done.wait() }
    let messages = UInt64(rounds * burst)
    let expected = messages * (messages - 1) / 2 * UInt64(subscribers)
    precondition(readers.sum.load(ordering: .acquiring) == expected, "messages got lost")
    return Peer.Sample(nanoseconds: elapsed, count: subscribers * burst * rounds, hash: nil)
  }

  static func words(_ name: String, subscribers: Int, burst: Int) -> Peer.Work {
    Peer.Work(name, "Swift AsyncStream, one a subscriber", unit: "ns/delivery") {
      rounds($0, subscribers: subscribers, burst: burst, message: { $0 }, word: { $0 })
    }
  }
}

@main enum FanOut {
  static func main() {
    let letters = (0..<64).map { Letter($0) }
    Peer.main([
      Streams.words("fan-out/100", subscribers: 100, burst: 64),
      Streams.words("fan-out/10k", subscribers: 10_000, burst: 64),
      Streams.words("fan-out/10k/single", subscribers: 10_000, burst: 1),
      Peer.Work("fan-out/10k/reference", "Swift AsyncStream, one a subscriber", unit: "ns/delivery") {
        Streams.rounds($0, subscribers: 10_000, burst: 64, message: { letters[Int($0)] }, word: { $0.word })
      },
    ])
  }
}
