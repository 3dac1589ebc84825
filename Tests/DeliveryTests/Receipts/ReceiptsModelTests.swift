import Choosing
import Delivery
import Foundation
import Sequencer
import Testing

/// Receipts against the naive table of booleans, on random traffic with members coming and going.
///
/// `RECEIPTS_SEED=17 swift test --filter ReceiptsModelTests` replays one seed, `RECEIPTS_SEEDS=100000` runs longer.
@Suite struct ReceiptsModelTests {
  static let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["RECEIPTS_SEED"].flatMap(UInt64.init) { return seed...seed }
    return 1...(environment["RECEIPTS_SEEDS"].flatMap(UInt64.init) ?? 100)
  }()

  @Test func everyAnswerIsTheOraclesOnRandomTraffic() throws {
    for seed in Self.seeds {
      let failure = firstFailure(seed)
      try #require(failure == nil, "RECEIPTS_SEED=\(seed) swift test --filter ReceiptsModelTests")
    }
  }

  private func firstFailure(_ seed: UInt64) -> String? {
    var random = Choices(seed: seed)
    // Small conversations look at their rows, larger ones keep counts, and some grow from one into the other.
    let crowd = random.pick([2, 3, 7, 12, 30])
    let window = random.pick([1, 2, 7, 16, 64])
    var configuration = ReceiptsConfiguration()
    configuration.window = window
    configuration.rangeLimit = 10_000
    var receipts = Receipts<UInt64>(configuration, hashSeed: seed)
    var oracle = NaiveReceipts()
    let joinsEarly = random.chance(70)
    for member in 0..<crowd where joinsEarly || random.chance(20) {
      receipts.join(name(member))
      oracle.members.insert(member)
    }
    for step in 0..<random.pick([60, 250]) {
      let member = random.below(crowd)
      var said = ""
      switch random.below(100) {
      case 0..<4 where !oracle.members.contains(member):
        said = "join \(member)"
        guard case .joined = receipts.join(name(member)) else { return "\(step): \(said) refused" }
        oracle.members.insert(member)
      case 4..<8 where oracle.members.contains(member):
        said = "leave \(member)"
        guard receipts.leave(name(member)) == .left(through: UInt64(oracle.tip)) else { return "\(step): \(said)" }
        oracle.members.remove(member)
      case 8..<9:
        let number = max(0, oracle.tip - random.below(40))
        said = "forget \(number)"
        receipts.forget(through: UInt64(number))
        oracle.forgotten = max(oracle.forgotten, number)
      case 9..<45:
        let number = oracle.tip + (random.chance(95) ? 1 : 1 + random.below(3 * window))
        let author = random.chance(85) ? member : nil
        said = "note \(number) by \(author ?? -1)"
        guard receipts.note(UInt64(number), author: author.map(name)) == .noted else { return "\(step): \(said)" }
        oracle.note(number, author: author.flatMap { oracle.members.contains($0) ? $0 : nil })
      default:
        let last = max(1, oracle.tip + window - random.below(3 * window + 3))
        let first = random.chance(30) ? 1 : max(1, last - random.below(9))
        let isRead = random.chance(50)
        said = "\(isRead ? "read" : "got") \(first)...\(last) by \(member)"
        let outcome = receipts.apply(isRead ? .read : .delivered, UInt64(first)...UInt64(last), from: name(member))
        let before = isRead ? oracle.read[member, default: []] : oracle.delivered[member, default: []]
        oracle.say(isRead: isRead, first...last, by: member)
        let after = isRead ? oracle.read[member, default: []] : oracle.delivered[member, default: []]
        // A message of its own is claimed already, which only the library knows; so silence may be right, too.
        if before == after, outcome != .unchanged { return "\(step): \(said): \(outcome), not unchanged" }
        if outcome != .unchanged, outcome != .changed { return "\(step): \(said): \(outcome)" }
      }
      let looksAtAll = step % 16 == 0
      for number in looksAtAll ? 0...oracle.tip + 1 : max(0, oracle.tip - 4)...oracle.tip + 1 {
        if let complaint = complaint(number, receipts, oracle, crowd) { return "\(step): \(said): \(complaint)" }
      }
    }
    return nil
  }

  private func complaint(
    _ number: Int, _ receipts: borrowing Receipts<UInt64>, _ oracle: NaiveReceipts, _ crowd: Int
  ) -> String? {
    let counts = receipts.counts(of: UInt64(number)).map { [$0.recipients, $0.delivered, $0.read] }
    if counts != oracle.counts(of: number) {
      return "counts of \(number): \(counts ?? []), not \(oracle.counts(of: number) ?? [])"
    }
    let levels: [DeliveryStatus] = [.sent, .delivered, .read]
    if receipts.status(of: UInt64(number)) != oracle.status(of: number).map({ levels[$0] }) {
      return "status of \(number)"
    }
    let author = number >= 1 && number <= oracle.tip ? oracle.messages[number - 1].author : nil
    for member in 0..<crowd where member != author {
      let status = receipts.status(of: UInt64(number), towards: name(member))
      if status != oracle.status(of: number, towards: member).map({ levels[$0] }) {
        return "status of \(number) towards \(member)"
      }
    }
    return nil
  }

  /// Spread out, as ids are.
  private func name(_ member: Int) -> UInt64 { UInt64(member + 1) &* 0x9E37_79B9_7F4A_7C15 }
}
