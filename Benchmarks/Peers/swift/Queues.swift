// The works `spsc/…` and `mpsc/…`, as what a Swift programmer has at hand does them: a serial Dispatch queue, to which
// a closure is sent for each word or batch, and an AsyncStream of words or batches. Neither has a bound, and both
// choose their threads, so nobody is pinned. See QueueScenarios.swift for what ours do.
import Dispatch
import Glibc
import Synchronization

/// What a consumer adds up until all has come. Only the one serial queue, or the one task, that consumes touches the
/// sum.
final class Consumer: @unchecked Sendable {
  private(set) var sum: UInt64 = 0
  private var missing: Int
  private var finish: UInt64 = 0
  private let done = DispatchSemaphore(value: 0)

  init(expecting count: Int) { missing = count }

  func take(_ word: UInt64) {
    sum &+= word
    missing -= 1
    guard missing == 0 else { return }
    finish = Peer.nanoseconds()
    done.signal()
  }

  func take(_ words: [UInt64]) {
    for word in words { take(word) }
  }

  /// When the last word came.
  func wait() -> UInt64 {
    done.wait()
    return finish
  }
}

/// Where producers meet before what they do together is timed.
final class Gate: Sendable {
  private let missing: Atomic<Int>
  private let time = Atomic<UInt64>(0)
  init(_ threads: Int) { missing = Atomic(threads) }

  /// When the last of them came. To be asked when it has done something.
  var opened: UInt64 { time.load(ordering: .acquiring) }

  func meet() {
    let now = Peer.nanoseconds()
    if missing.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { time.store(now, ordering: .releasing) }
    while missing.load(ordering: .acquiring) > 0 { sched_yield() }
  }
}

/// A producer's loop, for each of so many threads. Times from when all stand ready until the last of `count` words each
/// has come; they have a hash if they are as many as ours.
func acrossThreads(
  _ producers: Int, _ consumer: Consumer, count: Int, comparable: Bool = true, _ produce: @escaping @Sendable () -> Void
) -> Peer.Sample {
  Peer.unpin()
  let gate = Gate(producers)
  for _ in 0..<producers {
    DispatchQueue.global().async {
      gate.meet()
      produce()
    }
  }
  let elapsed = consumer.wait() - gate.opened
  let hash = comparable ? Peer.digest(consumer.sum) : nil
  return Peer.Sample(nanoseconds: elapsed, count: producers * count, hash: hash)
}

func batches(_ count: Int, of size: Int, _ send: ([UInt64]) -> Void) {
  for first in stride(from: 0, to: count, by: size) {
    send(Array(UInt64(first)..<UInt64(min(first + size, count))))
  }
}

func roundTrips(_ times: [UInt64], sum: UInt64) -> Peer.Sample {
  let times = times.sorted()
  var sample = Peer.Sample(value: Double(times[times.count / 2]), hash: Peer.digest(sum))
  sample.further = [("p99", Double(times[times.count * 99 / 100]))]
  return sample
}

// MARK: Dispatch

enum SerialQueue {
  static let who = "Swift Dispatch"

  static func oneByOne(producers: Int, _ count: Int) -> Peer.Sample {
    let queue = DispatchQueue(label: "consumer")
    let consumer = Consumer(expecting: producers * count)
    return acrossThreads(producers, consumer, count: count) {
      for word in 0..<UInt64(count) { queue.async { consumer.take(word) } }
    }
  }

  static func inBatches(of size: Int, producers: Int, _ count: Int) -> Peer.Sample {
    let queue = DispatchQueue(label: "consumer")
    let consumer = Consumer(expecting: producers * count)
    return acrossThreads(producers, consumer, count: count) {
      batches(count, of: size) { words in queue.async { consumer.take(words) } }
    }
  }

  static func roundTrip(_ trips: Int) -> Peer.Sample {
    Peer.unpin()
    let there = DispatchQueue(label: "there")
    let back = DispatchQueue(label: "back")
    let arrived = DispatchSemaphore(value: 0)
    let consumer = Consumer(expecting: trips)
    let times = (0..<UInt64(trips)).map { word in
      let start = Peer.nanoseconds()
      there.async {
        back.async {
          consumer.take(word)
          arrived.signal()
        }
      }
      arrived.wait()
      return Peer.nanoseconds() - start
    }
    return roundTrips(times, sum: consumer.sum)
  }
}

// MARK: AsyncStream

enum Stream {
  static let who = "Swift AsyncStream"

  static func oneByOne(producers: Int, _ count: Int) -> Peer.Sample {
    let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
    let consumer = Consumer(expecting: producers * count)
    Peer.unpin()
    Task.detached { for await word in stream { consumer.take(word) } }
    return acrossThreads(producers, consumer, count: count, comparable: false) {
      for word in 0..<UInt64(count) { continuation.yield(word) }
    }
  }

