internal import Delivery
internal import Sequencer
internal import Synchronization

extension ScaleScenarios {
  /// Threads that have nothing in common but the hub: what a server gains by another core.
  static var threads: [Scenario] {
    threadCounts(upTo: 32).map { count in
      Scenario(
        "scale/threads/\(count)", unit: "ns/message",
        "a core's time to order a message, publish it and deliver it to ten; all threads together", isOnRequest: true
      ) { context in
        let rounds = max(1, context.plan.operations(500_000) / Shard.topics)
        return {
          let shards = Shards(count)
          Thread.alongside(1..<count) { index in
            shards.run(index, rounds)
          } run: {
            shards.run(0, rounds)
          }
          return shards.sample(messages: rounds * Shard.topics)
        }
      }
    }
  }

  /// Producers of one queue, on the cores beside the consumer's and, if that is all of them, on its own, too.
  static var producers: [Scenario] {
    threadCounts(upTo: 64).map { count in
      Scenario(
        "scale/producers/\(count)", unit: "ns/item", "an item from one of these to one consumer; in batches of 64",
        isOnRequest: true
      ) { context in
        let items = max(1, context.plan.operations(2_000_000) / count)
        return {
          let queue = MPSCQueue<UInt64>(capacity: QueueScenarios.sharedCapacity)
          var consumer = queue.makeConsumer()
          var sample = QueueScenarios.producers(count, of: items) {
            queue.pushOneByOne(items)
          } drain: {
            consumer.popOneByOne(count * items)
          }
          let batches = QueueScenarios.producers(count, of: items) {
            queue.push(items, inBatchesOf: 64)
          } drain: {
            consumer.drain(count * items)
          }
          sample.hash = digest(sample.hash, batches.hash)
          sample.further = [Figure(name: "batch", unit: "ns/item", value: batches.value)]
          return sample
        }
      }
    }
  }
}

/// What the threads share.
private final class Shards: Sendable {
  private let hub: Hub<UInt64>
  private let gate = Gate()
  private let threads: Int
  private let sum = Atomic<UInt64>(0)
  private let delivered = Atomic<UInt64>(0)
  /// Of all threads together, and of the slowest.
  private let nanoseconds = Atomic<UInt64>(0)
  private let longest = Atomic<UInt64>(0)

  init(_ threads: Int) {
    var configuration = HubConfiguration()
    configuration.loops = threads
    hub = Hub(configuration)
    self.threads = threads
  }

  func run(_ index: Int, _ rounds: Int) {
    var shard = Shard(hub, index)
    // The first message of each brings the memory.
    shard.timedRounds(1)
    gate.meet(threads)
    let before = shard.delivered
    let start = Clock.nanoseconds()
    shard.timedRounds(rounds)
    let taken = Clock.nanoseconds() - start
    nanoseconds.wrappingAdd(taken, ordering: .acquiringAndReleasing)
    longest.max(taken, ordering: .acquiringAndReleasing)
    delivered.wrappingAdd(shard.delivered - before, ordering: .acquiringAndReleasing)
    sum.wrappingAdd(shard.sum, ordering: .acquiringAndReleasing)
  }

  /// After all threads have ended, of which each had so many messages.
  func sample(messages: Int) -> Sample {
    let all = threads * messages
    var sample = Sample(
      nanoseconds: nanoseconds.load(ordering: .acquiring), count: all, hash: digest(sum.load(ordering: .acquiring)))
    let millions = Double(all) * 1_000 / Double(max(longest.load(ordering: .acquiring), 1))
    sample.further = [Figure(name: "together", unit: "million/s", value: millions)]
    let delivered = delivered.load(ordering: .acquiring)
    if delivered != UInt64(all * Shard.subscribers) { sample.fault = "\(delivered) deliveries of \(all) messages" }
    return sample
  }
}

/// One thread's part of a server: the senders, the rooms and the connections that are its own.
private struct Shard: ~Copyable {
  static let topics = 1_000
  static let subscribers = 10

  private var sequencer = Sequencer<UInt64, UInt64>(hashSeed: SequencerScenarios.hashSeed)
  private var publisher: HubPublisher<UInt64>
  private var loop: HubLoop<UInt64, Int>
  private let topics: [HubTopic<UInt64>]
  private let firstStream: UInt64
  private var round: UInt64 = 0
  private(set) var sum: UInt64 = 0

  var delivered: UInt64 { loop.statistics.delivered }

  init(_ hub: Hub<UInt64>, _ index: Int) {
    var publisher = hub.makePublisher()
    topics = (0..<UInt64(Shard.topics)).map { publisher.open($0) }
    self.publisher = publisher
    loop = hub.makeLoop()
    firstStream = UInt64(index * Shard.topics)
    let connections = (0..<Shard.topics).compactMap { try? loop.connect($0) }
    for (place, topic) in topics.enumerated() {
      for subscriber in 0..<Shard.subscribers {
        _ = try? loop.subscribe(connections[(place + subscriber) % connections.count], to: topic)
      }
    }
  }

  /// A message for each topic, in bursts, and each burst to its subscribers.
  @inline(never)
  mutating func timedRounds(_ rounds: Int) {
    for _ in 0..<rounds {
      round += 1
      for first in stride(from: 0, to: Shard.topics, by: SimulatedClock.burst) {
        for place in first..<min(first + SimulatedClock.burst, Shard.topics) {
          Shard.receive(firstStream + UInt64(place), round, topics[place], &sequencer, &publisher)
        }
        drain()
      }
    }
  }

  @inline(__always)
  private static func receive(
    _ stream: UInt64, _ number: UInt64, _ topic: HubTopic<UInt64>, _ sequencer: inout Sequencer<UInt64, UInt64>,
    _ publisher: inout HubPublisher<UInt64>
  ) {
    _ = sequencer.receive(stream ^ number << 32, number: number, from: stream, at: .zero) { event in
      switch consume event {
      case .delivered(_, _, let message): _ = publisher.publish(message, to: topic)
      default: break
      }
    }
  }

  @inline(__always)
  private mutating func drain() {
    var total = sum
    loop.drain(at: .zero) { _, _, delivery in
      switch delivery {
      case .messages(let messages, _): for index in messages.indices { total &+= messages[index] }
      default: break
      }
      return .ready
    }
    sum = total
  }
}
