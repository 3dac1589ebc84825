import Sequencer
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse traps: one exit test for each precondition, and the values beside it that are fine.
  @Suite("Misuse")
  struct ExitTests {
    /// What a programmer can get wrong, and what the trap says.
    enum Misuse: String, Codable, CaseIterable {
      case zeroTimeout = "the gap timeout must be positive"
      case negativeTimeout = "gap timeout must be positive"
      case timeoutBelowANanosecond = "timeout must be positive"
      case zeroFirstWait = "the first repair wait must be positive"
      case negativeFirstWait = "first repair wait must be positive"
      case noAttempts = "there must be 1 to 16 repair attempts"
      case tooManyAttempts = "must be 1 to 16 repair attempts"
      case noWindow = "the window must be 1 to 65,536"
      case wideWindow = "window must be 1 to 65,536"
      case negativeLedger = "a ledger must have 0 to 4,096 ranges"
      case longLedger = "ledger must have 0 to 4,096 ranges"
      case negativeTotalLedger = "the limit of all ledgers must not be negative"
      case negativeBuffer = "the buffer limit must not be negative"
      case negativeStreams = "the stream limit must not be negative"
      case negativeReservation = "the number of streams must not be negative"
      case negativeConversations = "the limit of conversations must not be negative"
      case instantBeyondTheLast = "an Instant lies at most 2^63 - 1 nanoseconds after its origin"
      case lastInstantButOne = "Instant lies at most 2^63 - 1 nanoseconds"

      func commit() {
        var configuration = SequencerConfiguration()
        switch self {
        case .zeroTimeout: configuration.gapTimeout = .zero
        case .negativeTimeout: configuration.gapTimeout = .seconds(-1)
        case .timeoutBelowANanosecond: configuration.gapTimeout = .nanoseconds(1) / 2
        case .zeroFirstWait: configuration.repair = RepairSchedule(first: .zero)
        case .negativeFirstWait: configuration.repair = RepairSchedule(first: .seconds(-1))
        case .noAttempts: configuration.repair = RepairSchedule(attempts: 0)
        case .tooManyAttempts: configuration.repair = RepairSchedule(attempts: 17)
        case .noWindow: configuration.window = 0
        case .wideWindow: configuration.window = 65_537
        case .negativeLedger: configuration.ledgerLimit = -1
        case .longLedger: configuration.ledgerLimit = 4_097
        case .negativeTotalLedger: configuration.totalLedgerLimit = -1
        case .negativeBuffer: configuration.bufferLimit = -1
        case .negativeStreams: configuration.streamLimit = -1
        case .negativeReservation:
          var sequencer = Sequencer<UInt64, UInt64>()
          sequencer.reserve(streams: -1)
        case .negativeConversations: _ = Numbering<UInt64>(limit: -1).count
        case .instantBeyondTheLast: _ = Instant(nanoseconds: 1 << 63)
        case .lastInstantButOne: _ = Instant(nanoseconds: .max)
        }
        _ = Sequencer<UInt64, UInt64>(configuration).statistics.streams
      }
    }

    @Test("traps", arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      #if DEBUG  // An optimised build says nothing as it traps.
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains(misuse.rawValue))
      #endif
    }

    #if os(Linux)
      @Test("A table that no memory can hold traps, and says why")
      func outOfMemory() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var configuration = SequencerConfiguration()
          configuration.streamLimit = 1 << 50
          var sequencer = Sequencer<UInt64, UInt64>(configuration)
          sequencer.reserve(streams: 1 << 50)
          print(sequencer.statistics.allocatedBytes)
        }
        #if DEBUG
          let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
          #expect(said.contains("out of memory"))
        #endif
      }
    #endif

    @Test("The values next to those that trap are fine")
    func fine() {
      var configuration = SequencerConfiguration()
      configuration.gapTimeout = .nanoseconds(1)
      configuration.repair = RepairSchedule(first: .nanoseconds(1), attempts: 1)
      configuration.window = 1
      configuration.ledgerLimit = 0
      configuration.totalLedgerLimit = 0
      configuration.bufferLimit = 0
      configuration.streamLimit = 0
      #expect(Sequencer<UInt64, UInt64>(configuration).statistics.streams == 0)
      configuration.gapTimeout = .seconds(Int64.max)
      configuration.repair = RepairSchedule(first: .seconds(Int64.max), attempts: 16)
      configuration.window = 65_536
      configuration.ledgerLimit = 4_096
      configuration.totalLedgerLimit = .max
      configuration.bufferLimit = .max
      configuration.streamLimit = .max
      #expect(Sequencer<UInt64, UInt64>(configuration).statistics.streams == 0)
      #expect(Numbering<UInt64>(limit: 0).count == 0)
      #expect(Instant(nanoseconds: 1 << 63 - 1) == .max)
    }
  }
#endif
