/// What comes of holding one figure against its threshold.
enum Verdict: Equatable {
  case holds
  case regression
  case improvement
  /// The figure has none, or the threshold has lost its figure.
  case noThreshold

  /// - Parameter allowance: how many times its tolerance the figure may be off.
  init(_ finding: Finding, against threshold: Thresholds.Threshold?, allowance: Double = 1) {
    switch (finding, threshold) {
    case (.hash(let hash), .hash(let expected)): self = hash == expected ? .holds : .regression
    case (.value(let value, _), .value(let expected, let tolerance)):
      let slack = tolerance * allowance
      self = value > expected + slack ? .regression : value < expected - slack ? .improvement : .holds
    default: self = .noThreshold
    }
  }
}

/// What was found of one metric of one scenario.
enum Finding: Equatable {
  /// - Parameter spread: from the least to the most that was seen; 0 for what does not vary.
  case value(Double, spread: Double = 0)
  case hash(UInt64)

  /// The threshold that this finding makes.
  func threshold(of metric: Metric) -> Thresholds.Threshold {
    switch self {
    case .value(let value, let spread):
      .value(
        value, tolerance: min(max(metric.tolerance(at: value) ?? 0, spread), metric.widestTolerance(at: value) ?? 0))
    case .hash(let hash): .hash(hash)
    }
  }
}

extension Sequence<Verdict> {
  /// The gate's exit status, that of the gravest verdict. The figures are those of Swift's benchmark plug-in.
  var status: Int32 {
    let verdicts = Array(self)
    if verdicts.contains(.regression) { return 2 }
    if verdicts.contains(.noThreshold) { return 5 }
    return verdicts.contains(.improvement) ? 4 : 0
  }
}
