/// Holds the figures of this tree against the thresholds, or writes them.
struct RegressionGate {
  /// Exit status if something is missing that the gate needs, as `sysexits.h` has it.
  static let unavailable: Int32 = 69

  /// Times a figure of time may seem to be off before it is believed.
  private static let attempts = 3
  /// How many tolerances of time are allowed on another processor than the thresholds were written on.
  private static let allowanceElsewhere = 4.0

  private let path: String
  private let scenarios: [Scenario]
  /// Whether all scenarios were asked for.
  private let isWhole: Bool
  private let progress = Progress.onTerminal

  init(_ options: Arguments, _ scenarios: [Scenario]) {
    path = "\(options.thresholds)/\(Machine.platform).tsv"
    isWhole = options.filters.isEmpty
    // The yardsticks are not ours, and what runs on request is too long.
    self.scenarios = scenarios.filter { scenario in
      !scenario.isOnRequest && !["limit/", "baseline/"].contains { scenario.name.hasPrefix($0) }
    }
  }

  /// Returns the exit status.
  func run(updating: Bool) throws -> Int32 {
    guard !scenarios.isEmpty else {
      throw Arguments.Mistake(
        message: "nothing of that is gated", hint: "Limits, baselines, and what runs on request are not.")
    }
    // A platform without a file has no thresholds, which the verdicts will say; and those that are all written anew may be
    // damaged.
    let isReplaced = updating && isWhole
    var thresholds = Files.exists(path) && !isReplaced ? try read() : Thresholds()
    let isElsewhere = thresholds.processor != Machine.processor
    if updating, !isWhole, isElsewhere, !thresholds.keys.isEmpty {
      throw Arguments.Mistake(
        message: "the other thresholds were written on another processor", hint: "Update all of them, without --filter."
      )
    }
    var findings: Findings
    do {
      findings = try measure()
    } catch let failure as Counting.Failure {
      StandardError.put("bench: \(failure.message)\n")
      return failure == .valgrindIsMissing ? RegressionGate.unavailable : Bench.wrongResult
    }
    if updating { return try update(&thresholds, findings) }

    for _ in 1..<RegressionGate.attempts {
      let suspects = judge(findings, thresholds, isElsewhere: isElsewhere)
        .filter { $0.key.metric == .time && $0.verdict != .holds && $0.verdict != .noThreshold }
      if suspects.isEmpty { break }
      for (name, finding) in Timing.run(suspects.map(\.key.scenario), Context(.quick), progress: progress) {
        findings[Thresholds.Key(scenario: name, metric: .time)] = finding
      }
    }
    let judgements = judge(findings, thresholds, isElsewhere: isElsewhere)
    print(GateReport(findings: findings, thresholds: thresholds, judgements: judgements).text)
    if isElsewhere { print("Times were gated loosely: the thresholds were written on another processor.") }
    return judgements.map(\.verdict).status
  }

  private func read() throws -> Thresholds {
    let text = try Files.contents(of: path)
    do {
      return try Thresholds(parsing: text)
    } catch {
      throw Recording.Damage(message: "\(path): line \(error.line) is no threshold")
    }
  }

  // MARK: Measuring

  typealias Findings = [Thresholds.Key: Finding]

  private func measure() throws -> Findings {
    var findings: Findings = [:]
    let names = Set(scenarios.map(\.name))
    // First, while this thread may still run anywhere: children inherit what it is pinned to.
    let countings = Counting.all.filter { names.contains($0.scenario) }
    for (name, counts) in try Counting.run(countings, executable: Child.ownExecutable, progress: progress) {
      for (metric, finding) in counts.findings { findings[Thresholds.Key(scenario: name, metric: metric)] = finding }
    }
    Affinity.pin(toCore: 0)
    let context = Context(.quick)
    let once = Runner(scenarios: scenarios, repetitions: 1, warmsUp: false).run(context, progress: progress)
    for measurement in once {
      let name = measurement.scenario.name
      findings[Thresholds.Key(scenario: name, metric: .hash)] = .hash(measurement.hashes.first ?? 0)
      if measurement.scenario.unit == "bytes/stream" {
        findings[Thresholds.Key(scenario: name, metric: .bytes)] = .value(measurement.values.first ?? 0)
      }
    }
    for (name, finding) in Timing.run(scenarios.filter(Timing.isTimed).map(\.name), context, progress: progress) {
      findings[Thresholds.Key(scenario: name, metric: .time)] = finding
    }
    return findings
  }

