public import Sequencer

extension Receipts {
  /// How many of a message's recipients have got it, and how many have seen it; `nil` if it is not noted yet, or forgotten.
  ///
  /// ```swift
  /// receipts.counts(of: 41)   // of 9 recipients, delivered to 7, read by 3
  /// ```
  /// - Complexity: O(1) for the newest messages, a window of them; for older ones O(*n* · log *k*) in the rows and their holes.
  @inlinable
  public func counts(of number: UInt64) -> ReceiptCounts? {
    guard number > floor, number <= tip else { return nil }
    let slot = recent.areKept && number >= recent.first ? recent[number] : countRows(number)
    // A member who wrote it is one of those who were there, and has got it and read it.
    let author: UInt32 = unauthored.contains(number) ? 0 : 1
    return ReceiptCounts(
      recipients: Int(slot.recipients - min(author, slot.recipients)),
      delivered: Int(slot.delivered - min(author, slot.delivered)), read: Int(slot.read - min(author, slot.read)))
  }

  /// The status of a message towards all its recipients: the least of theirs, and `sent` if there is none; `nil` if it is not
  /// noted yet, or forgotten.
  ///
  /// ```swift
  /// receipts.status(of: 41)   // sent: two of nine have not got it
  /// ```
  /// - Complexity: as `counts(of:)`.
  @inlinable
  public func status(of number: UInt64) -> DeliveryStatus? { counts(of: number)?.status }

  /// The status of a message towards one recipient; `nil` if the message is not noted yet, or forgotten, or was not for that
  /// one. Who wrote a message is taken to have read it.
  ///
  /// ```swift
  /// receipts.status(of: 41, towards: "bob")   // read
  /// ```
  /// - Complexity: O(log *k*) in the member's holes.
  @inlinable
  public func status(of number: UInt64, towards member: Member) -> DeliveryStatus? {
    guard number > floor, number <= tip else { return nil }
    let row = index.row(of: member)
    guard row >= 0, rows[row].stays.contains(number) else { return nil }
    if rows[row].read.contains(number) { return .read }
    return rows[row].delivered.contains(number) ? .delivered : .sent
  }

  /// All that a member is known to have got, or read, of what is not forgotten, and its own messages with it; `nil` if it has
  /// no row. Handed to `apply` elsewhere, it brings the same knowledge there.
  ///
  /// ```swift
  /// receipts.progress(.read, of: "bob")   // StreamProgress(through: 41, except: [17...18])
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public func progress(_ receipt: Receipt, of member: Member) -> StreamProgress? {
    let row = index.row(of: member)
    guard row >= 0 else { return nil }
    var progress = receipt == .read ? rows[row].read : rows[row].delivered
    if progress.through <= floor { return StreamProgress(epoch: epoch, through: 0) }
    progress.above = max(progress.above, floor)
    return progress.canonical
  }

  /// Whether somebody belongs to the conversation now.
  ///
  /// ```swift
  /// receipts.isMember("carol")   // false: she left
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public func isMember(_ member: Member) -> Bool {
    let row = index.row(of: member)
    return row >= 0 && rows[row].stays.isMember
  }

  /// The counts of a message as the rows have them, its author's among them.
  @inlinable
  func countRows(_ number: UInt64) -> RecentCounts.Slot {
    var slot = RecentCounts.Slot()
    for row in 0..<rows.count where rows[row].stays.contains(number) {
      slot.recipients &+= 1
      guard rows[row].delivered.contains(number) else { continue }
      slot.delivered &+= 1
      if rows[row].read.contains(number) { slot.read &+= 1 }
    }
    return slot
  }
}
