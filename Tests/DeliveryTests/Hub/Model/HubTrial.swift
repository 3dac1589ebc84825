import Choosing
import Delivery
import Sequencer
import SequencerModel

/// How a trial's hub is made.
struct HubWorld: Sendable {
  var capacity = 8
  var topics = 2
  var loops = 2
  var publishers = 2
  var retention = Duration.seconds(60)
  /// The number before each topic's first.
  var after: UInt64 = 0
}

/// A hub and what it must do, side by side, in one thread. Every delivery is held against the model as it comes, and all that
/// is left is after every step.
final class HubTrial {
  typealias Publisher = HubPublisher<CountedMessage>
  typealias Loop = HubLoop<CountedMessage, Int>

  /// Holds what cannot be copied.
  final class PublisherSeat {
    var publisher: Publisher
    init(_ publisher: consuming Publisher) { self.publisher = publisher }
  }

  final class LoopSeat {
    var loop: Loop?
    init(_ loop: consuming Loop) { self.loop = consume loop }
  }

  let world: HubWorld
  let census: Census
  let hub: Hub<CountedMessage>
  var publishers: [PublisherSeat] = []
  var loops: [LoopSeat] = []
  var topics: [NaiveTopic] = []
  /// Those in whose place there is another one by now. Some have subscribers still.
  var earlierTopics: [NaiveTopic] = []
  /// Those that are there. Names are places in `everybody`.
  var peers: [NaivePeer] = []
  var everybody: [NaivePeer] = []
  var subscriptions: [HubSubscription: NaiveSubscription] { subscriptionsOfLoop[drained] }
  var subscriptionsOfLoop: [[HubSubscription: NaiveSubscription]]
  var staleConnections: [[HubConnection]]
  var staleSubscriptions: [[HubSubscription]]

  var now = Instant.zero
  var serial: UInt64 = 0
  var opened: UInt64 = 0
  /// What is being drained, and how everybody answers.
  var drained = 0
  var mood = HubMood.always(.ready)
  var generator = Choices(seed: 0)

  var sightings: [HubSighting: Int] = [:]
  private(set) var failure: String?

  init(_ world: HubWorld, _ census: Census) {
    self.world = world
    self.census = census
    var configuration = HubConfiguration()
    // One more than serve anybody: it stands for a loop in the middle of copying.
    configuration.loops = world.loops + 1
    configuration.ringCapacity = world.capacity
    configuration.retention = world.retention
    hub = Hub(configuration)
    subscriptionsOfLoop = Array(repeating: [:], count: world.loops)
    staleConnections = Array(repeating: [], count: world.loops)
    staleSubscriptions = Array(repeating: [], count: world.loops)
    for _ in 0..<world.publishers { publishers.append(PublisherSeat(hub.makePublisher())) }
    for _ in 0..<world.loops { loops.append(LoopSeat(hub.makeLoop())) }
    for place in 0..<world.topics { topics.append(open(place, after: world.after)) }
  }

  func see(_ sighting: HubSighting) { sightings[sighting, default: 0] += 1 }

  func expect(_ holds: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
    if failure == nil, !holds() { failure = message() }
  }

  /// Does one step; what went wrong, if anything did.
  func step(_ operation: HubOperation) -> String? {
    perform(operation)
    checkAll()
    return failure
  }

  /// Everybody takes all there is; then nothing may be left to give.
  func finish() -> String? {
    for place in topics.indices { letGo(place) }
    for name in peers.indices { perform(.resume(name)) }
    for loop in loops.indices {
      perform(.drain(loop, .always(.ready)))
      checkAll()
      let again = loops[loop].loop?.drain(at: now) { _, _, _ in .ready } ?? false
      expect(!again, "loop \(loop) has something after it has drained everything")
    }
    return failure
  }

  private func perform(_ operation: HubOperation) {
    switch operation {
    case .publish(let topic, let count): publish(topic, count)
    case .publishBatch(let topic, let count): publishBatch(topic, count)
    case .publishAhead(let topic, let gap): publishAhead(topic, gap)
    case .publishOld(let topic): publishOld(topic)
    case .publishLatest(let topic, let key): publishLatest(topic, key)
    case .skip(let topic, let count): skip(topic, count)
    case .publishWhileCopying(let topic, let back, let gap, let count): publishWhileCopying(topic, back, gap, count)
    case .handOver(let topic): handOver(topic)
    case .forgetWhileCopying(let topic): forgetWhileCopying(topic)
    case .close(let topic): close(topic)
    case .reopen(let topic, let after): reopen(topic, after)
    case .endPublisher(let publisher, let releasing): endPublisher(publisher % world.publishers, releasing)
    case .advance(let publisher): advance(publisher % world.publishers)
    case .connect(let loop, let policy): connect(loop % world.loops, policy)
    case .subscribe(let peer, let topic, let token): subscribe(peer, topic, token)
    case .unsubscribe(let which): unsubscribe(which)
    case .disconnect(let peer): disconnect(peer)
    case .resume(let peer): resume(peer)
    case .drain(let loop, let mood): drain(loop % world.loops, mood)
    case .endLoop(let loop, let aloud): endLoop(loop % world.loops, aloud)
    case .pass(let nanoseconds): now = now.advanced(by: .nanoseconds(nanoseconds))
    }
  }
}
