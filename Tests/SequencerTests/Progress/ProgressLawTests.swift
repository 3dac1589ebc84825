import Sequencer
import Testing

/// The laws of ``StreamProgress`` against sets of numbers, over every progress of a universe of six numbers.
@Suite struct ProgressLawTests {
  static let universe: UInt64 = 6
  /// Every valid progress over the universe, canonical or not.
  static let all = everyProgress(through: universe)
  /// The canonical ones: one for each subset.
  static let canonical = (0..<UInt64(1) << universe).map { bits in
    progress(of: Set((1...universe).filter { bits & 1 << ($0 - 1) != 0 }))
  }

  @Test func everyValidOneHasOneCanonicalForm() {
    #expect(Set(Self.canonical).count == 64)
    for progress in Self.all {
      let form = progress.canonical
      #expect(form.isValid && form.canonical == form)
      #expect(form == canonicalForm(of: numbers(of: progress)))
      #expect(progress.isEmpty == numbers(of: progress).isEmpty)
    }
    #expect(Set(Self.all.map(\.canonical)) == Set(Self.canonical))
  }

  @Test func containsAndVisitsWhatTheSetHolds() {
    for progress in Self.all {
      let set = numbers(of: progress)
      for number in 0...Self.universe + 2 { #expect(progress.contains(number) == set.contains(number)) }
      for first in 0...Self.universe + 2 {
        for last in first...Self.universe + 2 {
          var (claimed, gaps): ([ClosedRange<UInt64>], [ClosedRange<UInt64>]) = ([], [])
          progress.forEachRange(in: first...last) { claimed.append($0) }
          progress.forEachGap(in: first...last) { gaps.append($0) }
          #expect(claimed == runs(set.filter { (first...last).contains($0) }))
          #expect(gaps == runs(Set(first...last).subtracting(set)))
        }
      }
    }
  }

  @Test func mergingIsUnion() {
    for left in Self.all {
      for right in Self.canonical {
        var merged = left
        let outcome = merged.merge(right)
        let (before, news) = (numbers(of: left), numbers(of: right))
        #expect(outcome == (news.isSubset(of: before) ? .unchanged : .grown))
        #expect(merged.canonical == progress(of: before.union(news)))
        var others: [ClosedRange<UInt64>] = []
        right.forEachRange(notIn: left) { others.append($0) }
        #expect(Set(others.joined()) == news.subtracting(before))
      }
    }
  }

  @Test func mergingIsCommutativeAssociativeAndIdempotent() {
    func union(_ left: StreamProgress, _ right: StreamProgress) -> StreamProgress {
      var result = left
      result.merge(right)
      return result
    }
    for left in Self.canonical {
      #expect(union(left, left) == left)
      for middle in Self.canonical {
        let both = union(left, middle)
        #expect(both == union(middle, left))
        for right in Self.canonical.indices where right % 3 == 0 {
          #expect(union(both, Self.canonical[right]) == union(left, union(middle, Self.canonical[right])))
        }
      }
    }
  }

  @Test func insertingVisitsExactlyTheNews() {
    for progress in Self.all {
      let set = numbers(of: progress)
      for first in 1...Self.universe + 2 {
        for last in first...Self.universe + 2 {
          var copy = progress
          var news: [ClosedRange<UInt64>] = []
          let outcome = copy.insert(first...last) { news.append($0) }
          #expect(news == runs(Set(first...last).subtracting(set)))
          #expect(outcome == (news.isEmpty ? .unchanged : .grown))
          #expect(copy.isValid && copy.canonical == canonicalForm(of: set.union(first...last)))
        }
      }
    }
  }

  @Test func atTheLimitNothingKnownShrinksAndTheRuleHolds() {
    for limit in 0...2 {
      for left in Self.canonical {
        for right in Self.canonical {
          var merged = left
          let outcome = merged.merge(right, limit: limit)
          // The rule in words: range by range, ascending; left out if it would make one hole more than the limit.
          var expected = numbers(of: left)
          var wasLimited = false
          for range in runs(numbers(of: right)) {
            let after = expected.union(range)
            if holes(after) > limit, holes(after) > holes(expected) { wasLimited = true } else { expected = after }
          }
          #expect(merged == progress(of: expected))
          #expect((outcome == .limited) == wasLimited)
          #expect(expected.isSuperset(of: numbers(of: left)))
        }
      }
    }
  }
}

/// Every valid progress with `through` at most the given number.
private func everyProgress(through universe: UInt64) -> [StreamProgress] {
  var result: [StreamProgress] = []
  for through in 0...universe {
    for above in 0...through {
      for bits in 0..<UInt64(1) << (through - above) {
        let open = Set((0..<through - above).filter { bits & 1 << $0 != 0 }.map { above + 1 + $0 })
        result.append(StreamProgress(above: above, through: through, except: runs(open)))
      }
    }
  }
  return result
}

private func numbers(of progress: StreamProgress) -> Set<UInt64> {
  guard progress.above < progress.through else { return [] }
  return Set((progress.above + 1)...progress.through).subtracting(progress.except.joined())
}

private func progress(of set: Set<UInt64>) -> StreamProgress {
  guard let first = set.min(), let last = set.max() else { return StreamProgress(through: 0) }
  return StreamProgress(above: first - 1, through: last, except: runs(Set(first...last).subtracting(set)))
}

/// Under another name, where a loop's variable has taken that one.
private func canonicalForm(of set: Set<UInt64>) -> StreamProgress { progress(of: set) }

private func runs(_ set: Set<UInt64>) -> [ClosedRange<UInt64>] {
  var result: [ClosedRange<UInt64>] = []
  for number in set.sorted() {
    if let last = result.last, last.upperBound + 1 == number {
      result[result.count - 1] = last.lowerBound...number
    } else {
      result.append(number...number)
    }
  }
  return result
}

private func holes(_ set: Set<UInt64>) -> Int { progress(of: set).except.count }
