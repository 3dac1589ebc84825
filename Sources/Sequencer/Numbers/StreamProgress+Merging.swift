// Growing. Every change is a union, so the order in which acknowledgements and receipts arrive does not matter, nor how
// often they do. Only a limit of excepted ranges ("holes") can turn something away.

/// What became of an addition to a ``StreamProgress``.
///
/// ```swift
/// if case .limited = progress.merge(news, limit: 16) { … }   // the sender will have to say it again
/// ```
@frozen
public enum ProgressOutcome: Sendable, Hashable {
  /// All of it is claimed now, and some of it was not before.
  case grown
  /// All of it was claimed already.
  case unchanged
  /// Some of it was refused, because it would have needed more holes than the limit allows. The rest is claimed now.
  case limited
  /// It belongs to another epoch; nothing changed.
  case otherEpoch
  /// It is not valid, see ``StreamProgress/isValid``; nothing changed.
  case invalid
}

extension StreamProgress {
  /// Claims what `other` claims, too: the union. Without reaching the limit it is commutative, associative and
  /// idempotent.
  ///
  /// At the limit, known numbers stay claimed and new ones may be refused: the ranges that `other` claims are taken one
  /// by one, ascending, and one that would add a hole beyond the limit is left out whole. One that touches or overlaps
  /// what is claimed adds none (unless it lies within a single hole, touching neither end), so it is always taken. What
  /// was refused can be said again once holes have filled.
  ///
  /// ```swift
  /// var progress = StreamProgress(through: 4)
  /// progress.merge(StreamProgress(above: 6, through: 9))   // .grown
  /// progress                                         // StreamProgress(through: 9, except: [5...6])
  /// ```
  /// - Complexity: O(*m* · (log *k* + *h*)) in the number of ranges of `other`, of excepted ranges here, and of those that
  ///   have to move for it; O(1) for a receiver that goes on in order.
  @inlinable
  @discardableResult
  public mutating func merge(_ other: StreamProgress, limit: Int = StreamProgress.defaultLimit) -> ProgressOutcome {
    guard other.epoch == epoch else { return .otherEpoch }
    guard other.isValid else { return .invalid }
    guard other.above < other.through else { return .unchanged }
    var result = ProgressOutcome.unchanged
    other.forEachRange(in: (other.above &+ 1)...other.through) { range in
      switch insert(range, limit: limit) {
      case .limited: result = .limited
      case .grown: if result == .unchanged { result = .grown }
      default: break
      }
    }
    return result
  }

  /// Claims one number.
  ///
  /// - Complexity: O(1) for the next number, else O(log *k* + *h*) in the number of holes, and of those that have to move.
  @inlinable
  @discardableResult
  public mutating func insert(_ number: UInt64, limit: Int = StreamProgress.defaultLimit) -> ProgressOutcome {
    insert(number...number, limit: limit)
  }

  /// Claims a range of numbers, all of it or nothing.
  ///
  /// ```swift
  /// var progress = StreamProgress(through: 4)
  /// progress.insert(7...9)            // .grown: 5 and 6 are a hole
  /// progress.insert(6...6, limit: 0)  // .grown: it fills a hole in part
  /// progress.insert(11, limit: 0)     // .limited
  /// ```
  /// - Complexity: O(1) at the end, else O(log *k* + *h*) in the number of holes, and of those that have to move.
  @inlinable
  @discardableResult
  public mutating func insert(
    _ range: ClosedRange<UInt64>, limit: Int = StreamProgress.defaultLimit
  ) -> ProgressOutcome {
    insert(range, limit: limit) { _ in }
  }

  /// Claims a range of numbers, all of it or nothing, and visits what was not claimed before, ascending.
  ///
  /// ```swift
  /// progress.insert(1...9) { news in count += news.upperBound - news.lowerBound + 1 }
  /// ```
  /// - Complexity: O(1) at the end, else O(log *k* + *h*) in the number of holes, and of those that have to move.
  @inlinable
  @discardableResult
  public mutating func insert(
    _ range: ClosedRange<UInt64>, limit: Int = StreamProgress.defaultLimit, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    guard continues(with: range) else { return insertAnywhere(range, limit: limit, news) }
    guard range.upperBound > through else { return .unchanged }
    guard range.upperBound <= Position.lastNumber else { return .invalid }
    let new = (through &+ 1)...range.upperBound
    through = range.upperBound
    news(new)
    return .grown
  }

  /// Whether a range starts within the last run of claimed numbers or right behind it, as it does for whoever goes on in
  /// order: then no hole is concerned, and `through` becomes its end, if that is higher.
  ///
  /// - Complexity: O(1)
  @inlinable @inline(__always)
  package func continues(with range: ClosedRange<UInt64>) -> Bool {
    let lowest = except.isEmpty ? above : except[except.count &- 1].upperBound
    return range.lowerBound > lowest && range.lowerBound <= through &+ 1 && above < through
  }

  @inline(never)
  @usableFromInline
  mutating func insertAnywhere(
    _ range: ClosedRange<UInt64>, limit: Int, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    let (first, last) = (range.lowerBound, range.upperBound)
    guard first > 0, last <= Position.lastNumber else { return .invalid }
    canonicalize()
    if above == through {
      (above, through) = (first &- 1, last)
      news(range)
      return .grown
    }
    // Apart from all that is claimed, above or below it: one hole more.
    if first > through &+ 1 || last < above {
      guard except.count < limit else { return .limited }
      if last < above {
        except.insert((last &+ 1)...above, at: 0)
        above = first &- 1
      } else {
        except.append((through &+ 1)...(first &- 1))
        through = last
      }
      news(range)
      return .grown
    }
    let index = firstHole(endingAtOrAbove: first)
    if index < except.count, except[index].lowerBound < first, last < except[index].upperBound {
      // Within one hole, which becomes two.
      guard except.count < limit else { return .limited }
      let hole = except[index]
      except[index] = hole.lowerBound...(first &- 1)
      except.insert((last &+ 1)...hole.upperBound, at: index + 1)
      news(range)
      return .grown
    }
    return fill(range, from: index, news)
  }

  /// Claims a range that adds no hole: it lengthens what is claimed at either end, and fills or shortens the holes from
  /// `index` on that it meets.
  @usableFromInline
  mutating func fill(
    _ range: ClosedRange<UInt64>, from index: Int, _ news: (ClosedRange<UInt64>) -> Void
  ) -> ProgressOutcome {
    let (first, last) = (range.lowerBound, range.upperBound)
    var grown = false
    if first <= above {
      news(first...above)
      above = first &- 1
      grown = true
    }
    var kept = index
    var next = index
    while next < except.count, except[next].lowerBound <= last {
      let hole = except[next]
      news(max(hole.lowerBound, first)...min(hole.upperBound, last))
      grown = true
      next += 1
      if hole.lowerBound < first {
        except[kept] = hole.lowerBound...(first &- 1)
        kept += 1
      } else if hole.upperBound > last {
        except[kept] = (last &+ 1)...hole.upperBound
        kept += 1
      }
    }
    if kept < next { except.removeSubrange(kept..<next) }
    if last > through {
      news((through &+ 1)...last)
      through = last
      grown = true
    }
    return grown ? .grown : .unchanged
  }
}
