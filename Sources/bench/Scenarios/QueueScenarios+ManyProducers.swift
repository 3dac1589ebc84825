internal import Delivery

extension QueueScenarios {
  static let sharedCapacity = 65_536

  /// The queue from several threads to one.
  static var many: [Scenario] {
    [
      Scenario("mpsc/one-by-one", unit: "ns/item", "two producers, one consumer, one by one", work: "mpsc") { context in
        let count = context.plan.operations(2_000_000)
        return {
          let queue = MPSCQueue<UInt64>(capacity: sharedCapacity)
          var consumer = queue.makeConsumer()
          return producers(2, of: count) {
            queue.pushOneByOne(count)
          } drain: {
            consumer.popOneByOne(2 * count)
          }
        }
      },
      Scenario("mpsc/batch", unit: "ns/item", "the same, pushed in batches of 64 and drained", work: "mpsc/batch") {
        context in
        let count = context.plan.operations(6_400_000)
        return {
          let queue = MPSCQueue<UInt64>(capacity: sharedCapacity)
          var consumer = queue.makeConsumer()
          return producers(2, of: count) {
            queue.push(count, inBatchesOf: 64)
          } drain: {
            consumer.drain(2 * count)
          }
        }
      },
      Scenario("mpsc/lanes", unit: "ns/item", "batches again, but an SPSC queue for each producer", work: "mpsc/batch")
      {
        context in
        let count = context.plan.operations(6_400_000)
        return { lanes(count) }
      },
      Scenario("mpsc/uncontended", unit: "ns/item", "push and pop by turns, in one thread") { context in
        let count = context.plan.operations(5_000_000)
        return {
          let queue = MPSCQueue<UInt64>(capacity: capacity)
          var consumer = queue.makeConsumer()
          let start = Clock.nanoseconds()
          let sum = pushAndPop(count, queue, &consumer)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(sum))
        }
      },
    ]
  }

  /// Producers of `count` items each on the cores after the consumer's. Where there are no more cores they begin with the
  /// consumer's again.
  static func producers(
    _ producers: Int, of count: Int, _ push: @escaping @Sendable () -> Void, drain: () -> UInt64
  ) -> Sample {
    let gate = Gate()
    return Thread.alongside(1..<producers + 1) { _ in
      gate.meet(producers + 1)
      push()
    } run: {
      gate.meet(producers + 1)
      let start = Clock.nanoseconds()
      let sum = drain()
      return Sample(nanoseconds: Clock.nanoseconds() - start, count: producers * count, hash: digest(sum))
    }
  }

  private static func lanes(_ count: Int) -> Sample {
    let queues = [SPSCQueue<UInt64>(capacity: sharedCapacity), SPSCQueue<UInt64>(capacity: sharedCapacity)]
    let gate = Gate()
    let first = Thread(onCore: 1) {
      var producer = queues[0].makeProducer()
      gate.meet(3)
      producer.push(count, inBatchesOf: 64, sharingCores: true)
    }
    let second = Thread(onCore: 2) {
      var producer = queues[1].makeProducer()
      gate.meet(3)
      producer.push(count, inBatchesOf: 64, sharingCores: true)
    }
    var one = queues[0].makeConsumer()
    var other = queues[1].makeConsumer()
    gate.meet(3)
    let start = Clock.nanoseconds()
    let sum = drainBoth(2 * count, &one, &other)
    let nanoseconds = Clock.nanoseconds() - start
    first.join()
    second.join()
    return Sample(nanoseconds: nanoseconds, count: 2 * count, hash: digest(sum))
  }

  @inline(never)
  private static func drainBoth(
    _ count: Int, _ one: inout SPSCConsumer<UInt64>, _ other: inout SPSCConsumer<UInt64>
  ) -> UInt64 {
    var patience = Patience(sharingCores: true)
    var sum: UInt64 = 0
    var received = 0
    while received < count {
      // A bound, or a lane that is filled as fast as it is drained would keep the other one waiting.
      let taken = one.drain(limit: 1_024) { sum &+= $0 } &+ other.drain(limit: 1_024) { sum &+= $0 }
      received &+= taken
      if taken == 0 { patience.wait() }
    }
    return sum
  }

  @inline(never)
  private static func pushAndPop(
    _ count: Int, _ queue: MPSCQueue<UInt64>, _ consumer: inout MPSCConsumer<UInt64>
  ) -> UInt64 {
    var sum: UInt64 = 0
    for item in 0..<UInt64(count) {
      guard queue.push(item).isPushed, let popped = consumer.pop() else { break }
      sum &+= popped
    }
    return sum
  }
}

// MARK: The loops that are timed

extension MPSCQueue<UInt64> {
  @inline(never)
  func pushOneByOne(_ count: Int) {
    var patience = Patience(sharingCores: true)
    for item in 0..<UInt64(count) {
      while !push(item).isPushed { patience.wait() }
    }
  }

  @inline(never)
  func push(_ count: Int, inBatchesOf size: Int) {
    var patience = Patience(sharingCores: true)
    var next = 0
    while next < count {
      let first = next
      let pushed = push(upTo: min(size, count &- first)) { UInt64(truncatingIfNeeded: first &+ $0) }
      next &+= pushed
      if pushed == 0 { patience.wait() }
    }
  }
}

extension MPSCConsumer<UInt64> {
  @inline(never)
  mutating func popOneByOne(_ count: Int) -> UInt64 {
    var patience = Patience(sharingCores: true)
    var sum: UInt64 = 0
    var received = 0
    while received < count {
      if let item = pop() {
        sum &+= item
        received &+= 1
      } else {
        patience.wait()
      }
    }
    return sum
  }

  @inline(never)
  mutating func drain(_ count: Int) -> UInt64 {
    var patience = Patience(sharingCores: true)
    var sum: UInt64 = 0
    var received = 0
    while received < count {
      let taken = drain { sum &+= $0 }
      received &+= taken
      if taken == 0 { patience.wait() }
    }
    return sum
  }
}
