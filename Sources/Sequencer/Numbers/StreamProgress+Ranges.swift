// Reading a progress by ranges, so that a claim of a million numbers costs what its few ranges cost.

extension StreamProgress {
  /// Whether this progress claims `number`.
  ///
  /// ```swift
  /// StreamProgress(through: 41, except: [17...18]).contains(17)   // false
  /// ```
  /// - Complexity: O(log *k*) in the number of excepted ranges.
  @inlinable
  public func contains(_ number: UInt64) -> Bool {
    guard number > above, number <= through else { return false }
    guard !except.isEmpty else { return true }
    let index = firstHole(endingAtOrAbove: number)
    return index == except.count || except[index].lowerBound > number
  }

  /// Visits what it claims within `bounds`, as the longest ranges, ascending.
  ///
  /// An outbox asks for what of its numbers in flight is now acknowledged:
  ///
  /// ```swift
  /// progress.forEachRange(in: 12...20) { settled in … }   // 12...16, then 19...20
  /// ```
  /// - Complexity: O(log *k* + *v*) in the number of excepted ranges, and of those visited.
  @inlinable
  public func forEachRange(in bounds: ClosedRange<UInt64>, _ body: (ClosedRange<UInt64>) -> Void) {
    guard above < through else { return }
    var next = max(bounds.lowerBound, above &+ 1)
    let last = min(bounds.upperBound, through)
    guard next <= last else { return }
    var index = firstHole(endingAtOrAbove: next)
    while index < except.count, except[index].lowerBound <= last {
      let hole = except[index]
      if next < hole.lowerBound { body(next...(hole.lowerBound &- 1)) }
      guard hole.upperBound < last else { return }
      next = hole.upperBound &+ 1
      index += 1
    }
    body(next...last)
  }

  /// Visits what it does not claim within `bounds`, as the longest ranges, ascending.
  ///
  /// ```swift
  /// progress.forEachGap(in: 12...50) { open in … }   // 17...18, then 42...50
  /// ```
  /// - Complexity: O(log *k* + *v*) in the number of excepted ranges, and of those visited.
  @inlinable
  public func forEachGap(in bounds: ClosedRange<UInt64>, _ body: (ClosedRange<UInt64>) -> Void) {
    var next = bounds.lowerBound
    var isDone = false
    forEachRange(in: bounds) { range in
      if next < range.lowerBound { body(next...(range.lowerBound &- 1)) }
      isDone = range.upperBound == bounds.upperBound
      next = range.upperBound &+ 1
    }
    if !isDone { body(next...bounds.upperBound) }
  }

  /// Visits what it claims and `known` does not, ascending: the news in it. The epochs are not compared.
  ///
  /// ```swift
  /// StreamProgress(through: 9).forEachRange(notIn: StreamProgress(through: 7, except: [3...4])) { … }   // 3...4, then 8...9
  /// ```
  /// - Complexity: O(*k* · log *m* + *v*) in the number of ranges here, in `known`, and of those visited.
  @inlinable
  public func forEachRange(notIn known: StreamProgress, _ body: (ClosedRange<UInt64>) -> Void) {
    guard above < through else { return }
    forEachRange(in: (above &+ 1)...through) { known.forEachGap(in: $0, body) }
  }

  /// The index of the first excepted range that does not end below `number`; their count if there is none.
  @usableFromInline
  func firstHole(endingAtOrAbove number: UInt64) -> Int {
    var low = 0
    var high = except.count
    while low < high {
      let middle = (low + high) >> 1
      if except[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
