import Delivery
import Sequencer
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse of a hub traps: one exit test for each precondition, and the values beside it that are fine.
  @Suite struct HubExitTests {
    enum Misuse: String, Codable, CaseIterable {
      case noLoops = "a hub has 1 to 32 loops"
      case tooManyLoops = "hub has 1 to 32 loops"
      case noRing = "the ring capacity must be 1 to 2^28"
      case hugeRing = "ring capacity must be 1 to 2^28"
      case negativeRetention = "the retention must not be negative"
      case noRings = "the ring limit must be 1 to 2^28"
      case tooManyRings = "ring limit must be 1 to 2^28"
      case negativeConnections = "the connection limit must be 0 to 2^28"
      case tooManyConnections = "connection limit must be 0 to 2^28"
      case negativeSubscriptions = "the subscription limit must be 0 to 2^28"
      case tooManySubscriptions = "subscription limit must be 0 to 2^28"
      case oneLoopTooMany = "all loops of the hub are taken"
      case afterTheLast = "numbers end at 2^53 - 1"
      case publishToAnothers = "the topic is not this publisher's"
      case batchToAnothers = "topic is not this publisher's"
      case latestToAnothers = "is not this publisher's"
      case skipAnothers = "not this publisher's"
      case closeAnothers = "this publisher's"
      case releaseAnothers = "publisher's"
      case publishToAnotherHub = "the topic is not this publisher"
      case adoptFromAnotherHub = "the topic is another hub's"
      case subscribeAtAnotherHub = "topic is another hub's"
      case takesMoreThanThereIs = "a connection takes no more than it was given"
      case takesLessThanNothing = "connection takes no more than it was given"

      func commit() {
        var configuration = HubConfiguration()
        switch self {
        case .noLoops: configuration.loops = 0
        case .tooManyLoops: configuration.loops = 33
        case .noRing: configuration.ringCapacity = 0
        case .hugeRing: configuration.ringCapacity = 1 << 28 + 1
        case .negativeRetention: configuration.retention = .nanoseconds(-1)
        case .noRings: configuration.ringLimit = 0
        case .tooManyRings: configuration.ringLimit = 1 << 28 + 1
        case .negativeConnections: configuration.connectionLimit = -1
        case .tooManyConnections: configuration.connectionLimit = 1 << 28 + 1
        case .negativeSubscriptions: configuration.subscriptionLimit = -1
        case .tooManySubscriptions: configuration.subscriptionLimit = 1 << 28 + 1
        default: break
        }
        let hub = Hub<Int>(configuration)
        var publisher = hub.makePublisher()
        let topic = publisher.open(1)
        var stranger = hub.makePublisher()
        let otherHub = Hub<Int>()
        var other = otherHub.makePublisher()
        var loop = hub.makeLoop(of: Int.self)
        switch self {
        case .oneLoopTooMany:
          let holders = (0..<configuration.loops).map { _ in Holder(hub.makeLoop()) }
          withExtendedLifetime(holders) {}
        case .afterTheLast: _ = publisher.open(2, after: 1 << 53)
        case .publishToAnothers: _ = stranger.publish(1, to: topic)
        case .batchToAnothers: _ = stranger.publish(contentsOf: [1].span, to: topic)
        case .latestToAnothers: _ = stranger.publishLatest(1, key: 1, to: topic)
        case .skipAnothers: _ = stranger.skip(through: 5, to: topic)
        case .closeAnothers: stranger.close(topic)
        case .releaseAnothers: stranger.release(topic)
        case .publishToAnotherHub: _ = other.publish(1, to: topic)
        case .adoptFromAnotherHub:
          publisher.release(topic)
          other.adopt(topic)
        case .subscribeAtAnotherHub:
          guard let connection = try? loop.connect(1) else { return }
          _ = try? loop.subscribe(connection, to: other.open(1))
        case .takesMoreThanThereIs, .takesLessThanNothing:
          guard let connection = try? loop.connect(1), (try? loop.subscribe(connection, to: topic)) != nil else {
            return
          }
          _ = publisher.publish(1, to: topic)
          let taken = self == .takesLessThanNothing ? -1 : 2
          loop.drain(at: .zero) { _, _, _ in .took(taken) }
        default: break
        }
      }
    }

    private final class Holder {
      let loop: HubLoop<Int, Int>
      init(_ loop: consuming HubLoop<Int, Int>) { self.loop = loop }
    }

    @Test(arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      expect(result, says: misuse.rawValue)
    }

    @Test func theValuesNextToThoseThatTrapAreFine() throws {
      var configuration = HubConfiguration()
      configuration.loops = 32
      configuration.ringCapacity = 1
      configuration.retention = .zero
      configuration.ringLimit = 1
      configuration.connectionLimit = 1
      configuration.subscriptionLimit = 1
      let hub = Hub<Int>(configuration)
      var publisher = hub.makePublisher()
      let topic = publisher.open(1, after: (1 << 53) - 2)
      var loop = hub.makeLoop(of: Int.self)
      let connection = try loop.connect(1)
      _ = try loop.subscribe(connection, to: topic)
      #expect(publisher.publish(1, to: topic) == .published((1 << 53) - 1))
      #expect(publisher.publish(2, to: topic) == .exhausted(2))
      loop.drain(at: .max) { _, _, _ in .took(1) }
      #expect(loop.statistics.delivered == 1)
      publisher.advance(to: .max)
      configuration.connectionLimit = 0
      configuration.subscriptionLimit = 0
      var none = Hub<Int>(configuration).makeLoop(of: Int.self)
      #expect((try? none.connect(1)) == nil)
      configuration.ringLimit = 1 << 28
      configuration.connectionLimit = 1 << 28
      configuration.subscriptionLimit = 1 << 28
      configuration.retention = .seconds(Int64.max)
      _ = Hub<Int>(configuration)
    }
  }
#endif
