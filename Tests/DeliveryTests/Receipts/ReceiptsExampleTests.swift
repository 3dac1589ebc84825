import Delivery
import Sequencer
import Testing

/// What the documentation's examples say.
@Suite struct ReceiptsExampleTests {
  @Test func theFirstExample() {
    var receipts = Receipts<String>(members: ["alice", "bob", "carol"])
    receipts.note(1, author: "alice")
    receipts.apply(.read, 1...1, from: "bob")
    #expect(receipts.counts(of: 1) == ReceiptCounts(recipients: 2, delivered: 1, read: 1))
    receipts.apply(.delivered, 1...1, from: "carol")
    #expect(receipts.status(of: 1) == .delivered)
    #expect(receipts.status(of: 1, towards: "bob") == .read)
    #expect(receipts.status(of: 1, towards: "nobody") == nil)
    #expect(receipts.progress(.read, of: "bob") == StreamProgress(through: 1))
    #expect(receipts.progress(.read, of: "nobody") == nil)
    #expect(receipts.isMember("carol") && !receipts.isMember("nobody"))
  }

  @Test func whatIsNewsIsVisited() {
    var receipts = Receipts<String>(members: ["alice", "bob"])
    for number in 1...UInt64(41) { receipts.note(number, author: "alice") }
    receipts.apply(.read, 1...39, from: "bob")
    var news: [ClosedRange<UInt64>] = []
    #expect(receipts.apply(.read, 1...41, from: "bob") { news.append($0) } == .changed)
    #expect(news == [40...41])
    #expect(receipts.apply(.delivered, 9...9, from: "bob") { news.append($0) } == .unchanged)
    let progress = StreamProgress(through: 50, except: [45...46])
    #expect(receipts.apply(.delivered, progress, from: "bob") { news.append($0) } == .changed)
    #expect(news == [40...41, 42...44, 47...50])
  }

  @Test func nobodyToReceiveIt() {
    var receipts = Receipts<String>(members: ["alice"])
    receipts.note(1, author: "alice")
    #expect(receipts.counts(of: 1) == ReceiptCounts(recipients: 0, delivered: 0, read: 0))
    #expect(receipts.status(of: 1) == .sent)
    receipts.note(2, author: nil)
    #expect(receipts.status(of: 2) == .sent)
    receipts.apply(.read, 2...2, from: "alice")
    #expect(receipts.status(of: 2) == .read)
  }

  @Test func knowledgeMovesFromOneServerToAnother() {
    var one = Receipts<String>(members: ["alice", "bob"])
    var other = Receipts<String>(members: ["alice", "bob"])
    for number in 1...UInt64(20) {
      one.note(number, author: "alice")
      other.note(number, author: "alice")
    }
    one.apply(.read, 3...7, from: "bob")
    one.apply(.delivered, 1...12, from: "bob")
    one.forget(through: 4)
    for receipt in [Receipt.read, .delivered] { other.apply(receipt, one.progress(receipt, of: "bob")!, from: "bob") }
    #expect((5...20).allSatisfy { one.counts(of: $0) == other.counts(of: $0) })
    #expect(one.progress(.read, of: "bob") == StreamProgress(above: 4, through: 7))
  }

  @Test func aConversationGrowsFromAFewToThousands() {
    var receipts = Receipts<UInt64>(members: [0, 1])
    for number in 1...UInt64(600) {
      // Four join before every message; one of them reads all there is, though most of it was not for her.
      for member in 0..<4 { receipts.join(4 * number + UInt64(member)) }
      receipts.note(number, author: 0)
      receipts.apply(.read, 1...number, from: 4 * number)
    }
    #expect(receipts.memberCount == 2_402)
    for number in [1, 300, 344, 345, 599, 600] as [UInt64] {
      #expect(receipts.counts(of: number) == ReceiptCounts(recipients: Int(4 * number + 1), delivered: 1, read: 1))
    }
  }

  /// With few rows the counts are made when asked for, with many they are kept.
  @Test(arguments: [0, 9])
  func whoCameThreeTimesCountsForEachOfThem(bystanders: Int) {
    var receipts = Receipts<String>(members: ["alice"], hashSeed: 1)
    for bystander in 0..<bystanders { receipts.join("bystander \(bystander)") }
    for number in stride(from: UInt64(1), through: 6, by: 2) {
      receipts.join("bob")
      receipts.note(number, author: "alice")
      receipts.leave("bob")
      receipts.note(number + 1, author: "alice")
    }
    receipts.apply(.read, 1...6, from: "bob")
    for number in 1...6 as ClosedRange<UInt64> {
      let bob = number % 2 == 1 ? 1 : 0
      #expect(
        receipts.counts(of: number) == ReceiptCounts(recipients: bystanders + bob, delivered: bob, read: bob),
        "\(number)")
    }
  }
}
