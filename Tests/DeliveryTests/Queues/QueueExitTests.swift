import Delivery
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse of a queue or a doorbell traps: one exit test for each precondition.
  @Suite struct QueueExitTests {
    enum Misuse: String, Codable, CaseIterable {
      case spscOfNothing, spscTooLarge, mpscOfNothing, mpscTooLarge
      case secondProducer, secondConsumer, secondSharedConsumer
      case parkedTwice, unparkedWithoutParking

      var message: String {
        switch self {
        case .spscOfNothing, .spscTooLarge, .mpscOfNothing, .mpscTooLarge: "a queue's capacity must be 1 to 2^28"
        case .secondProducer: "the queue's producer is taken"
        case .secondConsumer, .secondSharedConsumer: "the queue's consumer is taken"
        case .parkedTwice: "the consumer is parked already"
        case .unparkedWithoutParking: "the consumer is not parked"
        }
      }

      func commit() {
        let queue = SPSCQueue<Int>(capacity: 1)
        let shared = MPSCQueue<Int>(capacity: 1)
        let doorbell = Doorbell()
        switch self {
        case .spscOfNothing: _ = SPSCQueue<Int>(capacity: 0)
        case .spscTooLarge: _ = SPSCQueue<Int>(capacity: 1 << 28 + 1)
        case .mpscOfNothing: _ = MPSCQueue<Int>(capacity: 0)
        case .mpscTooLarge: _ = MPSCQueue<Int>(capacity: 1 << 28 + 1)
        case .secondProducer:
          let first = queue.makeProducer()
          let second = queue.makeProducer()
          _ = first.isClosed == second.isClosed
        case .secondConsumer:
          let first = queue.makeConsumer()
          let second = queue.makeConsumer()
          _ = first.isClosed == second.isClosed
        case .secondSharedConsumer:
          let first = shared.makeConsumer()
          let second = shared.makeConsumer()
          _ = first.isClosed == second.isClosed
        case .parkedTwice: _ = (doorbell.park(), doorbell.park())
        case .unparkedWithoutParking: _ = doorbell.unpark()
        }
      }
    }

    @Test(arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      expect(result, says: misuse.message)
    }
  }
#endif
