/// Times a message as a multiple of its yardstick, which runs in the same rounds.
///
/// A machine that is slow today is slow for both, so the ratio says more than either. Still it varies: a threshold allows
/// for the spread that its own rounds had, and who seems to be off is measured again.
struct Timing {
  /// What needs several threads, by what the name begins with. Their time depends on where the host puts its cores: it is
  /// reported, never gated.
  static let severalThreads = [
    "spsc/one-by-one", "spsc/batch", "spsc/ping-pong", "mpsc/one-by-one", "mpsc/batch", "mpsc/lanes",
    "fan-out/10k/two-readers", "hub/deliver", "latency/",
  ]

  /// Everything else that takes time.
  static func isTimed(_ scenario: Scenario) -> Bool {
    scenario.unit.hasPrefix("ns/") && !severalThreads.contains { scenario.name.hasPrefix($0) }
  }

  /// The straightforward code for the same work, or else what the machine needs for its main part, or for anything at all.
  static func yardstick(of scenario: String) -> String {
    Yardsticks.baselines(of: scenario).first?.scenario ?? Yardsticks.limit(of: scenario)?.scenario ?? "limit/atomic-add"
  }

  /// Odd, and enough for quartiles.
  static let rounds = 7

  /// Times these scenarios beside their yardsticks.
  static func run(_ names: [String], _ context: Context, progress: Progress) -> [(scenario: String, finding: Finding)] {
    let yardsticks = Set(names.map(yardstick))
    let scenarios = Scenario.all.filter { names.contains($0.name) || yardsticks.contains($0.name) }
    let runner = Runner(scenarios: scenarios, repetitions: rounds, warmsUp: true)
    let values = Dictionary(
      uniqueKeysWithValues: runner.run(context, progress: progress).map { ($0.scenario.name, $0.values) })
    return names.map { name in
      (name, finding(values[name] ?? [], beside: values[yardstick(of: name)] ?? []))
    }
  }

  /// Nanoseconds a message that the linker decides: a loop of four instructions takes twice the time where it begins in one
  /// cache line and ends in the next, and moves with code that has nothing to do with it.
  static let leastNews = 0.08

  /// The median of the rounds' ratios. The spread is four times that of the middle half, which a visit of a neighbour does
  /// not move: what lies further away is hardly chance.
  static func finding(_ values: [Double], beside yardstick: [Double]) -> Finding {
    let ratios = zip(values, yardstick).compactMap { $1 > 0 ? $0 / $1 : nil }.sorted()
    guard !ratios.isEmpty else { return .value(0) }
    let quarter = ratios.count / 4
    let spread = 4 * (ratios[ratios.count - 1 - quarter] - ratios[quarter])
    return .value(ratios[ratios.count / 2], spread: max(spread, leastNews / Statistics(yardstick).median))
  }
}
