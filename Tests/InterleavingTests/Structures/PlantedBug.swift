import Delivery
import Testing

/// A mistake that one could make in one of the structures, and the scenario in which it has to be found.
struct PlantedBug: Sendable, CustomTestStringConvertible {
  /// In words, as one would put it in a review.
  let name: String
  let scenario: Scenario
  /// Nil if the scenario itself is wrong.
  let fault: Fault?

  init(_ name: String, _ fault: Fault? = nil, in scenario: Scenario) {
    self.name = name
    self.scenario = scenario
    self.fault = fault
  }

  var testDescription: String { "\(name), in the \(scenario.name)" }

  func isFound() -> Bool {
    guard let fault else { return expectFound(in: scenario) != nil }
    return expectFound(fault, in: scenario) != nil
  }

  static let all = queues + rings + topics + fanOut + waiting

  private static let queues: [PlantedBug] = {
    let words = SPSCQueueTests.oneByOne(capacity: 1, of: UInt64.self)
    let batches = SPSCQueueTests.inBatches(capacity: 2, of: UInt64.self)
    let many = MPSCQueueTests.oneByOne(capacity: 1, producers: 2)
    let bell = SleepingConsumerTests.queue(producers: 1)
    return [
      .init("index published before the element", .late(.write, past: .stores, of: .slot), in: words),
      .init("index published before the elements", .late(.write, past: .stores, of: .slot), in: batches),
      .init("index freed before the read", .late(.read, past: .stores, of: .consumerPosition), in: words),
      .init("relaxed publication", .relaxed(.stores, of: .slot), in: words),
      .init("relaxed look at what is published", .relaxed(.loads, of: .slot).by(thread: 2), in: words),
      .init("relaxed freeing", .relaxed(.stores, of: .consumerPosition), in: words),
      .init("relaxed look at what is free", .relaxed(.loads, of: .consumerPosition).by(thread: 1), in: words),
      .init(
        "end handed over without order", .relaxed(.readModifyWrites, of: .end), in: SPSCQueueTests.handedOver(.producer)
      ),
      .init(
        "finished without asking whether more may come", .skipped(.loads, of: .end, answering: 12).by(thread: 2),
        in: SPSCQueueTests.closing),
      .init("index published before the element", .late(.write, past: .stores, of: .slot), in: many),
      .init("index freed before the read", .late(.read, past: .stores, of: .consumerPosition), in: many),
      .init("relaxed publication", .relaxed(.stores, of: .slot), in: many),
      .init("relaxed freeing", .relaxed(.stores, of: .consumerPosition), in: many),
      .init("two producers take one ticket", .split(.producerPosition), in: many),
      .init(
        "rest of a batch without a first slot", .skipped(.stores, of: .slot).by(thread: 2),
        in: MPSCQueueTests.handedOver),
      .init("closed by a load and a store", .split(.producerPosition).by(thread: 3), in: MPSCQueueTests.closing),
      .init("lost wake-up: notifying looks first", .testedFirst(.doorbell).by(thread: 1), in: bell),
      .init("lost wake-up: parking by a load and a store", .split(.doorbell).by(thread: 2), in: bell),
      .init("lost wake-up: notifying by a load and a store", .split(.doorbell).by(thread: 1), in: bell),
      .init("lost wake-up: a bell that orders nothing", .relaxed(.readModifyWrites, of: .doorbell), in: bell),
    ]
  }()

