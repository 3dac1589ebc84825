/// What came out of one numbered line, at the server or on a member's device: each number once, in order, or in exactly one
/// declared gap, from which it may come late, once.
///
/// It is a value, so that a crash takes it back to what was stored, with all that depends on it.
struct LineAccount {
  private(set) var epoch: UInt32
  /// The first number, and the next one.
  let first: UInt64
  private(set) var next: UInt64
  /// Declared gaps, ascending, out of which nothing has come late yet.
  private(set) var skipped: [ClosedRange<UInt64>] = []
  /// What is held ahead, and since when, in the holder's own time.
  private var held: [UInt64: UInt64] = [:]

  init(epoch: UInt32 = 0, next: UInt64 = 1) {
    self.epoch = epoch
    first = next
    self.next = next
  }

  /// What a report of the line looks like that breaks a promise.
  typealias Complaint = (breach: Breach, text: String)

  mutating func deliver(_ number: UInt64, epoch: UInt32) -> Complaint? {
    if let complaint = check(epoch) { return complaint }
    if number < next { return (.duplicated, "\(number) came after \(next - 1)") }
    if number > next { return (.lost, "\(number) came, and nobody was told of \(next)...\(number - 1)") }
    next = number + 1
    if !held.isEmpty { held[number] = nil }
    return nil
  }

  mutating func skip(_ range: ClosedRange<UInt64>, epoch: UInt32) -> Complaint? {
    if let complaint = check(epoch) { return complaint }
    if range.lowerBound != next { return (.broken, "\(range) was skipped, and \(next) is next") }
    for number in held.keys where range.contains(number) { return (.lost, "\(number) was skipped although it is held") }
    next = range.upperBound + 1
    if let last = skipped.last, last.upperBound + 1 == range.lowerBound {
      skipped[skipped.count - 1] = last.lowerBound...range.upperBound
    } else {
      skipped.append(range)
    }
    return nil
  }

  mutating func takeLate(_ number: UInt64, epoch: UInt32) -> Complaint? {
    if let complaint = check(epoch) { return complaint }
    guard let index = skipped.firstIndex(where: { $0.contains(number) }) else {
      return (.duplicated, "\(number) came late, but was not skipped, or came late before")
    }
    let range = skipped.remove(at: index)
    if range.upperBound > number { skipped.insert(number + 1...range.upperBound, at: index) }
    if range.lowerBound < number { skipped.insert(range.lowerBound...number - 1, at: index) }
    return nil
  }

  mutating func begin(epoch: UInt32) {
    guard epoch > self.epoch else { return }
    self = LineAccount(epoch: epoch)
  }

  private func check(_ epoch: UInt32) -> Complaint? {
    epoch == self.epoch ? nil : (.reordered, "something of epoch \(epoch) in epoch \(self.epoch)")
  }

  // MARK: - How long messages wait

  /// Unless it came out in the meantime: outcomes of a batch are looked at after all its events.
  mutating func hold(_ number: UInt64, epoch: UInt32, window: Int, at moment: UInt64) -> Complaint? {
    guard epoch == self.epoch, number >= next else { return nil }
    if number - next >= UInt64(window) { return (.broken, "\(number) is held, and \(next) is next") }
    held[number] = moment
    return nil
  }

  var isHolding: Bool { !held.isEmpty }

  func holds(_ number: UInt64) -> Bool { held[number] != nil }

  /// After an `advance` at `moment` nothing may wait that came a whole timeout before.
  func overdue(at moment: UInt64, timeout: UInt64) -> UInt64? {
    guard !held.isEmpty else { return nil }
    return held.first { moment >= $0.value && moment - $0.value >= timeout }?.key
  }

  /// The clocks stood still, or began anew: everything counts as having come now.
  mutating func refresh(at moment: UInt64) {
    for number in held.keys { held[number] = moment }
  }

  /// What is held is not stored.
  mutating func dropHeld() { held = [:] }
}
