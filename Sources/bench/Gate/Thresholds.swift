/// What the figures of this tree are held to, as a file keeps it: one for each platform, a line for each figure.
///
///     sequencer/open  instructions  123.4000  2.4680
///     sequencer/open  hash          2487219f093f974a  -
///
/// Fields are divided by tabs; the last one is how far a figure may be from the one before it.
struct Thresholds: Equatable {
  struct Key: Hashable {
    var scenario: String
    var metric: Metric
  }

  enum Threshold: Equatable {
    case value(Double, tolerance: Double)
    case hash(UInt64)
  }

  /// Where and when they were written.
  var remarks: [String] = []
  private var thresholds: [Key: Threshold] = [:]

  subscript(key: Key) -> Threshold? {
    get { thresholds[key] }
    set { thresholds[key] = newValue }
  }

  var keys: Dictionary<Key, Threshold>.Keys { thresholds.keys }
}

extension Thresholds {
  /// A line that is no threshold.
  struct Damage: Error, Equatable {
    var line: Int
  }

  init(parsing text: String) throws(Damage) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    where !line.isEmpty {
      if line.hasPrefix("#") {
        remarks.append(String(line.dropFirst().drop { $0 == " " }))
        continue
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 4, let metric = Metric(rawValue: String(fields[1])),
        let threshold = Threshold(metric, String(fields[2]), String(fields[3])),
        thresholds.updateValue(threshold, forKey: Key(scenario: String(fields[0]), metric: metric)) == nil
      else { throw Damage(line: index + 1) }
    }
  }

  /// The same thresholds give the same text, so that a change of one is a change of one line.
  var text: String {
    let order = Dictionary(uniqueKeysWithValues: Metric.allCases.enumerated().map { ($1, $0) })
    let sorted = thresholds.sorted {
      ($0.key.scenario, order[$0.key.metric]!) < ($1.key.scenario, order[$1.key.metric]!)
    }
    return remarks.map { "# \($0)\n" }.joined()
      + sorted.map { "\($0.key.scenario)\t\($0.key.metric.rawValue)\t\($0.value.fields)\n" }.joined()
  }

  /// The processor that times were taken on, if the file says it.
  var processor: String? {
    let prefix = "machine: "
    return remarks.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

extension Thresholds.Threshold {
  fileprivate init?(_ metric: Metric, _ value: String, _ tolerance: String) {
    if metric == .hash {
      guard tolerance == "-", value.utf8.count == 16, let hash = UInt64(value, radix: 16) else { return nil }
      self = .hash(hash)
    } else {
      guard let value = Double(value), value.isFinite, value >= 0, let tolerance = Double(tolerance), tolerance >= 0
      else { return nil }
      // A file that somebody has widened by hand would let everything pass; the last digit is rounding's.
      guard let widest = metric.widestTolerance(at: value), tolerance <= widest + 0.0002 else { return nil }
      self = .value(value, tolerance: tolerance)
    }
  }

  fileprivate var fields: String {
    switch self {
    case .value(let value, let tolerance): "\(Report.exact(value))\t\(Report.exact(tolerance))"
    case .hash(let hash): "\(Report.hexadecimal(hash))\t-"
    }
  }
}
