/// How far a receiver has come in one epoch of a stream: what it has *emitted*, and may therefore acknowledge. Receipts
/// have the same shape: what was delivered to a member of a conversation, and what was read.
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
///
/// What a peer sent is checked once: by ``isValid``, by the failing initialiser, or by ``merge(_:limit:)``. The other methods
/// expect a valid progress.
public struct StreamProgress: Sendable, Hashable {
  public var epoch: UInt32
  /// Numbers up to and including this one are not claimed. Usually 0.
  public var above: UInt64
  /// The last number claimed, unless it is in `except`; never below `above`.
  public var through: UInt64
  /// What was skipped between `above` and `through`: ascending, apart, never touching.
  public var except: [ClosedRange<UInt64>]

  /// - Complexity: O(1)
  @inlinable
  public init(epoch: UInt32 = 0, above: UInt64 = 0, through: UInt64, except: [ClosedRange<UInt64>] = []) {
    self.epoch = epoch
    self.above = above
    self.through = through
    self.except = except
  }
}

extension StreamProgress {
  /// The most excepted ranges that a progress has unless its owner allows another number: four times the ledger of a
  /// sequencer, whose own progress therefore always fits, and 1 KiB.
  @inlinable public static var defaultLimit: Int { 64 }

  /// What a peer sent, or nil if it is no progress: numbers beyond 2⁵³ − 1, ranges upside down, out of order, touching or
  /// out of bounds, or more than `limit` of them. The ranges come as pairs, because a `ClosedRange` upside down traps.
  ///
  /// ```swift
  /// StreamProgress(validating: [(17, 18)], through: 41)   // StreamProgress(through: 41, except: [17...18])
  /// StreamProgress(validating: [(18, 17)], through: 41)   // nil
  /// ```
  /// - Complexity: O(*k*) in the number of pairs, at most O(`limit`).
  public init?(
    validating pairs: [(first: UInt64, last: UInt64)], epoch: UInt32 = 0, above: UInt64 = 0, through: UInt64,
    limit: Int = StreamProgress.defaultLimit
  ) {
    guard pairs.count <= limit, pairs.allSatisfy({ $0.first <= $0.last }) else { return nil }
    self.init(epoch: epoch, above: above, through: through, except: pairs.map { $0.first...$0.last })
    guard isValid else { return nil }
  }

  /// Whether it keeps what its properties promise: `above <= through`, none beyond 2⁵³ − 1, and the excepted ranges
  /// between them, ascending and apart.
  ///
  /// ```swift
  /// StreamProgress(through: 9, except: [4...5, 6...6]).isValid   // false: they touch
  /// ```
  /// - Complexity: O(*k*) in the number of excepted ranges; look at their count first.
  @inlinable
  public var isValid: Bool {
    guard above <= through, through <= Position.lastNumber else { return false }
    var next = above &+ 1
    for range in except {
      guard range.lowerBound >= next, range.upperBound <= through else { return false }
      next = range.upperBound &+ 2
    }
    return true
  }

  /// Whether it claims no number at all.
  ///
  /// ```swift
  /// StreamProgress(through: 2, except: [1...2]).isEmpty   // true
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public var isEmpty: Bool {
    guard above < through else { return true }
    guard let first = except.first else { return false }
    return first.lowerBound <= above &+ 1 && first.upperBound >= through
  }

  /// The one form among all those that claim the same numbers: the lowest claimed number is `above + 1`, the highest is
  /// `through`, and the empty one is `0 ... 0`. So two canonical ones are equal if they claim the same.
  ///
  /// What was skipped below the first or above the last claimed number is no longer told apart from what is unknown.
  ///
  /// ```swift
  /// StreamProgress(through: 6, except: [1...2, 5...6]).canonical   // StreamProgress(above: 2, through: 4)
  /// ```
  /// - Complexity: O(1) if it is canonical already, as whatever has grown by `insert` or `merge` is; else O(*k*).
  @inlinable
  public var canonical: StreamProgress {
    var result = self
    result.canonicalize()
    return result
  }

  /// Gives it its ``canonical`` form.
  ///
  /// - Complexity: O(1) if it has it already, else O(*k*) in the number of excepted ranges.
  @inlinable
  public mutating func canonicalize() {
    if let last = except.last, last.upperBound >= through {
      through = last.lowerBound &- 1
      except.removeLast()
    }
    if let first = except.first, first.lowerBound <= above &+ 1 {
      above = first.upperBound
      except.removeFirst()
    }
    if above >= through { (above, through) = (0, 0) }
  }
}
