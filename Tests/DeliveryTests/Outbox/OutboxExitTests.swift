import Delivery
import Sequencer
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse of an outbox traps: one exit test for each precondition, and the values beside it that are fine.
  @Suite struct OutboxExitTests {
    enum Misuse: String, Codable, CaseIterable {
      case noTimeout = "the acknowledgement timeout must be positive"
      case noPlaces = "at least one message a conversation must be allowed in flight"
      case noFlight = "at least one message must be allowed in flight"
      case noFlightAfterOutage = "at least one message must be allowed in flight after an outage"
      case negativeMessages = "the message limit must be 0 to 2^28"
      case tooManyMessages = "message limit must be 0 to 2^28"
      case negativeConversations = "the conversation limit must be 0 to 2^28"
      case tooManyConversations = "conversation limit must be 0 to 2^28"
      case negativeSpread = "the spread after an outage must not be negative"
      case noLifetime = "a lifetime must be positive"
      case unknownSequence = "no record has this sequence number yet"
      case restoredTwice = "only a new outbox can be restored"

      func commit() {
        var configuration = OutboxConfiguration()
        switch self {
        case .noTimeout: configuration.acknowledgementTimeout = .zero
        case .noPlaces: configuration.inFlightPerConversation = 0
        case .noFlight: configuration.inFlightLimit = 0
        case .noFlightAfterOutage: configuration.inFlightAfterOutage = 0
        case .negativeMessages: configuration.messageLimit = -1
        case .tooManyMessages: configuration.messageLimit = 1 << 28 + 1
        case .negativeConversations: configuration.conversationLimit = -1
        case .tooManyConversations: configuration.conversationLimit = 1 << 28 + 1
        case .negativeSpread: configuration.returnSpread = .nanoseconds(-1)
        case .noLifetime: configuration.lifetime = .zero
        case .unknownSequence, .restoredTwice: break
        }
        var outbox = Outbox<UInt64, UInt64>(configuration, epoch: 1)
        if self == .unknownSequence { outbox.persisted(through: 1) }
        if self == .restoredTwice {
          _ = outbox.enqueue(1, to: 1, at: .zero)
          try? outbox.restore([], at: .zero)
        }
      }
    }

    @Test(arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      expect(result, says: misuse.rawValue)
    }

    @Test func theValuesNextToThoseThatTrapAreFine() throws {
      var configuration = OutboxConfiguration()
      configuration.acknowledgementTimeout = .nanoseconds(1)
      configuration.inFlightPerConversation = 1
      configuration.inFlightLimit = 1
      configuration.inFlightAfterOutage = 1
      configuration.messageLimit = 0
      configuration.conversationLimit = 0
      configuration.returnSpread = .zero
      configuration.lifetime = .nanoseconds(1)
      var outbox = Outbox<UInt64, UInt64>(configuration, epoch: 0)
      outbox.persisted(through: 0)
      try outbox.restore([], at: .zero)
      #expect(outbox.enqueue(1, to: 1, at: .zero) == .rejected(.full))
      configuration.acknowledgementTimeout = .seconds(Int64.max)
      configuration.lifetime = .seconds(Int64.max)
      configuration.returnSpread = .seconds(Int64.max)
      configuration.inFlightPerConversation = .max
      configuration.inFlightLimit = .max
      configuration.inFlightAfterOutage = .max
      configuration.messageLimit = 1 << 28
      configuration.conversationLimit = 1 << 28
      var patient = Outbox<UInt64, UInt64>(configuration, epoch: .max)
      _ = patient.enqueue(1, to: 1, at: .max)
      patient.transportDown(at: .zero)
      #expect(patient.transportUp(at: .max) == .max)
      #expect(patient.nextDeadline == nil)
    }
  }
#endif
