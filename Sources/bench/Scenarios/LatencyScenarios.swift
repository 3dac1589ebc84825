internal import Delivery
internal import Sequencer
internal import Synchronization

/// How long a message takes from one core to another while so many are offered a second.
///
/// One thread sends on schedule, the other receives; both spin. Looking at the clock is within the figures: once to find
/// that a message is due, and once when it, or the span that it is in, has come.
enum LatencyScenarios {
  static var all: [Scenario] {
    [
      handOver("latency/hand-over/1M", perSecond: 1_000_000),
      handOver("latency/hand-over/10M", perSecond: 10_000_000),
      sequencerHub("latency/sequencer-hub/100k", perSecond: 100_000),
      sequencerHub("latency/sequencer-hub/1M", perSecond: 1_000_000),
      sequencerHub("latency/sequencer-hub/3M", perSecond: 3_000_000),
      sequencerHub("latency/sequencer-hub/10M", perSecond: 10_000_000),
    ]
  }

  private static func schedule(_ plan: Plan, perSecond: Int) -> Schedule {
    // A fifth of a second, so that at the least load twenty messages lie above the last percentile. A million are enough.
    Schedule(perSecond: perSecond, count: plan.operations(min(perSecond / 5, 1_000_000)))
  }

  private static func handOver(_ name: String, perSecond: Int) -> Scenario {
    Scenario(name, unit: "ns", "a word through a queue to the other core, so many a second: the median latency") {
      context in
      let schedule = schedule(context.plan, perSecond: perSecond)
      return {
        let queue = SPSCQueue<UInt64>(capacity: QueueScenarios.capacity)
        let gate = Gate()
        let sender = Thread(onCore: 1) {
          var producer = queue.makeProducer()
          gate.meet(2)
          producer.timedSend(schedule)
        }
        var consumer = queue.makeConsumer()
        gate.meet(2)
        let arrivals = consumer.timedReceive(schedule)
        sender.join()
        return Sample(arrivals, of: schedule)
      }
    }
  }

  private static func sequencerHub(_ name: String, perSecond: Int) -> Scenario {
    Scenario(name, unit: "ns", "ordered, published and delivered on the other core, so many a second: the median") {
      context in
      let schedule = schedule(context.plan, perSecond: perSecond)
      return {
        let room = LatencyRoom()
        let gate = Gate()
        let sender = Thread(onCore: 1) {
          gate.meet(2)
          room.timedSend(schedule)
        }
        var loop = room.makeLoop()
        gate.meet(2)
        let arrivals = room.timedReceive(schedule, &loop)
        sender.join()
        return Sample(arrivals, of: schedule)
      }
    }
  }
}

extension SPSCProducer<UInt64> {
  @inline(never)
  mutating func timedSend(_ schedule: Schedule) {
    schedule.play { _, due in push(due).isPushed }
  }
}

extension SPSCConsumer<UInt64> {
  @inline(never)
  mutating func timedReceive(_ schedule: Schedule) -> Arrivals {
    var arrivals = Arrivals(of: schedule)
    var patience = Schedule.patience
    var count = 0
    while count < schedule.count {
      guard let due = pop() else {
        patience.wait()
        continue
      }
      arrivals.note(due: due, at: Clock.nanoseconds())
      count &+= 1
    }
    return arrivals
  }
}

/// A room with one subscriber on another core, whose messages are put in order before they are published.
private final class LatencyRoom: Sendable {
  static let senders = 1_000

  let hub = Hub<UInt64>()
  let topic: HubTopic<UInt64>
  private let received = LineOfItsOwn()

  init() {
    var publisher = hub.makePublisher()
    topic = publisher.open(1)
    publisher.release(topic)
  }

  /// How many messages may be on their way, so that none is overtaken.
  private var lead: Int { hub.configuration.ringCapacity / 2 }

  @inline(never)
  func timedSend(_ schedule: Schedule) {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: SequencerScenarios.hashSeed)
    var publisher = hub.makePublisher()
    publisher.adopt(topic)
    let (topic, lead) = (topic, lead)
    var known = 0
    schedule.play { index, due in
      if index &- known >= lead { known = received.value }
      guard index &- known < lead else { return false }
      let (round, sender) = index.quotientAndRemainder(dividingBy: LatencyRoom.senders)
      _ = sequencer.receive(due, number: UInt64(round) &+ 1, from: UInt64(sender), at: .zero) { event in
        switch consume event {
        case .delivered(_, _, let message): while case .busy = publisher.publish(message, to: topic) {}
        default: break
        }
      }
      return true
    }
  }

  func makeLoop() -> HubLoop<UInt64, Int> {
    var loop = hub.makeLoop(of: Int.self)
    HubScenarios.subscribe(&loop, to: [topic], connections: 1)
    return loop
  }

  @inline(never)
  func timedReceive(_ schedule: Schedule, _ loop: inout HubLoop<UInt64, Int>) -> Arrivals {
    var arrivals = Arrivals(of: schedule)
    var patience = Schedule.patience
    var count = 0
    while count < schedule.count {
      let found = loop.drain(at: .zero) { _, _, delivery in
        switch delivery {
        case .messages(let dues, _):
          // The subscriber has all of them now.
          let now = Clock.nanoseconds()
          for index in dues.indices { arrivals.note(due: dues[index], at: now) }
          count &+= dues.count
        // The sender sees to it that there are none; if there were, the count would show it.
        case .lagged(let numbers): count &+= numbers.count
        default: break
        }
        return .ready
      }
      if found { received.value = count } else { patience.wait() }
    }
    return arrivals
  }
}

/// A number that one thread writes and another one reads, on a cache line with nothing else.
private final class LineOfItsOwn: Sendable {
  private let before = Padding()
  private let word = Atomic<Int>(0)
  private let after = Padding()

  var value: Int {
    get { word.load(ordering: .acquiring) }
    set { word.store(newValue, ordering: .releasing) }
  }
}
