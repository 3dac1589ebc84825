import Delivery
import Sequencer

/// Everything that can be asked, compared.
extension ReceiptsPair {
  private static let levels: [DeliveryStatus] = [.sent, .delivered, .read]

  func complaint(lookingAtAll: Bool) -> String? {
    if receipts.tip != number(said.tip) { return "the tip is \(receipts.tip)" }
    if receipts.memberCount != said.isMember.count(where: { $0 }) { return "\(receipts.memberCount) members" }
    if receipts.rowCount > configuration.memberLimit { return "\(receipts.rowCount) rows" }
    if receipts.rangeCount > configuration.totalRangeLimit { return "\(receipts.rangeCount) ranges" }
    for number in (lookingAtAll ? 0 : max(0, said.tip - 2))...said.tip + 1 {
      if let complaint = complaint(about: number) { return "\(complaint) of \(number)" }
    }
    guard lookingAtAll, isRoomy else { return nil }
    for member in 0..<crowd {
      for isRead in [false, true] {
        if let complaint = complaint(about: member, isRead: isRead) { return "\(complaint) of member \(member)" }
      }
    }
    return nil
  }

  private func complaint(about number: Int) -> String? {
    let counts = receipts.counts(of: self.number(number)).map { [$0.recipients, $0.delivered, $0.read] }
    let status = receipts.status(of: self.number(number)).map { Self.levels.firstIndex(of: $0)! }
    let most = said.counts(of: number)
    if isRoomy {
      if counts != most { return "counts \(counts ?? []), not \(most ?? [])" }
      if status != said.status(of: number) { return "status \(status as Any)" }
    } else {
      // An author that could not be kept may count as one of the recipients, or one recipient may be missing.
      if (counts == nil) != (most == nil) { return "counts \(counts ?? []), not \(most ?? [])" }
      if let counts, let most {
        let isPlausible =
          abs(counts[0] - most[0]) <= 1 && counts[2] <= counts[1] && counts[1] <= counts[0] && counts[1] <= most[1] + 1
        if !isPlausible { return "counts \(counts), not \(most)" }
        if status! > max(said.status(of: number)!, most[0] == 0 ? authorsClaim(of: number) : 0) {
          return "status \(status!)"
        }
      }
    }
    guard most != nil else { return nil }
    for member in 0..<crowd where said.author(of: number) != member {
      let status = receipts.status(of: self.number(number), towards: Self.name(member)).map {
        Self.levels.firstIndex(of: $0)!
      }
      let (least, most) = (accepted.status(of: number, towards: member), said.status(of: number, towards: member))
      if (status == nil) != (most == nil) || (status ?? 0) < (least ?? 0) || (status ?? 0) > (most ?? 0) {
        return "status \(status as Any) towards \(member)"
      }
    }
    return nil
  }

  /// An author that counts as a recipient for want of room may say that it got its own message, and even that it read it.
  private func authorsClaim(of number: Int) -> Int {
    guard let author = said.author(of: number) else { return 0 }
    if said.saidSo(isRead: true, number, by: author) { return 2 }
    return said.saidSo(isRead: false, number, by: author) ? 1 : 0
  }

  /// What a member got or read, above the newest message, too.
  private func complaint(about member: Int, isRead: Bool) -> String? {
    let progress = receipts.progress(isRead ? .read : .delivered, of: Self.name(member))
    for number in said.forgotten + 1...said.tip + configuration.window {
      if progress?.contains(self.number(number)) ?? false != said.has(isRead: isRead, number, by: member) {
        return "\(progress as Any) at \(number)"
      }
    }
    return nil
  }
}
