public import Sequencer

/// Who has got and who has seen the messages of one conversation, of two or of thousands.
///
/// Two sets are kept for each member, of what was delivered and of what was read, in the numbers of the conversation. Read
/// implies delivered; neither claims what was lost. From them comes the status of any message towards one member or all of
/// them, and how many have got it. A member counts for the messages sent while it belonged to the conversation, and its own
/// excepted.
///
/// ```swift
/// var receipts = Receipts<String>(members: ["alice", "bob", "carol"])
/// receipts.note(1, author: "alice")
/// receipts.apply(.read, 1...1, from: "bob")
/// receipts.counts(of: 1)          // of 2 recipients, delivered to 1, read by 1
/// receipts.apply(.delivered, 1...1, from: "carol")
/// receipts.status(of: 1)          // delivered
/// ```
///
/// Receipts may come before their message, repeatedly and in any order; the result is the same, as long as no limit is met.
/// A new epoch of the conversation is a new value.
///
/// Memory, for names of *m* bytes: 80 + *m* bytes a row, and as much again for room to grow; 16 a hole in what a member got or
/// read, or a stay that ended, and 48 for the first of a set; and in a conversation of more than eight, 8 to 24 more a row, and
/// 24 to 48 · `window`. Nothing grows while members get, read and write in order. What a member writes without reading what
/// came before is a hole each time, until ``forget(through:)``.
public struct Receipts<Member: StreamKey>: ~Copyable {
  @usableFromInline var index: MemberIndex<Member>
  @usableFromInline var rows = MemberRows()
  @usableFromInline var recent: RecentCounts
  @usableFromInline var budget: RangeBudget
  /// The messages that no member wrote; of all others, one row that has them is their author's.
  @usableFromInline var unauthored: StreamProgress
  /// Numbers up to here are forgotten.
  @usableFromInline var floor: UInt64
  @usableFromInline var active = 0
  @usableFromInline var strangers = 0
  @usableFromInline let configuration: ReceiptsConfiguration

  /// The epoch of the conversation's numbers.
  public let epoch: UInt32

  /// Creates the receipts of a conversation whose newest message is `through`; what came before is not asked about.
  ///
  /// - Parameter members: recipients from the next number on. Those above the limit of members, or named twice, are left out.
  /// - Parameter hashSeed: keys the hashing of names. It changes no result, only who can predict collisions.
  /// - Precondition: the window is 1 … 65,536, the member limit at most 2²⁴, there is room for one stay, and no limit is
  ///   negative.
  /// - Complexity: O(*n*) in the number of members.
  @inlinable
  public init(
    _ configuration: ReceiptsConfiguration = ReceiptsConfiguration(), epoch: UInt32 = 0, through: UInt64 = 0,
    members: [Member] = [], hashSeed: UInt64
  ) {
    configuration.check()
    precondition(through <= Position.lastNumber, "the newest message is numbered 0 to 2^53 - 1")
    self.configuration = configuration
    self.epoch = epoch
    index = MemberIndex(seed: hashSeed)
    recent = RecentCounts(window: configuration.window, tip: through)
    budget = RangeBudget(configuration)
    unauthored = StreamProgress(epoch: epoch, through: 0)
    floor = through
    for member in members { join(member) }
  }

  /// Creates them with a hash seed from the system's random numbers.
  ///
  /// - Precondition: as for `init(_:epoch:through:members:hashSeed:)`.
  /// - Complexity: O(*n*) in the number of members.
  @inlinable
  public init(
    _ configuration: ReceiptsConfiguration = ReceiptsConfiguration(), epoch: UInt32 = 0, through: UInt64 = 0,
    members: [Member] = []
  ) {
    self.init(configuration, epoch: epoch, through: through, members: members, hashSeed: .random(in: 0 ... .max))
  }

  /// The newest message noted.
  ///
  /// - Complexity: O(1)
  @inlinable public var tip: UInt64 { recent.tip }

  /// Messages up to this one are forgotten.
  ///
  /// - Complexity: O(1)
  @inlinable public var forgotten: UInt64 { floor }

  /// How many belong to the conversation now.
  ///
  /// - Complexity: O(1)
  @inlinable public var memberCount: Int { active }

  /// Rows kept: members, those who left, and strangers whose receipts wait for them to join.
  ///
  /// - Complexity: O(1)
  @inlinable public var rowCount: Int { rows.count }

  /// Holes kept, in all.
  ///
  /// - Complexity: O(1)
  @inlinable public var rangeCount: Int { budget.used }
}

extension Receipts: @unchecked Sendable where Member: Sendable {}
