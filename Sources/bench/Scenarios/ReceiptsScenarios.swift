internal import Delivery
internal import Sequencer

/// Receipts as they come in a conversation, used through the public interface; the messages that they are for, and a look
/// at the counts after each, are within the time.
enum ReceiptsScenarios {
  static var all: [Scenario] {
    [
      Scenario(
        "receipts/apply", unit: "ns/receipt", "two people: each message is delivered, then read", work: Work.receipts
      ) { context in
        let traffic = ReceiptTraffic.ofTwo(context.plan, receipts: 4_000_000)
        return { timed(traffic, into: receipts(of: traffic)) }
      },
      Scenario(
        "receipts/apply-1k", unit: "ns/receipt", "a group of 1,000: a thousand receipts a message, members at random",
        work: Work.receiptsOfGroup
      ) { context in
        let traffic = ReceiptTraffic.ofGroup(1_000, context.plan, receipts: 2_000_000)
        return { timed(traffic, into: receipts(of: traffic)) }
      },
    ]
  }

  /// The straightforward code for the same.
  static var baselines: [Scenario] {
    [
      Scenario(
        "baseline/receipts/apply", unit: "ns/receipt", "two people, a dictionary of sets", work: Work.receipts
      ) { context in
        let traffic = ReceiptTraffic.ofTwo(context.plan, receipts: 4_000_000)
        return { timed(traffic, into: StraightforwardReceipts(members: traffic.members)) }
      },
      Scenario(
        "baseline/receipts/apply-1k", unit: "ns/receipt", "a group of 1,000, a dictionary of sets",
        work: Work.receiptsOfGroup
      ) { context in
        let traffic = ReceiptTraffic.ofGroup(1_000, context.plan, receipts: 2_000_000)
        return { timed(traffic, into: StraightforwardReceipts(members: traffic.members)) }
      },
    ]
  }

  private static func receipts(of traffic: ReceiptTraffic) -> Receipts<UInt64> {
    Receipts(members: traffic.members, hashSeed: SequencerScenarios.hashSeed)
  }

  private static func timed(_ traffic: ReceiptTraffic, into receipts: consuming Receipts<UInt64>) -> Sample {
    var receipts = receipts
    let start = Clock.nanoseconds()
    let hash = timedLoop(traffic, &receipts)
    return Sample(nanoseconds: Clock.nanoseconds() - start, count: traffic.timed, hash: hash)
  }

  @inline(never)
  private static func timedLoop(_ traffic: ReceiptTraffic, _ receipts: inout Receipts<UInt64>) -> UInt64 {
    var hash: UInt64 = 0
    var changed: UInt64 = 0
    var next = 0
    for index in 0..<traffic.messages {
      let number = UInt64(index + 1)
      receipts.note(number, author: traffic.authors[index])
      let end = min(next + traffic.receiptsPerMessage, traffic.timed)
      while next < end {
        let receipt = traffic.receipts[next]
        let outcome = receipts.apply(receipt.isRead ? .read : .delivered, 1...number, from: receipt.member)
        if case .changed = outcome { changed &+= 1 }
        next += 1
      }
      if number % ReceiptTraffic.messagesPerLook == 0, let counts = receipts.counts(of: number) {
        hash = hash &* 31 &+ UInt64(counts.delivered) &* 1_000_003 &+ UInt64(counts.read)
      }
    }
    return digest(hash, changed)
  }

  private static func timed(_ traffic: ReceiptTraffic, into receipts: consuming StraightforwardReceipts) -> Sample {
    let start = Clock.nanoseconds()
    let hash = receipts.timedLoop(traffic)
    return Sample(nanoseconds: Clock.nanoseconds() - start, count: traffic.timed, hash: hash)
  }
}

/// Who writes each message, and who says what after it. All speak of all messages so far.
struct ReceiptTraffic {
  struct Entry {
    var member: UInt64
    var isRead: Bool
  }

  /// Between two looks at the counts of the newest message.
  static let messagesPerLook: UInt64 = 16

  let members: [UInt64]
  private(set) var authors: [UInt64] = []
  private(set) var receipts: [Entry] = []
  let receiptsPerMessage: Int
  /// Receipts that a scenario is timed over; more may have been generated.
  let timed: Int
  /// The messages that they take.
  var messages: Int { (timed + receiptsPerMessage - 1) / receiptsPerMessage }

  private init(members: Int, receiptsPerMessage: Int, _ plan: Plan, receipts usual: Int) {
    self.members = (1...UInt64(members)).map { mix($0) }
    self.receiptsPerMessage = receiptsPerMessage
    timed = plan.operations(usual)
    let generated = max(timed, plan.generated ?? 0)
    authors.reserveCapacity(generated / receiptsPerMessage + 1)
    receipts.reserveCapacity(generated + receiptsPerMessage)
  }

  /// Each message is delivered to the other, and then read.
  static func ofTwo(_ plan: Plan, receipts: Int) -> ReceiptTraffic {
    var random = XorShift(seed: 0x2_5EED)
    var traffic = ReceiptTraffic(members: 2, receiptsPerMessage: 2, plan, receipts: receipts)
    while traffic.receipts.count < max(traffic.timed, plan.generated ?? 0) {
      let author = random.next(below: 2)
      traffic.authors.append(traffic.members[author])
      for isRead in [false, true] {
        traffic.receipts.append(Entry(member: traffic.members[1 - author], isRead: isRead))
      }
    }
    return traffic
  }

  /// As many receipts a message as there are members, each of one at random; but whoever writes next has read it.
  static func ofGroup(_ size: Int, _ plan: Plan, receipts: Int) -> ReceiptTraffic {
    var random = XorShift(seed: 0x1000_5EED)
    var traffic = ReceiptTraffic(members: size, receiptsPerMessage: size, plan, receipts: receipts)
    var author = traffic.members[0]
    while traffic.receipts.count < max(traffic.timed, plan.generated ?? 0) {
      traffic.authors.append(author)
      for _ in 1..<size {
        let member = traffic.members[random.next(below: size)]
        traffic.receipts.append(Entry(member: member, isRead: random.next(below: 2) == 1))
      }
      author = traffic.members[random.next(below: size)]
      traffic.receipts.append(Entry(member: author, isRead: true))
    }
    return traffic
  }
}
