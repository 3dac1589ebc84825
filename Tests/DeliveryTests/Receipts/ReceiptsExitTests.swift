import Delivery
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse of `Receipts` traps: one exit test for each precondition, and the values beside it that are fine.
  @Suite struct ReceiptsExitTests {
    enum Misuse: String, Codable, CaseIterable {
      case noWindow = "the window must be 1 to 65,536"
      case wideWindow = "window must be 1 to 65,536"
      case negativeMembers = "the member limit must be 0 to 16,777,216"
      case tooManyMembers = "member limit must be 0 to 16,777,216"
      case negativeStrangers = "the stranger limit must not be negative"
      case negativeRanges = "the range limit must not be negative"
      case negativeTotal = "the limit of all ranges must not be negative"
      case noStay = "there must be room for one stay"
      case tipBeyondTheLast = "the newest message is numbered 0 to 2^53 - 1"

      func commit() {
        var configuration = ReceiptsConfiguration()
        var through: UInt64 = 0
        switch self {
        case .noWindow: configuration.window = 0
        case .wideWindow: configuration.window = 65_537
        case .negativeMembers: configuration.memberLimit = -1
        case .tooManyMembers: configuration.memberLimit = 1 << 24 + 1
        case .negativeStrangers: configuration.strangerLimit = -1
        case .negativeRanges: configuration.rangeLimit = -1
        case .negativeTotal: configuration.totalRangeLimit = -1
        case .noStay: configuration.stayLimit = 0
        case .tipBeyondTheLast: through = 1 << 53
        }
        _ = Receipts<UInt64>(configuration, through: through).rowCount
      }
    }

    @Test(arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      expect(result, says: misuse.rawValue)
    }

    @Test func theValuesNextToThoseThatTrapAreFine() {
      var configuration = ReceiptsConfiguration()
      configuration.window = 1
      configuration.memberLimit = 0
      configuration.strangerLimit = 0
      configuration.rangeLimit = 0
      configuration.totalRangeLimit = 0
      configuration.stayLimit = 1
      var receipts = Receipts<UInt64>(configuration, through: 1 << 53 - 1, members: [1, 2])
      #expect(receipts.rowCount == 0)
      #expect(receipts.join(1) == .tooManyMembers)
      #expect(receipts.apply(.read, 1...1, from: 1) == .unchanged, "forgotten")
      configuration.window = 65_536
      configuration.memberLimit = 1 << 24
      configuration.strangerLimit = .max
      configuration.rangeLimit = .max
      configuration.totalRangeLimit = .max
      configuration.stayLimit = .max
      receipts = Receipts<UInt64>(configuration, members: Array(1...20))
      #expect(receipts.apply(.read, 1...65_536, from: 1) == .changed)
      #expect(receipts.apply(.read, 65_537...65_537, from: 1) == .rejected(.beyondWindow))
    }
  }
#endif
