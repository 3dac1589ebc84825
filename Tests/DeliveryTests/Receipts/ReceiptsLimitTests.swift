import Delivery
import Sequencer
import Testing

/// What a peer can say at worst, and the limits that hold against it.
@Suite struct ReceiptsLimitTests {
  private func conversation(_ change: (inout ReceiptsConfiguration) -> Void = { _ in }) -> Receipts<String> {
    var configuration = ReceiptsConfiguration()
    change(&configuration)
    var receipts = Receipts<String>(configuration, members: ["alice", "bob"], hashSeed: 1)
    for number in 1...UInt64(100) { receipts.note(number, author: "alice") }
    return receipts
  }

  @Test func nonsenseIsRefused() {
    var receipts = conversation()
    let last = Position.lastNumber
    for range in [0...5, last + 1...last + 1, 5...UInt64.max, 0...UInt64.max] as [ClosedRange<UInt64>] {
      #expect(receipts.apply(.read, range, from: "bob") == .rejected(.invalid))
    }
    #expect(receipts.apply(.read, StreamProgress(epoch: 1, through: 5), from: "bob") == .rejected(.otherEpoch))
    #expect(receipts.apply(.read, StreamProgress(above: 9, through: 5), from: "bob") == .rejected(.invalid))
    #expect(
      receipts.apply(.read, StreamProgress(through: 9, except: [5...6, 2...3]), from: "bob") == .rejected(.invalid))
    #expect(receipts.apply(.read, StreamProgress(through: 0), from: "stranger") == .unchanged)
    for number in [0, last + 1, .max] { #expect(receipts.note(number, author: "bob") == .invalidNumber) }
    for number in [1, 100] as [UInt64] { #expect(receipts.note(number, author: "bob") == .behind) }
    #expect(receipts.rowCount == 2)
    #expect(receipts.progress(.read, of: "bob") == StreamProgress(through: 0))
  }

  @Test func marksAboveTheTipWaitAtMostAWindow() {
    var receipts = conversation { $0.window = 10 }
    #expect(receipts.apply(.read, 111...111, from: "bob") == .rejected(.beyondWindow))
    #expect(receipts.apply(.read, 101...111, from: "bob") == .partial(.beyondWindow))
    #expect(receipts.apply(.read, 101...111, from: "bob") == .rejected(.beyondWindow))
    #expect(receipts.apply(.read, 1...Position.lastNumber, from: "bob") == .partial(.beyondWindow))
    #expect(receipts.counts(of: 101) == nil)
    receipts.note(112, author: "alice")
    #expect(receipts.status(of: 110) == .sent, "alice is a recipient of what nobody wrote")
    #expect(receipts.status(of: 110, towards: "bob") == .read)
    #expect(receipts.status(of: 111, towards: "bob") == .sent)
  }

  @Test func theLastNumberOfAll() {
    var receipts = Receipts<UInt64>(through: Position.lastNumber - 1, members: Array(0...20), hashSeed: 1)
    #expect(receipts.note(Position.lastNumber, author: 3) == .noted)
    #expect(receipts.note(Position.lastNumber, author: 3) == .behind)
    #expect(receipts.leave(4) == .left(through: Position.lastNumber))
    #expect(receipts.join(4) == .joined(from: Position.lastNumber))
    #expect(receipts.apply(.read, Position.lastNumber...Position.lastNumber, from: 5) == .changed)
    #expect(receipts.counts(of: Position.lastNumber) == ReceiptCounts(recipients: 20, delivered: 1, read: 1))
  }

  @Test(arguments: [1, 9])
  func anAuthorWhoCannotBeKeptHasNotGotItsOwnMessage(members: Int) {
    var configuration = ReceiptsConfiguration()
    configuration.totalRangeLimit = 2
    var receipts = Receipts<Int>(configuration, hashSeed: 1)
    // Those who leave have rows still; with many rows the counts are kept, with few they are made when asked for.
    for member in 0..<members { receipts.join(member) }
    for member in 1..<members { receipts.leave(member) }
    for number in 1...3 as ClosedRange<UInt64> {
      #expect(receipts.note(number, author: number == 2 ? 0 : nil) == .noted)
    }
    // A hole in what nobody wrote, and one in what the author got; none is left for what it read.
    #expect(receipts.note(4, author: 0) == .approximate)
    #expect(receipts.counts(of: 4) == ReceiptCounts(recipients: 1, delivered: 0, read: 0))
    #expect(receipts.status(of: 4) == .sent)
    #expect(receipts.rangeCount == 1)
  }

  /// Once there are more than eight rows, counts are kept; what they begin with must go with what is added.
  @Test func readMeansDeliveredThoughNobodyKnowsTheAuthor() {
    var configuration = ReceiptsConfiguration()
    (configuration.totalRangeLimit, configuration.rangeLimit) = (0, 0)
    var receipts = Receipts<Int>(configuration, hashSeed: 1)
    for member in [0, 1, 6] { receipts.join(member) }
    #expect(receipts.note(1, author: nil) == .noted)
    for (number, author) in zip(2...4 as ClosedRange<UInt64>, [0, 1, 0]) { receipts.note(number, author: author) }
    receipts.apply(.delivered, 1...4, from: 6)
    for stranger in 100..<106 { receipts.apply(.delivered, 1...1, from: stranger) }
    receipts.apply(.read, 1...4, from: 6)
    #expect(receipts.counts(of: 1) == ReceiptCounts(recipients: 3, delivered: 1, read: 1))
    #expect(receipts.counts(of: 4) == ReceiptCounts(recipients: 2, delivered: 0, read: 0), "one recipient is missing")
  }

  @Test func whoComesAndGoesMakesNoRoomForStrangers() {
    var receipts = conversation { $0.strangerLimit = 3 }
    for _ in 0..<100 {
      receipts.join("carol")
      receipts.leave("carol")
    }
    let taken = (0..<10).count { receipts.apply(.read, 1...1, from: "stranger \($0)") == .changed }
    #expect(taken == 2, "carol, who was never there for a message, is the third")
  }

  @Test func aCombOfReceiptsStopsAtTheLimitAndHarmsNobodyElse() {
    var receipts = conversation { $0.rangeLimit = 4 }
    for number in stride(from: UInt64(2), through: 10, by: 2) {
      #expect(receipts.apply(.read, number...number, from: "bob") == .changed)
    }
    #expect(receipts.apply(.read, 12...12, from: "bob") == .rejected(.tooManyRanges))
    #expect(receipts.apply(.delivered, 12...12, from: "bob") == .rejected(.tooManyRanges))
    #expect(receipts.apply(.read, 10...12, from: "bob") == .changed, "it touches what is known")
    let comb = StreamProgress(through: 60, except: (1...5).map { UInt64(10 * $0)...UInt64(10 * $0) })
    #expect(receipts.apply(.read, comb, from: "bob") == .rejected(.tooManyRanges))
    #expect(receipts.rangeCount == 8)
    #expect(receipts.apply(.read, 1...100, from: "bob") == .changed)
    #expect(receipts.rangeCount == 0)
    #expect(receipts.status(of: 100) == .read)
  }

  @Test func readStaysWithinDeliveredAtTheLimit() {
    var receipts = conversation { $0.rangeLimit = 1 }
    receipts.apply(.delivered, 1...2, from: "bob")
    receipts.apply(.delivered, 5...6, from: "bob")
    #expect(receipts.apply(.read, 9...9, from: "bob") == .rejected(.tooManyRanges))
    #expect(receipts.status(of: 9, towards: "bob") == .sent)
    let partly = StreamProgress(above: 5, through: 9, except: [7...8])
    #expect(receipts.apply(.read, partly, from: "bob") == .partial(.tooManyRanges))
    #expect(receipts.status(of: 6, towards: "bob") == .read)
  }

  @Test func aWriterWhoNeverReadsCostsNoOtherItsStatus() {
    // With the limit of all ranges far off, its messages are exact, beyond the limit for what peers say.
    var receipts = Receipts<String>(members: ["mute", "bob"], hashSeed: 1)
    for number in 1...UInt64(1_000) { receipts.note(number, author: number % 2 == 0 ? "mute" : "bob") }
    receipts.apply(.read, 1...1_000, from: "bob")
    #expect((1...1_000).allSatisfy { receipts.status(of: $0) == ($0 % 2 == 0 ? .read : .sent) })
    #expect(receipts.rangeCount == 2 * 499)
    receipts.forget(through: 900)
    #expect(receipts.rangeCount == 2 * 50)
  }

  @Test(arguments: [0, 10])
  func atTheLimitOfAllRangesNothingClaimsTooMuch(bystanders: Int) {
    var configuration = ReceiptsConfiguration()
    configuration.totalRangeLimit = 6
    var receipts = Receipts<String>(configuration, members: ["mute", "bob"], hashSeed: 1)
    var readers = ["bob"]
    for bystander in 0..<bystanders {
      readers.append("bystander \(bystander)")
      receipts.join(readers.last!)
    }
    var outcomes: [NoteOutcome] = []
    for number in 1...UInt64(40) { outcomes.append(receipts.note(number, author: number % 2 == 0 ? "mute" : nil)) }
    for reader in readers { receipts.apply(.read, 1...40, from: reader) }
    #expect(outcomes.first == .noted && outcomes.contains(.approximate))
    #expect(receipts.rangeCount <= 6)
    for number in 1...UInt64(40) {
      // Nobody's message has "mute" as a recipient who read nothing; its own do not, while there is room to know it.
      let isItsOwn = number % 2 == 0
      if !isItsOwn { #expect(receipts.status(of: number)! == .sent) }
      if isItsOwn, outcomes[Int(number) - 1] == .noted { #expect(receipts.status(of: number)! == .read) }
    }
    receipts.forget(through: 40)
    #expect(receipts.rangeCount == 0)
    #expect(receipts.note(41, author: "mute") == .noted)
  }

  @Test func strangersHaveOneRowEachAndNotMany() {
    var receipts = conversation { $0.strangerLimit = 2 }
    #expect(receipts.apply(.read, 1...1, from: "x") == .changed)
    #expect(receipts.apply(.read, 1...9, from: "y") == .changed)
    #expect(receipts.apply(.read, 1...9, from: "z") == .rejected(.tooManyStrangers))
    #expect(receipts.apply(.read, 2...2, from: "x") == .changed)
    #expect(receipts.counts(of: 1) == ReceiptCounts(recipients: 1, delivered: 0, read: 0))
    #expect(receipts.apply(.read, 101...101, from: "x") == .changed)
    #expect(receipts.join("x") == .joined(from: 101))
    #expect(receipts.apply(.read, 1...9, from: "z") == .changed, "x is none any more")
    receipts.note(101, author: "alice")
    #expect(receipts.counts(of: 101) == ReceiptCounts(recipients: 2, delivered: 1, read: 1))
    receipts.forget(through: 9)
    #expect(receipts.rowCount == 3)
  }

  @Test func membersAreLimitedAndForgettingMakesRoom() {
    var receipts = conversation { $0.memberLimit = 3 }
    #expect(receipts.join("alice") == .alreadyMember)
    #expect(receipts.leave("nobody") == .notMember)
    #expect(receipts.join("carol") == .joined(from: 101))
    #expect(receipts.join("dave") == .tooManyMembers)
    #expect(receipts.apply(.read, 1...1, from: "dave") == .rejected(.tooManyStrangers))
    #expect(receipts.rowCount == 3)
    // Who came and went without a message leaves no trace.
    receipts.leave("carol")
    #expect(receipts.join("dave") == .joined(from: 101))
    receipts.note(101, author: "alice")
    receipts.leave("dave")
    #expect(receipts.join("erin") == .tooManyMembers)
    receipts.note(102, author: "alice")
    receipts.forget(through: 101)
    #expect(receipts.join("erin") == .joined(from: 103))
    #expect(receipts.memberCount == 3)
  }

  @Test func comingAndGoingIsLimited() {
    var receipts = conversation { $0.stayLimit = 3 }
    #expect(receipts.leave("bob") == .left(through: 100))
    #expect(receipts.join("bob") == .joined(from: 1), "no message in between: as if it had stayed")
    for number in [101, 103] as [UInt64] {
      receipts.leave("bob")
      receipts.note(number, author: "alice")
      #expect(receipts.join("bob") == .joined(from: number + 1))
      receipts.note(number + 1, author: "alice")
    }
    receipts.leave("bob")
    receipts.note(105, author: "alice")
    #expect(receipts.join("bob") == .tooManyStays)
    #expect((100...105).map { receipts.counts(of: $0)!.recipients } == [1, 0, 1, 0, 1, 0])
    receipts.forget(through: 102)
    #expect(receipts.join("bob") == .joined(from: 106))
    #expect(receipts.counts(of: 102) == nil)
    #expect((103...105).map { receipts.counts(of: $0)!.recipients } == [0, 1, 0])
  }
  @Test func forgettingClosesHolesAndOpensNone() {
    var receipts = conversation()
    receipts.apply(.delivered, 60...62, from: "bob")
    receipts.apply(.read, 20...22, from: "bob")
    receipts.apply(.read, 80...82, from: "bob")
    #expect(receipts.rangeCount == 3)
    receipts.forget(through: 10)
    #expect(receipts.rangeCount == 3, "both sets begin above")
    receipts.forget(through: 61)
    #expect(receipts.rangeCount == 2)
    var news: [ClosedRange<UInt64>] = []
    #expect(receipts.apply(.read, 1...30, from: "bob") { news.append($0) } == .unchanged)
    #expect(receipts.apply(.read, 50...64, from: "bob") { news.append($0) } == .changed)
    #expect(news == [62...64])
    #expect(receipts.apply(.read, 1...5, from: "stranger") == .unchanged)
    receipts.join("carol")
    #expect(receipts.apply(.read, 1...70, from: "carol") { news.append($0) } == .changed)
    #expect(news == [62...64, 62...70])
    #expect(receipts.forgotten == 61 && receipts.tip == 100)
    receipts.forget(through: 5)
    receipts.forget(through: .max)
    #expect(receipts.forgotten == 100 && receipts.rangeCount == 0)
    #expect(receipts.progress(.read, of: "bob") == StreamProgress(through: 0))
  }
}
