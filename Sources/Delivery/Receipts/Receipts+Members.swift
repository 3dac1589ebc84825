public import Sequencer

// Joining and leaving take effect at the next number.

extension Receipts {
  /// Makes somebody a recipient of the messages after the newest one. What it said before joining counts from now on.
  ///
  /// ```swift
  /// receipts.join("carol")   // .joined(from: 42)
  /// ```
  /// - Complexity: amortised O(1), and O(`window`) for what waits above the newest message; O(*n*) when the limit of members
  ///   is reached, and once, when there are more than eight.
  @inlinable
  @discardableResult
  public mutating func join(_ member: Member) -> JoinOutcome {
    var row = index.row(of: member)
    if row < 0 {
      // Whoever came and went without a message has a row still. Only joining may cost a look at all of them.
      if rows.count >= configuration.memberLimit { dropStrangers { $0.delivered.isEmpty } }
      row = addRow(member)
      guard row >= 0 else { return .tooManyMembers }
    } else if rows[row].stays.isMember {
      return .alreadyMember
    } else {
      let stays = rows[row].stays
      if stays.earlier.count >= configuration.stayLimit, stays.earlier[stays.earlier.count - 1].upperBound != tip {
        return .tooManyStays
      }
    }
    enter(row)
    return .joined(from: rows[row].stays.since)
  }

  /// Takes somebody off the recipients of the messages after the newest one. Those sent before keep counting it.
  ///
  /// ```swift
  /// receipts.leave("carol")   // .left(through: 57)
  /// ```
  /// - Complexity: O(1), and O(`window`) for what waits above the newest message.
  @inlinable
  @discardableResult
  public mutating func leave(_ member: Member) -> LeaveOutcome {
    let row = index.row(of: member)
    guard row >= 0, rows[row].stays.isMember else { return .notMember }
    countWaiting(of: row, change: -1)
    rows[row].stays.end(at: tip)
    active -= 1
    if rows[row].stays.isStranger { strangers += 1 }
    return .left(through: tip)
  }

  @inlinable
  mutating func enter(_ row: Int) {
    if rows[row].stays.isStranger { strangers -= 1 }
    rows[row].stays.begin(after: tip)
    active += 1
    countWaiting(of: row, change: 1)
  }

  /// Adds what a member said of numbers above the tip to their counts, or takes it off: only members count there.
  @inlinable
  mutating func countWaiting(of row: Int, change: Int32) {
    guard recent.areKept, tip < Position.lastNumber else { return }
    let ahead = (tip + 1)...recent.last
    let stays = rows[row].stays
    rows[row].delivered.forEachRange(in: ahead) { recent.add(change, $0, stays, .delivered) }
    rows[row].read.forEachRange(in: ahead) { recent.add(change, $0, stays, .read) }
  }

  /// A row for somebody who has none, as a stranger; negative if there is no room.
  @inlinable @inline(never)
  mutating func addRow(_ member: Member) -> Int {
    guard rows.count < configuration.memberLimit else { return -1 }
    rows.append(MemberRow(epoch: epoch))
    strangers += 1
    let row = index.append(member)
    if !recent.areKept, rows.count > MemberIndex<Member>.scanLimit { keepCounts() }
    return row
  }

  /// Counts from what the rows say, once there are many of them.
  @inlinable
  mutating func keepCounts() {
    recent.keep()
    for row in 0..<rows.count { countWaiting(of: row, change: 1) }
    var number = max(recent.first, floor &+ 1)
    while number <= tip {
      recent[number] = countRows(number)
      number &+= 1
    }
  }

  /// Drops the rows of strangers that `isIdle`.
  @inlinable @inline(never)
  mutating func dropStrangers(where isIdle: (MemberRow) -> Bool) {
    var kept = 0
    for row in 0..<rows.count {
      if rows[row].stays.isStranger, isIdle(rows[row]) {
        strangers -= 1
        budget.used -= rows[row].delivered.except.count + rows[row].read.except.count
      } else {
        rows.swapAt(kept, row)
        index.names.swapAt(kept, row)
        kept += 1
      }
    }
    guard kept < rows.count else { return }
    rows.removeLast(rows.count - kept)
    index.names.removeLast(index.names.count - kept)
    index.rebuild()
  }
}