  // MARK: Judging

  struct Judgement: Equatable {
    var key: Thresholds.Key
    var verdict: Verdict
  }

  /// A verdict for each figure, and for each threshold whose figure is gone.
  private func judge(_ findings: Findings, _ thresholds: Thresholds, isElsewhere: Bool) -> [Judgement] {
    var judgements: [Judgement] = []
    for scenario in scenarios {
      for metric in Metric.allCases {
        let key = Thresholds.Key(scenario: scenario.name, metric: metric)
        switch (findings[key], thresholds[key]) {
        case (nil, nil): continue
        case (nil, _): judgements.append(Judgement(key: key, verdict: .noThreshold))
        case (let finding?, let threshold):
          judgements.append(Judgement(key: key, verdict: judge(finding, key, threshold, isElsewhere: isElsewhere)))
        }
      }
    }
    guard isWhole else { return judgements }
    // A scenario that was removed or renamed takes its thresholds along, but not in silence.
    let judged = Set(judgements.map(\.key))
    return judgements
      + thresholds.keys.filter { !judged.contains($0) }.map { Judgement(key: $0, verdict: .noThreshold) }
  }

  private func judge(
    _ finding: Finding, _ key: Thresholds.Key, _ threshold: Thresholds.Threshold?, isElsewhere: Bool
  ) -> Verdict {
    if RegressionGate.breaksPromise(finding, key) { return .regression }
    guard key.metric == .time, isElsewhere else { return Verdict(finding, against: threshold) }
    let verdict = Verdict(finding, against: threshold, allowance: RegressionGate.allowanceElsewhere)
    return verdict == .improvement ? .holds : verdict
  }

  /// Steady traffic allocates nothing, whatever a threshold says.
  static func breaksPromise(_ finding: Finding, _ key: Thresholds.Key) -> Bool {
    guard key.metric == .allocations, !Counting.allocating.contains(key.scenario) else { return false }
    guard case .value(let value, _) = finding, let tolerance = Metric.allocations.tolerance(at: 0) else { return false }
    return value > tolerance
  }

  // MARK: Writing

  /// Replaces the thresholds of the chosen scenarios, and keeps the rest.
  private func update(_ thresholds: inout Thresholds, _ findings: Findings) throws -> Int32 {
    let names = Set(scenarios.map(\.name))
    for key in Array(thresholds.keys) where names.contains(key.scenario) || RegressionGate.isGone(key.scenario) {
      thresholds[key] = nil
    }
    var broken: [Judgement] = []
    for (key, finding) in findings {
      if RegressionGate.breaksPromise(finding, key) { broken.append(Judgement(key: key, verdict: .regression)) }
      thresholds[key] = finding.threshold(of: key.metric)
    }
    let vague = findings.filter { key, finding in
      guard key.metric == .time, case .value(let value, let spread) = finding else { return false }
      return spread >= value * Metric.mostTimeTolerance
    }
    thresholds.remarks = [
      "scenario, metric, threshold, tolerance; written by: swift run -c release bench --update",
      "machine: \(Machine.processor)", "date: \(Machine.date)",
    ]
    try Files.save(thresholds.text, to: path)
    print("\(findings.count) thresholds were written to \(path)")
    if !vague.isEmpty {
      print("\(vague.count) of them are of times that varied by themselves: write them again in a quieter hour")
    }
    guard broken.isEmpty else {
      print(
        GateReport(findings: findings, thresholds: thresholds, judgements: broken).deviations.joined(separator: "\n"))
      return broken.map(\.verdict).status
    }
    return Bench.success
  }

  private static func isGone(_ name: String) -> Bool { !Scenario.all.contains { $0.name == name } }
}

extension Counting.Failure {
  var message: String {
    switch self {
    case .valgrindIsMissing: "the gate counts with valgrind, which is not installed ('apt-get install valgrind')"
    case .runFailed(let scenario, let log): "\(scenario) could not be counted:\n\(log)"
    }
  }
}