  private static let rings: [PlantedBug] = {
    let ring = MessageRingTests.overwriting(capacity: 2)
    let tenants = RingTenancyTests.scenario
    let unclaimed = UInt64.max
    return [
      .init("claim cleared by a plain store", .plainStore(.claim).writing(unclaimed).by(thread: 2), in: ring),
      .init("claim cleared by a load and a store", .split(.claim).writing(unclaimed).by(thread: 2), in: ring),
      .init("claim set by a plain store", .plainStore(.claim).writing(1).by(thread: 2), in: ring),
      .init("claims only acquired", .acquiringOnly(.claim), in: ring),
      .init("claims only released", .releasingOnly(.claim), in: ring),
      .init(
        "slot overwritten while it is read: nobody looks at the claim",
        .skipped(.readModifyWrites, of: .claim, answering: unclaimed).by(thread: 1), in: ring),
      .init(
        "slot overwritten while it is read: a load looks at the claim", .testedFirst(.claim).by(thread: 1), in: ring),
      .init("slot read after the claim is cleared", .late(.read, past: .readModifyWrites, of: .claim), in: ring),
      .init("floor not looked at", .skipped(.loads, of: .floor), in: ring),
      .init("head published before the message", .late(.write, past: .stores, of: .head), in: ring),
      .init("relaxed publication", .relaxed(.stores, of: .head), in: ring),
      .init("relaxed look at the head", .relaxed(.loads, of: .head).by(thread: 2), in: ring),
      .init(
        "ring retired while it is read", .skipped(.readModifyWrites, of: .claim, answering: unclaimed).by(thread: 1),
        in: tenants),
      .init("ring retired after a mere load of the claims", .testedFirst(.claim).by(thread: 1), in: tenants),
      .init("tenant not looked at", .skipped(.loads, of: .tenant, answering: 1).by(thread: 2), in: tenants),
      .init(
        "retired without a word to the readers", .skipped(.stores, of: .tenant).writing(0).by(thread: 1), in: tenants),
    ]
  }()

  private static let topics: [PlantedBug] = {
    let topic = TopicTests.publishing(loops: 1)
    let two = TopicTests.twoTopics
    return [
      .init("dirty bit cleared after the read", in: TopicTests.publishing(loops: 1, readsFirst: true)),
      .init("dirty bit cleared by a plain store", .plainStore(.topic).by(thread: 2), in: topic),
      .init("dirty bit cleared by a load and a store", .split(.topic).by(thread: 2), in: topic),
      .init("dirty bit set only if a load finds it clear", .testedFirst(.topic).by(thread: 1), in: topic),
      .init("dirty bit set by a load and a store", .split(.topic).by(thread: 1), in: topic),
      .init("dirty bit that orders nothing", .relaxed(.readModifyWrites, of: .topic), in: topic),
      .init("no loop told", .skipped(.readModifyWrites, of: .topic).by(thread: 1), in: topic),
      .init("pushed by a load and a store", .split(.list), in: two),
      .init("list that orders nothing", .relaxed(.readModifyWrites, of: .list), in: topic),
      .init("relaxed publication", .relaxed(.stores, of: .head), in: topic),
      .init(
        "ring freed while a loop copies",
        .skipped(.readModifyWrites, of: .claim, answering: UInt64.max).by(thread: 1), in: TopicTests.quiet),
      .init(
        "ring inherited without order", .relaxed(.readModifyWrites, of: .list).by(thread: 1), in: TopicTests.inheritance
      ),
    ]
  }()

  private static let fanOut: [PlantedBug] = {
    let ring = FanOutTests.publishing(capacity: 1)
    return [
      .init(
        "slot overwritten while it is read",
        .skipped(.readModifyWrites, of: .claim, answering: UInt64.max).by(thread: 1), in: ring),
      .init("head published before the message", .late(.write, past: .stores, of: .head), in: ring),
      .init("relaxed publication", .relaxed(.stores, of: .head), in: ring),
      .init("message read after the claim is cleared", .late(.read, past: .readModifyWrites, of: .claim), in: ring),
      .init("publisher handed over without order", .relaxed(.readModifyWrites, of: .end), in: FanOutTests.handedOver),
    ]
  }()

  private static let waiting: [PlantedBug] = {
    let list = WaitListTests.news(1, waiters: 1)
    return [
      .init("lost wake-up: nobody looks again", in: WaitListTests.news(1, waiters: 1, looksAgain: false)),
      .init("lost wake-up: waking looks first", .testedFirst(.waiters).by(thread: 1), in: list),
      .init("lost wake-up: a list that orders nothing", .relaxed(.readModifyWrites, of: .waiters), in: list),
      .init("two waiters join by a load and a store", .split(.waiters), in: WaitListTests.news(1, waiters: 2)),
      .init("woken twice", .split(.waiter), in: WaitListTests.cancelling),
    ]
  }()
}
