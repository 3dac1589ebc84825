internal import Choosing

/// What decides in an execution wherever the model leaves something open: who runs next, and what a load returns.
///
/// The first answer is always the tame one: the thread goes on, the load returns the newest value.
final class Decisions {
  /// What is being decided: random executions favour the tame answer differently.
  enum Question {
    case preemption, successor, store
  }

  private enum Source {
    case path
    case random(SplitMix64)
  }

  private struct Choice {
    var taken: Int
    var count: Int
  }

  private var path: [Choice] = []
  private var position = 0
  private var source = Source.path
  /// Whether a question had another number of answers than when the same path was walked before, or was not asked again.
  var hasDiverged: Bool { hasOtherAnswers || position < path.count }
  private var hasOtherAnswers = false

  /// Begins a walk of the whole tree.
  init() {}

  /// Walks one path, as a failure printed it.
  init(replaying description: some StringProtocol) {
    path = description.split(separator: ".").map { Choice(taken: Int($0) ?? 0, count: 0) }
  }

  init(seed: UInt64) { source = .random(SplitMix64(seed: seed)) }

  func choose(_ count: Int, _ question: Question) -> Int {
    if count == 1 { return 0 }
    if case .random(var generator) = source {
      let taken = generator.answer(count, question)
      source = .random(generator)
      path.append(Choice(taken: taken, count: count))
      position += 1
      return taken
    }
    defer { position += 1 }
    guard position < path.count else {
      path.append(Choice(taken: 0, count: count))
      return 0
    }
    if path[position].count == 0 { path[position].count = count }
    guard path[position].count == count, path[position].taken < count else {
      hasOtherAnswers = true
      return 0
    }
    return path[position].taken
  }

  /// Moves on to the next path of a depth-first walk; false after the last one.
  func moveOn() -> Bool {
    position = 0
    while let last = path.last, last.taken + 1 >= last.count { path.removeLast() }
    guard !path.isEmpty else { return false }
    path[path.count - 1].taken += 1
    return true
  }

  /// The path so far, without the tame answers at its end.
  var description: String {
    let end = path.lastIndex { $0.taken != 0 } ?? -1
    return path[...end].map { String($0.taken) }.joined(separator: ".")
  }
}

extension SplitMix64 {
  fileprivate mutating func answer(_ count: Int, _ question: Decisions.Question) -> Int {
    switch question {
    case .preemption where UInt64.random(in: 0..<8, using: &self) != 0: 0
    case .store where Bool.random(using: &self): 0
    default: Int.random(in: 0..<count, using: &self)
    }
  }
}
