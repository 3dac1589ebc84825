/// What the receipts of one conversation may take. Every limit is finite by default.
///
/// ```swift
/// var configuration = ReceiptsConfiguration()
/// configuration.window = 64
/// var receipts = Receipts<UInt64>(configuration)
/// ```
public struct ReceiptsConfiguration: Sendable, Hashable {
  /// How many of the newest messages are counted as receipts come, so that asking about them is O(1); and how far above
  /// the newest one a receipt may reach. 256 covers what a screen shows and what is in flight.
  public var window = 256

  /// Most rows: members, those who left after messages that are still remembered, and strangers.
  public var memberLimit = 16_384

  /// Most rows of those who never were members, whose receipts wait for them to join.
  public var strangerLimit = 64

  /// Most holes in what one member got, and in what one member read. A sequencer's own progress has at most 16 at a time.
  public var rangeLimit = 64

  /// Most holes in all. What a member writes without reading what came before makes holes, too, and only this limits them.
  public var totalRangeLimit = 65_536

  /// Most stays of one member that are remembered, the present one among them; messages came between any two.
  public var stayLimit = 64

  /// - Complexity: O(1)
  public init() {}

  /// Traps on what only a programmer can have got wrong.
  @usableFromInline
  func check() {
    precondition(1...65_536 ~= window, "the window must be 1 to 65,536")
    precondition(0...(1 << 24) ~= memberLimit, "the member limit must be 0 to 16,777,216")
    precondition(strangerLimit >= 0, "the stranger limit must not be negative")
    precondition(rangeLimit >= 0, "the range limit must not be negative")
    precondition(totalRangeLimit >= 0, "the limit of all ranges must not be negative")
    precondition(stayLimit >= 1, "there must be room for one stay")
  }
}

/// How many holes there may be, in one set and in all, and how many there are.
@usableFromInline
struct RangeBudget {
  @usableFromInline let perSet: Int
  @usableFromInline let total: Int
  @usableFromInline var used = 0

  @usableFromInline
  init(_ configuration: ReceiptsConfiguration) {
    perSet = configuration.rangeLimit
    total = configuration.totalRangeLimit
  }

  /// The most holes that a set with `count` of them may come to have. What is trusted may use up what there is.
  @inlinable
  func limit(_ count: Int, trusted: Bool = false) -> Int {
    let limit = count &+ max(0, total &- used)
    return trusted ? limit : min(perSet, limit)
  }
}
