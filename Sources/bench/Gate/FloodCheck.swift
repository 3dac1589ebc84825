/// `bench floods`: the claim that hostile traffic costs at most twice what normal traffic does, held against the clock.
///
/// Both are measured in turns, in one process and on one core, and compared round by round: what else the machine does hits
/// both. A flood that seems to be too dear is measured again before that is believed.
enum FloodCheck {
  private static let attempts = 5

  /// Returns the exit status.
  static func run() -> Int32 {
    Affinity.pin(toCore: 0)
    var suspects = Flood.all
    var ratios: [String: Double] = [:]
    for _ in 0..<attempts where !suspects.isEmpty {
      ratios.merge(measure(suspects)) { $1 }
      suspects = suspects.filter { ratios[$0.name]! > Flood.claim }
    }
    let rows = Flood.all.map { flood in
      [flood.scenario, Report.fixed(ratios[flood.name]!), flood.normal]
    }
    print(Grid(rows: [["flood", "times", "what is normal"]] + rows, rightAligned: [1]).lines.joined(separator: "\n"))
    return Bench.complain(suspects.map { "\($0.scenario) costs more than \(Flood.claim) times \($0.normal)" })
  }

  /// How many times its normal scenario's time a message of each takes: the median of three rounds.
  private static func measure(_ floods: [Flood]) -> [String: Double] {
    let names = Set(floods.map(\.normal)).union(floods.map(\.scenario))
    // Long enough for the windows of a million streams to be in use, as they are in normal traffic.
    let runner = Runner(scenarios: Scenario.all.filter { names.contains($0.name) }, repetitions: 3, warmsUp: false)
    let measured = runner.run(Context(Plan(messages: 4_000_000)), progress: .onTerminal)
    let values = Dictionary(uniqueKeysWithValues: measured.map { ($0.scenario.name, $0.values) })
    return Dictionary(
      uniqueKeysWithValues: floods.map { flood in
        (flood.name, Statistics(zip(values[flood.scenario]!, values[flood.normal]!).map { $0 / $1 }).median)
      })
  }
}
