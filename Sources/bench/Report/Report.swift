/// The figures of one run as text: what a person reads, and what a script does.
enum Report {
  // MARK: For people

  /// A table with a blank line between families. The last column sets a scenario against the straightforward code in the
  /// same run, the only comparison that holds from machine to machine.
  static func text(_ measurements: [Measurement]) -> String {
    let rows = measurements.flatMap(\.rows)
    let lines = grid(rows).lines
    var text = lines[0]
    var family: Substring = ""
    for (row, line) in zip(rows, lines.dropFirst()) {
      let own = row.name.prefix { $0 != "/" }
      text += own == family ? "\n\(line)" : "\n\n\(line)"
      family = own
    }
    return text
  }

  static func markdown(_ measurements: [Measurement]) -> String { grid(measurements.flatMap(\.rows)).markdown }

  private static func grid(_ rows: [Row]) -> Grid {
    var cells = [["scenario", "min", "median", "max", "unit", "hash", "against baseline"]]
    for row in rows {
      let figures = row.statistics
      cells.append([
        row.name, fixed(figures.minimum), fixed(figures.median), fixed(figures.maximum), row.unit,
        hexadecimal(row.hash), ratio(of: row, in: rows).map { "\(fixed($0)) ×" } ?? "",
      ])
    }
    return Grid(rows: cells, rightAligned: [1, 2, 3, 6])
  }

  /// Names, units and summaries.
  static func list(_ scenarios: [Scenario]) -> String {
    Grid(rows: scenarios.map { [$0.name, $0.unit, $0.summary] }).lines.joined(separator: "\n")
  }

  /// How many times the median of the straightforward code is this one's, if both ran.
  static func ratio(of row: Row, in rows: [Row]) -> Double? {
    guard let baseline = Yardsticks.baselines(of: row.name).first else { return nil }
    guard let other = rows.first(where: { $0.name == baseline.scenario }), other.unit == row.unit else { return nil }
    let median = row.statistics.median
    return median > 0 ? other.statistics.median / median : nil
  }

  /// What a reader of the figures should know of this run.
  static func remarks(on measurements: [Measurement]) -> [String] {
    let rounds = measurements.map(\.samples.count).min() ?? 0
    return ["Repetitions: \(rounds), interleaved."] + (quietness(of: measurements).map { [$0] } ?? [])
  }

  /// Whether the machine was quiet enough to believe scenarios of two threads; `nil` if that was not measured.
  static func quietness(of measurements: [Measurement]) -> String? {
    guard let handOver = measurements.first(where: { $0.scenario.name == Limits.handOverName }) else { return nil }
    let roundTrip = 2 * handOver.statistics.median
    let verdict = roundTrip <= Limits.quietRoundTripNanoseconds ? "quiet" : "not quiet: read two-core figures with care"
    return "A round trip between two cores took \(fixed(roundTrip)) ns; the machine was \(verdict)."
  }

  // MARK: For scripts

  /// An array of objects with `name`, `unit`, `min`, `median`, `max` and `hash`.
  static func json(_ measurements: [Measurement]) -> String {
    let objects = measurements.flatMap(\.rows).map { row in
      let figures = row.statistics
      return "  {\"name\": \(quoted(row.name)), \"unit\": \(quoted(row.unit)), "
        + "\"min\": \(fixed(figures.minimum)), \"median\": \(fixed(figures.median)), "
        + "\"max\": \(fixed(figures.maximum)), \"hash\": \"\(hexadecimal(row.hash))\"}"
    }
    return objects.isEmpty ? "[]" : "[\n\(objects.joined(separator: ",\n"))\n]"
  }

  // MARK: Pieces

  /// Sixteen digits: JSON numbers hold no 64 bits.
  static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Two decimals: the third is noise on every machine met so far.
  static func fixed(_ value: Double) -> String { fixed(value, decimals: 2) }

  /// Four decimals, for what is computed with: a ratio of two figures of half a nanosecond needs them.
  static func exact(_ value: Double) -> String { fixed(value, decimals: 4) }

  static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    guard value.isFinite, value.magnitude < 1e14 else { return fixed(0, decimals: decimals) }
    let parts = Int((value.magnitude * Double(scale)).rounded())
    let whole = "\(value < 0 && parts > 0 ? "-" : "")\(parts / scale)"
    guard decimals > 0 else { return whole }
    let fraction = String(parts % scale)
    return "\(whole).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
