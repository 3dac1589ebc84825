public import Sequencer

extension Receipts {
  /// Notes a message of the conversation, and who wrote it: `nil`, or somebody who is no member, for a message that is for
  /// all of them. Numbers that it leaps over count as messages that nobody wrote.
  ///
  /// ```swift
  /// receipts.note(42, author: "alice")   // .noted
  /// ```
  /// - Complexity: O(1); in a conversation of more than eight, O(`window`) for a leap.
  @inlinable
  @discardableResult
  public mutating func note(_ number: UInt64, author: Member?) -> NoteOutcome {
    guard Position.isValid(number: number) else { return .invalidNumber }
    guard number > tip else { return .behind }
    var row = -1
    if let author { row = index.row(of: author) }
    return note(number, authorRow: row)
  }

  @inlinable @inline(__always)
  mutating func note(_ number: UInt64, authorRow row: Int) -> NoteOutcome {
    var isExact = true
    if number > tip + 1 {
      isExact = MemberRow.insertTrusted((tip + 1)...(number - 1), into: &unauthored, &budget)
    }
    recent.advance(to: number, recipients: UInt32(truncatingIfNeeded: active))
    if row >= 0, rows[row].stays.isMember {
      return write(number, by: row) && isExact ? .noted : .approximate
    }
    return MemberRow.insertTrusted(number...number, into: &unauthored, &budget) && isExact ? .noted : .approximate
  }

  /// Enters a message as its author's own, which takes the author off its recipients.
  ///
  /// - Returns: whether there was room for that. If not, the author counts as a recipient, who has not got it.
  @inlinable @inline(__always)
  mutating func write(_ number: UInt64, by row: Int) -> Bool {
    guard recent.areKept else { return rows[row].write(number, &budget) || missAuthor(of: number) }
    return writeCounting(number, by: row)
  }

  @inlinable
  mutating func writeCounting(_ number: UInt64, by row: Int) -> Bool {
    // The author may have spoken of the number before it had a message.
    let wasDelivered = rows[row].delivered.contains(number)
    let wasRead = rows[row].read.contains(number)
    guard rows[row].write(number, &budget) else { return missAuthor(of: number) }
    if !wasDelivered { recent[number].delivered &+= 1 }
    if !wasRead { recent[number].read &+= 1 }
    return true
  }

  /// - Returns: false.
  @inlinable
  mutating func missAuthor(of number: UInt64) -> Bool {
    _ = MemberRow.insertTrusted(number...number, into: &unauthored, &budget)
    return false
  }

  /// Forgets messages up to `number`, but none above the newest: they are not answered for any more, receipts for them
  /// change nothing, their holes are closed, and the rows of those who left before the next one are dropped.
  ///
  /// A conversation that is never told to forget answers for every message it ever noted.
  ///
  /// ```swift
  /// receipts.forget(through: receipts.tip - min(receipts.tip, 10_000))
  /// ```
  /// - Complexity: O(*n* + *k*) in the number of rows and of their ranges.
  @inlinable
  public mutating func forget(through number: UInt64) {
    let newFloor = min(number, tip)
    guard newFloor > floor else { return }
    floor = newFloor
    MemberRow.forget(through: floor, in: &unauthored, &budget)
    for row in 0..<rows.count {
      let wasStranger = rows[row].stays.isStranger
      rows[row].forget(through: floor, &budget)
      if !wasStranger, rows[row].stays.isStranger { strangers += 1 }
    }
    dropStrangers { $0.delivered.through <= newFloor }
  }
}
