/// Results as text: what a person reads, and what a script does.
enum Report {
  // MARK: For people

  /// A table with a blank line between families. The last column sets a library scenario against the straightforward
  /// code in the same run, the only comparison that holds from machine to machine.
  static func text(_ measurements: [Measurement]) -> String {
    var rows = [["scenario", "min", "median", "max", "unit", "hash", "against baseline"]]
    var families = [""]
    for measurement in measurements {
      let figures = measurement.statistics
      rows.append([
        measurement.scenario.name, fixed(figures.minimum), fixed(figures.median), fixed(figures.maximum),
        measurement.scenario.unit, hexadecimal(measurement.hashes.first ?? 0),
        ratio(of: measurement, in: measurements).map { "\(fixed($0)) ×" } ?? "",
      ])
      families.append(String(measurement.scenario.name.prefix { $0 != "/" }))
    }
    let table = aligned(rows, rightAligned: [1, 2, 3, 6])
    var lines: [String] = []
    for (index, line) in table.enumerated() {
      if index > 0, families[index] != families[index - 1] { lines.append("") }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// Names, units and summaries.
  static func list(_ scenarios: [Scenario]) -> String {
    aligned(scenarios.map { [$0.name, $0.unit, $0.summary] }, rightAligned: []).joined(separator: "\n")
  }

  /// How many times the baseline's median is this one's, if there is a baseline of the same name or a shorter one:
  /// `sequencer/open` goes with `baseline/open`, and `…/1M-streams/batch` with `…/1M-streams`.
  static func ratio(of measurement: Measurement, in measurements: [Measurement]) -> Double? {
    let library = "sequencer/"
    let name = measurement.scenario.name
    guard name.hasPrefix(library) else { return nil }
    let path = name.dropFirst(library.count)
    let baseline = measurements.first { candidate in
      let other = candidate.scenario.name
      guard other.hasPrefix("baseline/"), candidate.scenario.unit == measurement.scenario.unit else { return false }
      let suffix = other.dropFirst("baseline/".count)
      return path == suffix || path.hasPrefix("\(suffix)/")
    }
    guard let baseline, measurement.statistics.median > 0 else { return nil }
    return baseline.statistics.median / measurement.statistics.median
  }

  /// What a reader of the figures should know of this run.
  static func remarks(on measurements: [Measurement]) -> [String] {
    let rounds = measurements.map(\.values.count).min() ?? 0
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
    let objects = measurements.map { measurement in
      let figures = measurement.statistics
      return "  {\"name\": \(quoted(measurement.scenario.name)), \"unit\": \(quoted(measurement.scenario.unit)), "
        + "\"min\": \(fixed(figures.minimum)), \"median\": \(fixed(figures.median)), "
        + "\"max\": \(fixed(figures.maximum)), \"hash\": \"\(hexadecimal(measurement.hashes.first ?? 0))\"}"
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
  static func fixed(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "0.00" }
    let hundredths = Int((value.magnitude * 100).rounded())
    let fraction = hundredths % 100
    return "\(value < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
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

  private static func aligned(_ rows: [[String]], rightAligned: Set<Int>) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (rightAligned.contains(column) ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
