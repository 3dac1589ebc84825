/// What a member says about numbers of the conversation.
///
/// ```swift
/// receipts.apply(.read, 1...41, from: "bob")
/// ```
@frozen
public enum Receipt: Sendable, Hashable {
  /// They have reached the member.
  case delivered
  /// The member has seen them, so they were delivered, too.
  case read
}

/// What became of a receipt.
///
/// ```swift
/// if case .rejected(.tooManyRanges) = receipts.apply(.read, 9...9, from: "mallory") { … }
/// ```
@frozen
public enum ReceiptOutcome: Sendable, Hashable {
  /// All of it is known now, and some of it was not before. What lies above the tip waits for its message.
  case changed
  /// All of it was known already, or is of messages that were forgotten.
  case unchanged
  /// Some of it was new and is known now; the rest was refused.
  case partial(ReceiptRefusal)
  /// Nothing changed.
  case rejected(ReceiptRefusal)
}

/// Why a receipt was refused, or a part of it.
///
/// ```swift
/// receipts.apply(.read, 0...5, from: "mallory")   // .rejected(.invalid)
/// ```
@frozen
public enum ReceiptRefusal: Sendable, Hashable {
  /// Number 0, a number above 2⁵³ − 1, or a `StreamProgress` that is not valid.
  case invalid
  /// A progress of another epoch than the conversation's.
  case otherEpoch
  /// More than a window above the newest message.
  case beyondWindow
  /// It would take more ranges than one member, or all of them, may have.
  case tooManyRanges
  /// From somebody who never was a member, and there are as many of those as may be.
  case tooManyStrangers
}

/// What became of the announcement of a message.
///
/// ```swift
/// receipts.note(42, author: "alice")   // .noted
/// ```
@frozen
public enum NoteOutcome: Sendable, Hashable {
  /// It can be asked about now, and everything up to it.
  case noted
  /// Noted, but the limit of ranges is reached, so that who wrote it could not be kept: the author may count as one of
  /// the recipients, who has not got it; or, if no member wrote it, one recipient may be missing from its counts. Its
  /// status never claims too much. `forget(through:)` makes room.
  case approximate
  /// Not above the newest message: numbers only ascend. Nothing changed.
  case behind
  /// 0 or above 2⁵³ − 1. Nothing changed.
  case invalidNumber
}

/// What became of somebody joining.
///
/// ```swift
/// if case .joined(let first) = receipts.join("carol") { … }
/// ```
@frozen
public enum JoinOutcome: Sendable, Hashable {
  /// A recipient of every message from this number on. If no message came since the member left, that is where the
  /// earlier stay began, as if it had never ended.
  case joined(from: UInt64)
  /// A member already; nothing changed.
  case alreadyMember
  /// As many rows as may be. `forget(through:)` drops those who left before.
  case tooManyMembers
  /// Came and went as often as may be remembered, with messages in between. `forget(through:)` drops the earliest stays.
  case tooManyStays
}

/// What became of somebody leaving.
///
/// ```swift
/// if case .left(let last) = receipts.leave("carol") { … }
/// ```
@frozen
public enum LeaveOutcome: Sendable, Hashable {
  /// A recipient of messages up to this number, and not of later ones.
  case left(through: UInt64)
  /// Not a member now; nothing changed.
  case notMember
}

/// How many of a message's recipients have got it, and how many have seen it.
///
/// ```swift
/// let counts = receipts.counts(of: 41)!
/// print("delivered to \(counts.delivered) of \(counts.recipients), read by \(counts.read)")
/// ```
@frozen
public struct ReceiptCounts: Sendable, Hashable {
  /// Members at the time the message was sent, without its author.
  public var recipients: Int
  public var delivered: Int
  /// Never more than `delivered`.
  public var read: Int

  /// - Complexity: O(1)
  @inlinable
  public init(recipients: Int, delivered: Int, read: Int) {
    self.recipients = recipients
    self.delivered = delivered
    self.read = read
  }

  /// The least status over the recipients: what holds for all of them. Without a recipient it is `sent`.
  ///
  /// ```swift
  /// ReceiptCounts(recipients: 9, delivered: 9, read: 3).status   // delivered
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public var status: DeliveryStatus {
    if recipients == 0 || delivered < recipients { return .sent }
    return read < recipients ? .delivered : .read
  }
}
