internal import Dispatch
internal import Synchronization

extension Baselines {
  /// What is at hand in Swift where the library has queues and timers.
  static var others: [Scenario] {
    [
      Scenario("baseline/mutex-array", unit: "ns/item", "an array behind a mutex, between two cores, one by one") {
        context in
        let count = context.plan.operations(1_000_000)
        return {
          let queue = MutexQueue()
          let start = Clock.nanoseconds()
          let producer = Thread(onCore: 1) { for item in 0..<UInt64(count) { queue.push(item) } }
          let sum = queue.timedDrain(count)
          let nanoseconds = Clock.nanoseconds() - start
          producer.join()
          return Sample(nanoseconds: nanoseconds, count: count, hash: digest(sum))
        }
      },
      Scenario("baseline/async-stream", unit: "ns/item", "an AsyncStream between a thread and a task, one by one") {
        context in
        let count = context.plan.operations(100_000)
        return { Affinity.unpinned { throughAsyncStream(count) } }
      },
      Scenario("baseline/binary-heap", unit: "ns/timer", "schedule and expire a million deadlines with a binary heap") {
        context in
        let count = context.plan.operations(1_000_000)
        return {
          var heap = BinaryHeap()
          let start = Clock.nanoseconds()
          let hash = heap.timedCycle(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(hash))
        }
      },
    ]
  }

  private static func throughAsyncStream(_ count: Int) -> Sample {
    let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
    let result = AsyncResult()
    let done = DispatchSemaphore(value: 0)
    let start = Clock.nanoseconds()
    // Detached: a task that inherits the main actor is an order of magnitude slower.
    Task.detached {
      var sum: UInt64 = 0
      for await item in stream { sum &+= item }
      result.sum.store(sum, ordering: .releasing)
      done.signal()
    }
    for item in 0..<UInt64(count) { continuation.yield(item) }
    continuation.finish()
    done.wait()
    let nanoseconds = Clock.nanoseconds() - start
    return Sample(nanoseconds: nanoseconds, count: count, hash: digest(result.sum.load(ordering: .acquiring)))
  }
}

/// Where a task leaves what it found.
private final class AsyncResult: Sendable {
  let sum = Atomic<UInt64>(0)
}

/// The queue that everybody writes first.
private final class MutexQueue: Sendable {
  private let items = Mutex<[UInt64]>([])

  func push(_ item: UInt64) {
    items.withLock { $0.append(item) }
  }

  /// Takes everything there is, again and again, until `count` items have come.
  @inline(never)
  func timedDrain(_ count: Int) -> UInt64 {
    var received = 0
    var sum: UInt64 = 0
    var batch: [UInt64] = []
    while received < count {
      batch.removeAll(keepingCapacity: true)
      items.withLock { swap(&$0, &batch) }
      if batch.isEmpty { Thread.yield() }
      for item in batch { sum &+= item }
      received += batch.count
    }
    return sum
  }
}

/// Deadlines with the least one first.
private struct BinaryHeap {
  struct Timer {
    var deadline: UInt64
    var id: UInt64
  }

  private var timers: [Timer] = []

  /// Schedules `count` timers over a minute and lets all of them expire.
  @inline(never)
  mutating func timedCycle(_ count: Int) -> UInt64 {
    var random = XorShift(seed: 0x2468_ACE0_1357)
    for id in 0..<UInt64(count) {
      // A deadline is unique, so that the order of expiry is, too.
      push(Timer(deadline: (random.next() % 60_000_000_000) << 20 | id, id: id))
    }
    var hash: UInt64 = 0
    while let timer = pop() { hash = hash &* 31 &+ timer.id }
    return hash
  }

  private mutating func push(_ timer: Timer) {
    var place = timers.count
    timers.append(timer)
    while place > 0 {
      let parent = (place - 1) / 2
      guard timer.deadline < timers[parent].deadline else { break }
      timers[place] = timers[parent]
      place = parent
    }
    timers[place] = timer
  }

  private mutating func pop() -> Timer? {
    guard let first = timers.first, let last = timers.popLast() else { return nil }
    guard !timers.isEmpty else { return first }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < timers.count else { break }
      if child + 1 < timers.count, timers[child + 1].deadline < timers[child].deadline { child += 1 }
      guard timers[child].deadline < last.deadline else { break }
      timers[place] = timers[child]
      place = child
    }
    timers[place] = last
    return first
  }
}