  static func inBatches(of size: Int, producers: Int, _ count: Int) -> Peer.Sample {
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt64].self)
    let consumer = Consumer(expecting: producers * count)
    Peer.unpin()
    Task.detached { for await words in stream { consumer.take(words) } }
    return acrossThreads(producers, consumer, count: count) {
      batches(count, of: size) { continuation.yield($0) }
    }
  }

  static func roundTrip(_ trips: Int) -> Peer.Sample {
    Peer.unpin()
    let (there, pushThere) = AsyncStream.makeStream(of: UInt64.self)
    let (back, pushBack) = AsyncStream.makeStream(of: UInt64.self)
    Task.detached { for await word in there { pushBack.yield(word) } }
    return finished {
      var returning = back.makeAsyncIterator()
      var times: [UInt64] = []
      var sum: UInt64 = 0
      for trip in 0..<UInt64(trips) {
        let start = Peer.nanoseconds()
        pushThere.yield(trip)
        sum &+= await returning.next() ?? 0
        times.append(Peer.nanoseconds() - start)
      }
      pushThere.finish()
      return roundTrips(times, sum: sum)
    }
  }

  static func uncontended(_ count: Int) -> Peer.Sample {
    Peer.unpin()
    return finished {
      let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
      var iterator = stream.makeAsyncIterator()
      var sum: UInt64 = 0
      let start = Peer.nanoseconds()
      for word in 0..<UInt64(count) {
        continuation.yield(word)
        sum &+= await iterator.next() ?? 0
      }
      let elapsed = Peer.nanoseconds() - start
      precondition(sum == UInt64(count) * UInt64(count - 1) / 2, "words got lost")
      return Peer.Sample(nanoseconds: elapsed, count: count, hash: nil)
    }
  }

  /// What a task finds. Detached: one that inherits the main actor is an order of magnitude slower.
  private static func finished(_ body: @escaping @Sendable () async -> Peer.Sample) -> Peer.Sample {
    final class Result: @unchecked Sendable {
      var sample = Peer.Sample(value: 0, hash: nil)
    }
    let result = Result()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      result.sample = await body()
      done.signal()
    }
    done.wait()
    return result.sample
  }
}

@main enum Queues {
  static func main() {
    Peer.main([
      Peer.Work("spsc/one-by-one", SerialQueue.who, unit: "ns/item") {
        SerialQueue.oneByOne(producers: 1, $0.count(5_000_000))
      },
      Peer.Work("spsc/batch", SerialQueue.who, unit: "ns/item") {
        SerialQueue.inBatches(of: 64, producers: 1, $0.count(20_000_000))
      },
      Peer.Work("spsc/batch-256", SerialQueue.who, unit: "ns/item") {
        SerialQueue.inBatches(of: 256, producers: 1, $0.count(20_000_000))
      },
      Peer.Work("spsc/ping-pong", SerialQueue.who, unit: "ns/trip") { SerialQueue.roundTrip($0.count(100_000)) },
      Peer.Work("mpsc/one-by-one", SerialQueue.who, unit: "ns/item") {
        SerialQueue.oneByOne(producers: 2, $0.count(2_000_000))
      },
      Peer.Work("mpsc/batch", SerialQueue.who, unit: "ns/item") {
        SerialQueue.inBatches(of: 64, producers: 2, $0.count(6_400_000))
      },
      // A tenth of the words that the others send one by one, and so without a hash: all of them would take too long.
      Peer.Work("spsc/one-by-one", Stream.who, unit: "ns/item") { Stream.oneByOne(producers: 1, $0.count(500_000)) },
      Peer.Work("spsc/batch", Stream.who, unit: "ns/item") {
        Stream.inBatches(of: 64, producers: 1, $0.count(20_000_000))
      },
      Peer.Work("spsc/batch-256", Stream.who, unit: "ns/item") {
        Stream.inBatches(of: 256, producers: 1, $0.count(20_000_000))
      },
      Peer.Work("spsc/ping-pong", Stream.who, unit: "ns/trip") { Stream.roundTrip($0.count(100_000)) },
      Peer.Work("spsc/uncontended", Stream.who, unit: "ns/item") { Stream.uncontended($0.count(500_000)) },
      Peer.Work("mpsc/one-by-one", Stream.who, unit: "ns/item") { Stream.oneByOne(producers: 2, $0.count(200_000)) },
      Peer.Work("mpsc/batch", Stream.who, unit: "ns/item") {
        Stream.inBatches(of: 64, producers: 2, $0.count(6_400_000))
      },
    ])
  }
}
