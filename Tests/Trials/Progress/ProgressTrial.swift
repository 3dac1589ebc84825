package import Choosing
import Sequencer

/// A progress beside a set of numbers, in a universe of 64: what peers claim is merged, within a limit of holes, or refused
/// because nobody can have claimed it.
package struct ProgressTrial: Trial {
  package static let name = "progress"

  /// What lies below the universe's first number, which is bit 0.
  private let origin: UInt64
  private let limit: Int
  private var progress: StreamProgress
  private var model = Numbers()

  package static func play(_ choices: inout Choices) -> String? {
    var trial = ProgressTrial(&choices)
    return repeated(200, &choices) { trial.step(&$0) }
  }

  private init(_ choices: inout Choices) {
    origin = choices.pick([0, 0, 1 << 32 - 9, Position.lastNumber - 64])
    limit = choices.pick([64, 64, 0, 1, 2, 5])
    progress = StreamProgress(epoch: UInt32(choices.upTo(1)), through: 0)
  }

  private mutating func step(_ choices: inout Choices) -> String? {
    let before = progress
    switch choices.below(10) {
    case 0..<4:
      let range = range(&choices)
      let news = model.insert(range, limit: limit)
      var heard: [ClosedRange<UInt64>] = []
      let outcome = progress.insert(number(range.lowerBound)...number(range.upperBound), limit: limit) {
        heard.append($0)
      }
      if outcome != (news.map { $0.bits == 0 ? .unchanged : .grown } ?? .limited) || numbers(heard) != news ?? Numbers()
      {
        return "insert \(range) into \(before): \(outcome)"
      }
    case 4..<8: if let complaint = merge(&choices) { return "\(before): \(complaint)" }
    case 8: if let complaint = ask(range(&choices)) { return "\(before): \(complaint)" }
    default:
      // A number that there is not.
      let outcome = progress.insert(
        choices.pick([0...0, 0...1, 1...Position.lastNumber + 1, 1...UInt64.max]), limit: limit)
      if outcome != .invalid { return "nonsense was taken" }
    }
    if !progress.isValid || progress.canonical != expected { return "\(before) became \(progress), not \(expected)" }
    return nil
  }

  /// The one canonical form of the model's numbers.
  private var expected: StreamProgress {
    let runs = model.runs
    guard let first = runs.first, let last = runs.last else {
      return StreamProgress(epoch: progress.epoch, through: 0)
    }
    let holes = zip(runs, runs.dropFirst()).map { number($0.upperBound + 1)...number($1.lowerBound - 1) }
    return StreamProgress(
      epoch: progress.epoch, above: number(first.lowerBound) - 1, through: number(last.upperBound), except: holes)
  }

  /// Somebody's claim, which may contradict itself.
  private mutating func merge(_ choices: inout Choices) -> String? {
    var other = StreamProgress(epoch: progress.epoch, above: 0, through: 0)
    if choices.chance(5) { other.epoch &+= 1 }
    let bounds = range(&choices)
    (other.above, other.through) = (number(bounds.lowerBound) - 1, number(bounds.upperBound))
    if choices.chance(3) { other.through = choices.pick([Position.lastNumber + 1, .max, 0]) }
    var isValid = other.above <= other.through && other.through <= Position.lastNumber
    var claimed = Numbers(bounds)
    var free = other.above + 1
    var next = bounds.lowerBound
    while next <= bounds.upperBound, other.except.count < 12, choices.chance(70) {
      let first = next + choices.below(5)
      let hole = first...first + choices.below(3)
      other.except.append(number(hole.lowerBound)...number(hole.upperBound))
      isValid = isValid && number(hole.lowerBound) >= free && number(hole.upperBound) <= other.through
      claimed.bits &= ~Numbers(hole).bits
      free = number(hole.upperBound) + 2
      next = hole.upperBound + (choices.chance(90) ? 2 : choices.below(3))
    }
    if other.isValid != isValid { return "isValid of \(other) is \(other.isValid)" }
    let outcome = progress.merge(other, limit: limit)
    if other.epoch != progress.epoch { return outcome == .otherEpoch ? nil : "merge \(other): \(outcome)" }
    if !isValid { return outcome == .invalid ? nil : "merge \(other): \(outcome)" }
    if other.above == other.through { claimed = Numbers() }

    let before = model
    var isLimited = false
    for run in claimed.runs where model.insert(run, limit: limit) == nil { isLimited = true }
    let expected: ProgressOutcome = isLimited ? .limited : model == before ? .unchanged : .grown
    return outcome == expected ? nil : "merge \(other): \(outcome), not \(expected)"
  }

  private func ask(_ range: ClosedRange<Int>) -> String? {
    let asked = number(range.lowerBound)...number(range.upperBound)
    var (claimed, gaps): ([ClosedRange<UInt64>], [ClosedRange<UInt64>]) = ([], [])
    progress.forEachRange(in: asked) { claimed.append($0) }
    progress.forEachGap(in: asked) { gaps.append($0) }
    let all = Numbers(range).bits
    let isRight = numbers(claimed).bits == all & model.bits && numbers(gaps).bits == all & ~model.bits
    if !isRight { return "ranges in \(asked)" }
    return progress.contains(asked.lowerBound) == model.contains(range.lowerBound) ? nil : "contains"
  }

  private func range(_ choices: inout Choices) -> ClosedRange<Int> {
    let first = choices.below(64)
    return first...first + choices.below(min(64 - first, choices.pick([1, 4, 64])))
  }

  private func number(_ bit: Int) -> UInt64 { origin + 1 + UInt64(bit) }

  private func numbers(_ ranges: [ClosedRange<UInt64>]) -> Numbers {
    var numbers = Numbers()
    for range in ranges {
      numbers.bits |= Numbers(Int(range.lowerBound - origin - 1)...Int(range.upperBound - origin - 1)).bits
    }
    return numbers
  }
}

/// A set of 64 numbers, as bits.
private struct Numbers: Equatable {
  var bits: UInt64 = 0

  init() {}

  init(_ range: ClosedRange<Int>) {
    for bit in range where bit < 64 { bits |= 1 << UInt64(bit) }
  }

  func contains(_ bit: Int) -> Bool { bits & 1 << UInt64(bit) != 0 }

  /// Ascending and apart.
  var runs: [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for bit in 0..<64 where contains(bit) {
      if let last = runs.last, last.upperBound == bit - 1 {
        runs[runs.count - 1] = last.lowerBound...bit
      } else {
        runs.append(bit...bit)
      }
    }
    return runs
  }

  private var holes: Int { max(0, runs.count - 1) }

  /// What was news; nil if it would make more holes than the limit, and than there are.
  mutating func insert(_ range: ClosedRange<Int>, limit: Int) -> Numbers? {
    var grown = self
    grown.bits |= Numbers(range).bits
    if grown.holes > limit, grown.holes > holes { return nil }
    defer { self = grown }
    var news = Numbers()
    news.bits = grown.bits & ~bits
    return news
  }
}
