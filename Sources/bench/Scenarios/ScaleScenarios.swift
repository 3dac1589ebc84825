internal import Delivery
internal import Sequencer

/// How the cost of one piece changes with how many there are: streams, subscribers, timers, threads. The names end in the
/// number, so that a plot can read it from there. They run on request: together they take longer than all others.
enum ScaleScenarios {
  static var all: [Scenario] { streams + subscribers + timers + threads + producers }

  /// 10ᵃ … 10ᵇ.
  static func powersOfTen(_ exponents: ClosedRange<Int>) -> [Int] {
    exponents.map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }
  }

  /// 1, 2, 4 … and as many as there are cores, or the most that is sensible.
  static func threadCounts(upTo limit: Int) -> [Int] {
    let most = max(1, min(Affinity.coreCount, limit))
    return (0..<Int.bitWidth - 1).map { 1 << $0 }.prefix { $0 < most } + [most]
  }

  /// As many pieces as the scenario's name says; fewer in a run that is to be small.
  static func pieces(_ count: Int, _ plan: Plan) -> Int { min(count, plan.operations ?? count) }

  /// Runs `make`, and says how many bytes more were resident after it for each of `count` pieces.
  ///
  /// Nothing for fewer than ten thousand: memory comes in pages, and some that were there before would be used again.
  static func bytes(perPieceOf count: Int, _ make: () -> Void) -> [Figure] {
    guard count >= 10_000 else {
      make()
      return []
    }
    Memory.trim()
    let before = Memory.residentBytes()
    make()
    // What it has freed again does not count.
    Memory.trim()
    let bytes = Memory.residentBytes() - before
    return [Figure(name: "bytes", unit: "bytes", value: Double(bytes) / Double(count))]
  }
}
