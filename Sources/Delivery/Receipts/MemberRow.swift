public import Sequencer

/// What is known of one member: what it got, what it read, and when it belonged to the conversation. Two cache lines at most,
/// and nothing else while it goes on in order.
@usableFromInline
struct MemberRow {
  @usableFromInline var delivered: StreamProgress
  /// Always within `delivered`.
  @usableFromInline var read: StreamProgress
  @usableFromInline var stays = Stays()

  @usableFromInline
  init(epoch: UInt32) {
    delivered = StreamProgress(epoch: epoch, through: 0)
    read = delivered
  }

  /// Enters a receipt, counts what is new among the recent messages, and visits it.
  @inlinable
  mutating func claim(
    _ receipt: Receipt, _ range: ClosedRange<UInt64>, _ counts: inout RecentCounts, _ budget: inout RangeBudget,
    _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    switch receipt {
    case .delivered:
      return Self.insert(range, into: &delivered, stays, &counts, .delivered, &budget, news)
    case .read:
      // What could not be entered as delivered is not entered as read, so that the one stays within the other.
      let outcome = Self.insert(range, into: &delivered, stays, &counts, .delivered, &budget) { _ in }
      if outcome == .limited { return .limited }
      return Self.insert(range, into: &read, stays, &counts, .read, &budget, news)
    }
  }

  @inlinable @inline(__always)
  static func insert(
    _ range: ClosedRange<UInt64>, into set: inout StreamProgress, _ stays: borrowing Stays,
    _ counts: inout RecentCounts,
    _ receipt: Receipt, _ budget: inout RangeBudget, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    guard set.continues(with: range) else {
      return insertAnywhere(range, into: &set, stays, &counts, receipt, &budget, news)
    }
    guard range.upperBound > set.through else { return .unchanged }
    let new = (set.through &+ 1)...range.upperBound
    set.through = range.upperBound
    if counts.areKept { counts.add(1, new, stays, receipt) }
    news(new)
    return .grown
  }

  @inlinable @inline(never)
  static func insertAnywhere(
    _ range: ClosedRange<UInt64>, into set: inout StreamProgress, _ stays: borrowing Stays,
    _ counts: inout RecentCounts,
    _ receipt: Receipt, _ budget: inout RangeBudget, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    let before = set.except.count
    let outcome = set.insert(range, limit: budget.limit(before)) { new in
      if counts.areKept { counts.add(1, new, stays, receipt) }
      news(new)
    }
    budget.used &+= set.except.count &- before
    return outcome
  }

  /// Enters a message that this member wrote: its author has got it and seen it, so that a member who writes and reads in
  /// turn has one range, and nobody's author need be kept.
  ///
  /// - Returns: whether both sets had room for it; if not, it is in neither. The per-member limit does not hold here: it is
  ///   there for what peers say.
  @inlinable @inline(__always)
  mutating func write(_ number: UInt64, _ budget: inout RangeBudget) -> Bool {
    guard delivered.continues(with: number...number), read.continues(with: number...number) else {
      return writeAnywhere(number, &budget)
    }
    delivered.through = max(delivered.through, number)
    read.through = max(read.through, number)
    return true
  }

  @inlinable @inline(never)
  mutating func writeAnywhere(_ number: UInt64, _ budget: inout RangeBudget) -> Bool {
    let (before, used) = (delivered, budget.used)
    guard Self.insertTrusted(number...number, into: &delivered, &budget) else { return false }
    if Self.insertTrusted(number...number, into: &read, &budget) { return true }
    // An author who has got the message but not seen it would pass for a recipient who has got it.
    (delivered, budget.used) = (before, used)
    return false
  }

  @inlinable @inline(__always)
  static func insertTrusted(
    _ range: ClosedRange<UInt64>, into set: inout StreamProgress, _ budget: inout RangeBudget
  ) -> Bool {
    guard set.continues(with: range) else { return insertTrustedAnywhere(range, into: &set, &budget) }
    set.through = max(set.through, range.upperBound)
    return true
  }

  @usableFromInline
  static func insertTrustedAnywhere(
    _ range: ClosedRange<UInt64>, into set: inout StreamProgress, _ budget: inout RangeBudget
  ) -> Bool {
    let before = set.except.count
    let outcome = set.insert(range, limit: budget.limit(before, trusted: true))
    budget.used &+= set.except.count &- before
    return outcome != .limited
  }

  /// Forgets what lies at or below `floor`: to have the holes there closed is what saves memory.
  @usableFromInline
  mutating func forget(through floor: UInt64, _ budget: inout RangeBudget) {
    Self.forget(through: floor, in: &delivered, &budget)
    Self.forget(through: floor, in: &read, &budget)
    stays.forget(through: floor)
  }

  @usableFromInline
  static func forget(through floor: UInt64, in set: inout StreamProgress, _ budget: inout RangeBudget) {
    // A set that begins above the floor has nothing to close; joining it to the floor would add a hole.
    if set.above < floor, !set.isEmpty { _ = insertTrusted(1...floor, into: &set, &budget) }
  }
}

/// When a member belonged to the conversation, in its numbers.
@usableFromInline
struct Stays {
  /// The first number of the stay that goes on; above every number if there is none.
  @usableFromInline var since = UInt64.max
  /// The stays that have ended: ascending, apart.
  @usableFromInline var earlier: [ClosedRange<UInt64>] = []

  @usableFromInline
  init() {}

  @inlinable var isMember: Bool { since != .max }
  /// Whether it never was a member while a message came that is still remembered.
  @inlinable var isStranger: Bool { since == .max && earlier.isEmpty }

  @inlinable
  func contains(_ number: UInt64) -> Bool {
    if number >= since { return true }
    return !earlier.isEmpty && earlier.contains { $0.contains(number) }
  }

  /// Begins a stay behind `tip`, or goes on with one that ended there.
  @usableFromInline
  mutating func begin(after tip: UInt64) {
    if let last = earlier.last, last.upperBound == tip {
      since = last.lowerBound
      earlier.removeLast()
    } else {
      since = tip + 1
    }
  }

  @usableFromInline
  mutating func end(at tip: UInt64) {
    if since <= tip { earlier.append(since...tip) }
    since = .max
  }

  @usableFromInline
  mutating func forget(through floor: UInt64) {
    earlier.removeAll { $0.upperBound <= floor }
  }
}
