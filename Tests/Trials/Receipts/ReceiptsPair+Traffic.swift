import Choosing
import Delivery
import Sequencer

/// What peers say, and what cannot be meant.
extension ReceiptsPair {
  func claim(_ choices: inout Choices) -> ReceiptClaim {
    var claim = ReceiptClaim(ranges: [range(&choices)])
    if choices.chance(15) {
      claim.isProgress = true
      while claim.ranges.count < 6, choices.chance(60) {
        let first = claim.ranges[claim.ranges.count - 1].upperBound + 2 + choices.below(3)
        claim.ranges.append(first...first + choices.below(4))
      }
    }
    return claim.ranges.allSatisfy { number($0.upperBound) <= Position.lastNumber }
      ? claim : ReceiptClaim(ranges: [1...1])
  }

  /// Around the newest, from the beginning, or of any length.
  private func range(_ choices: inout Choices) -> ClosedRange<Int> {
    if choices.chance(2) { return 1 - Int(origin)...Int(Position.lastNumber - origin) }
    let reach = 3 * configuration.window + 3
    let last = max(1, said.tip + choices.below(reach) - 2 * configuration.window)
    return (choices.chance(30) ? 1 : max(1, last - choices.below(9)))...last
  }

  /// Each of these is refused by its name, and changes nothing.
  mutating func nonsense(_ choices: inout Choices, by member: Int) -> String? {
    let last = Position.lastNumber
    switch choices.below(6) {
    case 0:
      let range = choices.pick([0...5, 0...0, 0...UInt64.max, 5...last + 1, last + 1...last + 1])
      let outcome = receipts.apply(.read, range, from: Self.name(member))
      return outcome == .rejected(.invalid) ? nil : "\(range): \(outcome)"
    case 1:
      let outcome = receipts.apply(
        .delivered, StreamProgress(epoch: choices.pick([2, 4]), through: 1), from: Self.name(member))
      return outcome == .rejected(.otherEpoch) ? nil : "another epoch: \(outcome)"
    case 2:
      var progress = StreamProgress(epoch: 3, above: 9, through: 5)
      switch choices.below(4) {
      case 0: break
      case 1: progress = StreamProgress(epoch: 3, through: last + 1)
      case 2: progress = StreamProgress(epoch: 3, through: 9, except: [5...6, 2...3])
      default: progress = StreamProgress(epoch: 3, through: 9, except: [0...UInt64.max])
      }
      let outcome = receipts.apply(.read, progress, from: Self.name(member))
      let isRefused =
        outcome == .rejected(.invalid)
        || (progress.except.count > configuration.rangeLimit && outcome == .rejected(.tooManyRanges))
      return isRefused ? nil : "\(progress): \(outcome)"
    case 3:
      let nothing = choices.pick([0, last + 1, .max])
      if receipts.note(nothing, author: Self.name(member)) != .invalidNumber { return "note \(nothing)" }
      let behind = receipts.tip - min(receipts.tip, choices.upTo(2))
      return behind == 0 || receipts.note(behind, author: nil) == .behind ? nil : "note \(behind) again"
    case 4: return strangers(&choices)
    default:
      if said.isMember[member] { return receipts.join(Self.name(member)) == .alreadyMember ? nil : "joined twice" }
      return receipts.leave(Self.name(member)) == .notMember ? nil : "left without being there"
    }
  }

  /// Somebody who never joins takes a bounded number of rows, and is told of no message.
  private mutating func strangers(_ choices: inout Choices) -> String? {
    let stranger = Self.name(crowd + choices.below(100))
    let range = range(&choices)
    let outcome = receipts.apply(.read, number(range.lowerBound)...number(range.upperBound), from: stranger)
    if isRoomy, outcome == .rejected(.tooManyStrangers) { return "no room for a stranger" }
    if receipts.isMember(stranger) || receipts.status(of: receipts.tip, towards: stranger) != nil {
      return "a stranger is a recipient"
    }
    return nil
  }
}
