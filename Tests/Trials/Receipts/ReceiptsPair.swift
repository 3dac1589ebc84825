import Choosing
import Delivery
import Sequencer

/// Receipts and a table of booleans, told the same.
///
/// With room for everything, every answer is the table's. With little room it is between two tables: one of what was said,
/// and one of what was said and accepted.
struct ReceiptsPair: ~Copyable {
  var receipts: Receipts<UInt64>
  let configuration: ReceiptsConfiguration
  /// What lies below the conversation's first number here.
  let origin: UInt64
  let crowd: Int
  let isRoomy: Bool
  var said: NaiveReceipts
  var accepted: NaiveReceipts
  private var steps = 0

  init(_ choices: inout Choices) {
    // Small conversations look at their rows, larger ones keep counts, and some grow from one into the other.
    crowd = choices.pick([3, 2, 7, 12, 20])
    isRoomy = choices.chance(70)
    var configuration = ReceiptsConfiguration()
    configuration.window = choices.pick([16, 1, 2, 7, 64])
    configuration.rangeLimit = isRoomy ? 10_000 : choices.pick([0, 1, 3, 64])
    configuration.totalRangeLimit = isRoomy ? 1_000_000 : choices.pick([0, 2, 10, 1_000])
    configuration.memberLimit = isRoomy ? 1_000 : choices.pick([2, 5, 10, 1_000])
    configuration.strangerLimit = isRoomy ? 1_000 : choices.pick([0, 1, 64])
    configuration.stayLimit = isRoomy ? 1_000 : choices.pick([1, 2, 64])
    self.configuration = configuration
    origin = choices.pick([0, 0, 0, 1 << 32 - 20, Position.lastNumber - 60])
    receipts = Receipts(configuration, epoch: 3, through: origin, hashSeed: choices.upTo(255))
    said = NaiveReceipts(crowd: crowd)
    accepted = said
    for member in 0..<crowd where choices.chance(70) { _ = join(member) }
  }

  mutating func step(_ choices: inout Choices) -> String? {
    let member = choices.below(crowd)
    steps += 1
    let complaint =
      switch choices.below(100) {
      case 0..<35: note(&choices, by: member)
      case 35..<39: said.isMember[member] ? leave(member) : join(member)
      case 39: forget(max(0, said.tip - choices.below(40)))
      case 40..<45: nonsense(&choices, by: member)
      default: claim(claim(&choices), isRead: choices.chance(50), by: member)
      }
    return complaint ?? self.complaint(lookingAtAll: steps % 16 == 0)
  }

  // MARK: What happens

  private mutating func join(_ member: Int) -> String? {
    let outcome = receipts.join(Self.name(member))
    switch outcome {
    case .joined: break
    case .alreadyMember: return said.isMember[member] ? nil : "join \(member): \(outcome)"
    case .tooManyMembers, .tooManyStays: return isRoomy ? "join \(member): \(outcome)" : nil
    }
    if said.isMember[member] { return "join \(member): \(outcome)" }
    said.isMember[member] = true
    accepted.isMember[member] = true
    return nil
  }

  private mutating func leave(_ member: Int) -> String? {
    let outcome = receipts.leave(Self.name(member))
    said.isMember[member] = false
    accepted.isMember[member] = false
    return outcome == .left(through: number(said.tip)) ? nil : "leave \(member): \(outcome)"
  }

  private mutating func forget(_ last: Int) -> String? {
    receipts.forget(through: number(last))
    said.forgotten = max(said.forgotten, last)
    accepted.forgotten = said.forgotten
    return receipts.forgotten == number(said.forgotten) ? nil : "forgot through \(receipts.forgotten)"
  }

  private mutating func note(_ choices: inout Choices, by member: Int) -> String? {
    let next = said.tip + (choices.chance(5) ? 1 + choices.below(3 * configuration.window) : 1)
    let author = choices.chance(15) ? nil : member
    let outcome = receipts.note(number(next), author: author.map { Self.name($0) })
    if number(next) > Position.lastNumber {
      return outcome == .invalidNumber ? nil : "note \(next): \(outcome)"
    }
    let writer = author.flatMap { said.isMember[$0] ? $0 : nil }
    said.note(next, author: writer)
    accepted.note(next, author: writer)
    return outcome == .noted || (outcome == .approximate && !isRoomy) ? nil : "note \(next) by \(member): \(outcome)"
  }

  private mutating func claim(_ claim: ReceiptClaim, isRead: Bool, by member: Int) -> String? {
    let last = said.tip + configuration.window
    var (isNews, isBeyond) = (false, false)
    for range in claim.ranges {
      if range.upperBound > last { isBeyond = true }
      let (first, end) = (max(range.lowerBound, said.forgotten + 1), min(range.upperBound, last))
      if first <= end, said.say(isRead: isRead, first...end, by: member) { isNews = true }
    }
    let outcome = enter(claim, isRead: isRead, by: member)
    if outcome == .changed || outcome == .unchanged {
      for range in claim.ranges { accepted.say(isRead: isRead, range, by: member) }
    }
    let expected: ReceiptOutcome =
      if isBeyond { isNews ? .partial(.beyondWindow) : .rejected(.beyondWindow) } else {
        isNews ? .changed : .unchanged
      }
    if outcome == expected || !isRoomy { return nil }
    return "\(isRead ? "read" : "got") \(claim.ranges) by \(member): \(outcome), not \(expected)"
  }

  private mutating func enter(_ claim: ReceiptClaim, isRead: Bool, by member: Int) -> ReceiptOutcome {
    let receipt: Receipt = isRead ? .read : .delivered
    let ranges = claim.ranges.map { number($0.lowerBound)...number($0.upperBound) }
    guard claim.isProgress else { return receipts.apply(receipt, ranges[0], from: Self.name(member)) }
    let holes = zip(ranges, ranges.dropFirst()).map { $0.upperBound + 1...$1.lowerBound - 1 }
    let progress = StreamProgress(
      epoch: 3, above: ranges[0].lowerBound - 1, through: ranges[ranges.count - 1].upperBound, except: holes)
    return receipts.apply(receipt, progress, from: Self.name(member))
  }

  /// Spread out, as ids are.
  static func name(_ member: Int) -> UInt64 { UInt64(member + 1) &* 0x9E37_79B9_7F4A_7C15 }

  /// The library's number.
  func number(_ number: Int) -> UInt64 { UInt64(Int(origin) + number) }
}

/// What a member says it got or read.
struct ReceiptClaim {
  var ranges: [ClosedRange<Int>]
  /// Said in one, as a progress.
  var isProgress = false
}
