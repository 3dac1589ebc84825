/// How far a receiver has come in one epoch of a stream: what it has *emitted*, and may therefore acknowledge.
///
/// It claims every number of `above + 1 ... through` that is not in `except`. Numbers at or below `above` are claimed by
/// nobody: the ledger no longer knows which of them came out.
///
/// ```swift
/// let progress = sequencer.progress(of: "alice")!
/// progress.through           // 41
/// progress.except            // [17...18], skipped and not yet come late
/// progress.contains(17)      // false
/// ```
public struct StreamProgress: Sendable, Hashable {
  public var epoch: UInt32
  /// Numbers up to and including this one are not claimed. Usually 0.
  public var above: UInt64
  /// The last number claimed, unless it is in `except`; never below `above`.
  public var through: UInt64
  /// What was skipped between `above` and `through`: ascending, apart, never touching.
  public var except: [ClosedRange<UInt64>]

  /// - Complexity: O(1)
  public init(epoch: UInt32 = 0, above: UInt64 = 0, through: UInt64, except: [ClosedRange<UInt64>] = []) {
    self.epoch = epoch
    self.above = above
    self.through = through
    self.except = except
  }

  /// Whether this progress claims `number`.
  ///
  /// - Complexity: O(*k*) in the number of excepted ranges.
  public func contains(_ number: UInt64) -> Bool {
    number > above && number <= through && !except.contains { $0.contains(number) }
  }
}
