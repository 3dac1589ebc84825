/// What the gate prints: every figure, and then by name what is off.
struct GateReport {
  var findings: RegressionGate.Findings
  var thresholds: Thresholds
  var judgements: [RegressionGate.Judgement]

  var text: String {
    let off = deviations
    let summary =
      off.isEmpty ? "All \(judgements.count) figures hold." : "\(off.count) of \(judgements.count) figures do not hold."
    return (table + [""] + off + [summary]).joined(separator: "\n")
  }

  private static let shown: [Metric] = [.instructions, .allocations, .retains, .misses, .bytes, .time]

  private var table: [String] {
    let names = grouped(judgements, by: \.key.scenario).map(\.key)
    let heading = ["a message of", "instructions", "allocations", "retains", "cache misses", "bytes", "× yardstick"]
    let rows = names.compactMap { name -> [String]? in
      let cells = GateReport.shown.map { cell(Thresholds.Key(scenario: name, metric: $0)) }
      // What has a hash alone has nothing to show.
      return cells.allSatisfy(\.isEmpty) ? nil : [name] + cells
    }
    return Grid(rows: [heading] + rows, rightAligned: Set(1..<heading.count)).lines
  }

  private func cell(_ key: Thresholds.Key) -> String {
    guard case .value(let value, _) = findings[key] else { return "" }
    return Report.fixed(value)
  }

  /// A line for each figure that does not hold: what, how much, and what it may be.
  var deviations: [String] {
    judgements.filter { $0.verdict != .holds }.map { judgement in
      let found = findings[judgement.key].map(describe) ?? "no longer measured"
      let allowed = thresholds[judgement.key].map { "the threshold is \(describe($0))" } ?? "there is no threshold"
      return
        "\(judgement.verdict.word): \(judgement.key.scenario), \(judgement.key.metric.rawValue): \(found), \(allowed)"
    }
  }

  private func describe(_ finding: Finding) -> String {
    switch finding {
    case .value(let value, _): Report.exact(value)
    case .hash(let hash): Report.hexadecimal(hash)
    }
  }

  private func describe(_ threshold: Thresholds.Threshold) -> String {
    switch threshold {
    case .value(let value, let tolerance): "\(Report.exact(value)) ± \(Report.exact(tolerance))"
    case .hash(let hash): Report.hexadecimal(hash)
    }
  }
}

extension Verdict {
  fileprivate var word: String {
    switch self {
    case .holds: "holds"
    case .regression: "regression"
    case .improvement: "improvement, update the threshold"
    case .noThreshold: "no threshold"
    }
  }
}
