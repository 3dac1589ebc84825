internal import Delivery

/// The queue from one thread to one other.
enum QueueScenarios {
  static let capacity = 1_024

  static var single: [Scenario] {
    [
      Scenario("spsc/one-by-one", unit: "ns/item", "from one core to another, one by one", work: "spsc/one-by-one") {
        context in
        let count = context.plan.operations(5_000_000)
        return {
          acrossCores(count) {
            $0.pushOneByOne(count)
          } drain: {
            $0.popOneByOne(count)
          }
        }
      },
      Scenario("spsc/batch", unit: "ns/item", "the same, pushed in batches of 64 and drained", work: "spsc/batch") {
        context in
        let count = context.plan.operations(20_000_000)
        return {
          acrossCores(count) {
            $0.push(count, inBatchesOf: 64)
          } drain: {
            $0.drain(count)
          }
        }
      },
      Scenario("spsc/batch-256", unit: "ns/item", "the same, in batches of 256", work: "spsc/batch") { context in
        let count = context.plan.operations(20_000_000)
        return {
          acrossCores(count) {
            $0.push(count, inBatchesOf: 256)
          } drain: {
            $0.drain(count)
          }
        }
      },
      Scenario("spsc/ping-pong", unit: "ns/trip", "there and back between two cores: the median; 99 of 100 take less") {
        context in
        let trips = context.plan.operations(100_000)
        return { roundTrips(trips) }
      },
      Scenario("spsc/uncontended", unit: "ns/item", "push and pop by turns, in one thread", work: "spsc/one-by-one") {
        context in
        let count = context.plan.operations(5_000_000)
        return {
          let queue = SPSCQueue<UInt64>(capacity: capacity)
          var producer = queue.makeProducer()
          var consumer = queue.makeConsumer()
          let start = Clock.nanoseconds()
          let sum = pushAndPop(count, &producer, &consumer)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(sum))
        }
      },
    ]
  }

  /// Times from when both threads stand ready until the last item has come.
  private static func acrossCores(
    _ count: Int, _ push: @escaping @Sendable (inout SPSCProducer<UInt64>) -> Void,
    drain: (inout SPSCConsumer<UInt64>) -> UInt64
  ) -> Sample {
    let queue = SPSCQueue<UInt64>(capacity: capacity)
    let gate = Gate()
    let thread = Thread(onCore: 1) {
      var producer = queue.makeProducer()
      gate.meet(2)
      push(&producer)
    }
    var consumer = queue.makeConsumer()
    gate.meet(2)
    let start = Clock.nanoseconds()
    let sum = drain(&consumer)
    let nanoseconds = Clock.nanoseconds() - start
    thread.join()
    return Sample(nanoseconds: nanoseconds, count: count, hash: digest(sum))
  }

  private static func roundTrips(_ trips: Int) -> Sample {
    let there = SPSCQueue<UInt64>(capacity: capacity)
    let back = SPSCQueue<UInt64>(capacity: capacity)
    let gate = Gate()
    let partner = Thread(onCore: 1) {
      var consumer = there.makeConsumer()
      var producer = back.makeProducer()
      gate.meet(2)
      consumer.answer(trips, &producer)
    }
    var producer = there.makeProducer()
    var consumer = back.makeConsumer()
    var times = Histogram()
    gate.meet(2)
    var sum: UInt64 = 0
    for trip in 0..<trips {
      let start = Clock.nanoseconds()
      producer.pushWaiting(UInt64(trip))
      sum &+= consumer.popWaiting()
      times.record(Clock.nanoseconds() - start)
    }
    partner.join()
    var sample = Sample(value: Double(times.quantile(0.5)), hash: digest(sum))
    sample.further = [Figure(name: "p99", unit: "ns/trip", value: Double(times.quantile(0.99)))]
    return sample
  }

  @inline(never)
  private static func pushAndPop(
    _ count: Int, _ producer: inout SPSCProducer<UInt64>, _ consumer: inout SPSCConsumer<UInt64>
  ) -> UInt64 {
    var sum: UInt64 = 0
    for item in 0..<UInt64(count) {
      guard producer.push(item).isPushed, let popped = consumer.pop() else { break }
      sum &+= popped
    }
    return sum
  }
}

// MARK: The loops that are timed

extension SPSCProducer<UInt64> {
  @inline(__always)
  mutating func pushWaiting(_ item: UInt64) {
    var patience = Patience()
    while !push(item).isPushed { patience.wait() }
  }

  @inline(never)
  mutating func pushOneByOne(_ count: Int) {
    for item in 0..<UInt64(count) { pushWaiting(item) }
  }

  @inline(never)
  mutating func push(_ count: Int, inBatchesOf size: Int, sharingCores: Bool = false) {
    var patience = Patience(sharingCores: sharingCores)
    var next = 0
    while next < count {
      let first = next
      let pushed = push(upTo: min(size, count &- first)) { UInt64(truncatingIfNeeded: first &+ $0) }
      next &+= pushed
      if pushed == 0 { patience.wait() }
    }
  }
}

extension SPSCConsumer<UInt64> {
  @inline(__always)
  mutating func popWaiting() -> UInt64 {
    var patience = Patience()
    while true {
      if let item = pop() { return item }
      patience.wait()
    }
  }

  @inline(never)
  mutating func popOneByOne(_ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    for _ in 0..<count { sum &+= popWaiting() }
    return sum
  }

  @inline(never)
  mutating func drain(_ count: Int) -> UInt64 {
    var patience = Patience()
    var sum: UInt64 = 0
    var received = 0
    while received < count {
      let taken = drain { sum &+= $0 }
      received &+= taken
      if taken == 0 { patience.wait() }
    }
    return sum
  }

  @inline(never)
  mutating func answer(_ trips: Int, _ producer: inout SPSCProducer<UInt64>) {
    for _ in 0..<trips { producer.pushWaiting(popWaiting()) }
  }
}
