public import Sequencer

extension Receipts {
  /// Enters what a member says of a range of numbers.
  ///
  /// Above the newest message a receipt waits for its message, at most one window ahead; the part beyond that is refused.
  /// Receipts of somebody who is no member are kept, too, in a row of its own, and count once it joins.
  ///
  /// ```swift
  /// receipts.apply(.read, 1...41, from: "bob")     // .changed
  /// receipts.apply(.delivered, 9...9, from: "bob") // .unchanged
  /// ```
  /// - Complexity: O(1) in order, else O(log *k* + *h*) in the member's holes, and those that have to move. In a conversation
  ///   of more than eight, one addition for each recent message that it is news for, so at most two windows of them.
  @inlinable
  @discardableResult
  public mutating func apply(_ receipt: Receipt, _ range: ClosedRange<UInt64>, from member: Member) -> ReceiptOutcome {
    apply(receipt, range, from: member) { _ in }
  }

  /// Enters what a member says of a range of numbers, and visits those that are news: their counts may have changed. The
  /// visited ranges may reach above the newest message, and below what was forgotten they do not.
  ///
  /// ```swift
  /// receipts.apply(.read, 1...41, from: "bob") { news in … }   // 40...41
  /// ```
  /// - Complexity: as without a closure.
  @inlinable
  @discardableResult
  public mutating func apply(
    _ receipt: Receipt, _ range: ClosedRange<UInt64>, from member: Member, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ReceiptOutcome {
    guard range.lowerBound > 0, range.upperBound <= Position.lastNumber else { return .rejected(.invalid) }
    guard range.lowerBound <= recent.last else { return .rejected(.beyondWindow) }
    guard range.upperBound > floor else { return .unchanged }
    let row = rowOrStranger(member)
    guard row >= 0 else { return .rejected(.tooManyStrangers) }
    let known = max(range.lowerBound, floor &+ 1)...min(range.upperBound, recent.last)
    let outcome = rows[row].claim(receipt, known, &recent, &budget, news)
    if known.upperBound == range.upperBound, outcome != .limited { return outcome == .grown ? .changed : .unchanged }
    let refusal: ReceiptRefusal = outcome == .limited ? .tooManyRanges : .beyondWindow
    return outcome == .grown ? .partial(refusal) : .rejected(refusal)
  }

  /// Enters a member's whole progress, as a device or another server reports it.
  ///
  /// ```swift
  /// receipts.apply(.delivered, StreamProgress(through: 41, except: [17...18]), from: "bob")
  /// ```
  /// - Complexity: that of its ranges one by one.
  @inlinable
  @discardableResult
  public mutating func apply(_ receipt: Receipt, _ progress: StreamProgress, from member: Member) -> ReceiptOutcome {
    apply(receipt, progress, from: member) { _ in }
  }

  /// Enters a member's whole progress, and visits the numbers that are news.
  ///
  /// - Complexity: that of its ranges one by one.
  @inlinable
  @discardableResult
  public mutating func apply(
    _ receipt: Receipt, _ progress: StreamProgress, from member: Member, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ReceiptOutcome {
    guard progress.epoch == epoch else { return .rejected(.otherEpoch) }
    guard progress.except.count <= configuration.rangeLimit else { return .rejected(.tooManyRanges) }
    guard progress.isValid else { return .rejected(.invalid) }
    guard progress.above < progress.through, progress.through > floor else { return .unchanged }
    guard progress.above < recent.last else { return .rejected(.beyondWindow) }
    let row = rowOrStranger(member)
    guard row >= 0 else { return .rejected(.tooManyStrangers) }
    var change = ReceiptChange()
    progress.forEachRange(in: (progress.above &+ 1)...progress.through) { enter(receipt, $0, row, &change, news) }
    return change.outcome
  }

  @inlinable @inline(__always)
  mutating func enter(
    _ receipt: Receipt, _ range: ClosedRange<UInt64>, _ row: Int, _ change: inout ReceiptChange,
    _ news: (ClosedRange<UInt64>) -> Void
  ) {
    // Both are at most 2⁵³ + 65,536.
    let first = max(range.lowerBound, floor &+ 1)
    let last = min(range.upperBound, recent.last)
    if last < range.upperBound { change.refusal = .beyondWindow }
    guard first <= last else { return }
    switch rows[row].claim(receipt, first...last, &recent, &budget, news) {
    case .grown: change.isChanged = true
    case .limited: change.refusal = .tooManyRanges
    default: break
    }
  }

  /// The row of a member, or a new one for a stranger; negative if there may be no more of those.
  @inlinable @inline(__always)
  mutating func rowOrStranger(_ member: Member) -> Int {
    let row = index.row(of: member)
    return row >= 0 ? row : addStranger(member)
  }

  @inlinable @inline(never)
  mutating func addStranger(_ member: Member) -> Int {
    strangers < configuration.strangerLimit ? addRow(member) : -1
  }
}

/// What several ranges of one receipt came to.
@usableFromInline
struct ReceiptChange {
  @usableFromInline var isChanged = false
  @usableFromInline var refusal: ReceiptRefusal?

  @inlinable
  init() {}

  @inlinable
  var outcome: ReceiptOutcome {
    guard let refusal else { return isChanged ? .changed : .unchanged }
    return isChanged ? .partial(refusal) : .rejected(refusal)
  }
}
