/// Samples as a file holds them, ours and those of others: a line each, its fields divided by tabs, after a header.
///
///     # machine: 2 cores of an AMD EPYC
///     sequencer/open  Rust HashMap + BTreeMap  ns/stream  165.31  2487219f093f974a
///
/// Every program that measures can print such lines, whatever its language, and they are put together by `cat`.
struct Recording: Equatable {
  /// Where, when and how it was made.
  var header: [Remark] = []
  var samples: [RecordedSample] = []

  struct Remark: Equatable {
    var name: String
    var value: String
  }
}

/// What one repetition found, and who ran it.
struct RecordedSample: Equatable {
  /// Who that is for the library itself.
  static let ours = "ours"

  /// The name of a scenario, or of a further figure of one.
  var work: String
  /// `ours`, or the name of a peer.
  var who: String
  var unit: String
  var value: Double
  /// The digest of the result, the same for all who do this work; `nil` if it cannot be compared.
  var hash: UInt64?
}

extension Recording {
  /// A line that is none, or a file that cannot be read.
  struct Damage: Error, Equatable {
    var message: String
  }

  /// - Throws: `Damage` with the number of the first line that is neither a sample nor a remark.
  init(parsing text: String) throws(Damage) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    where !line.isEmpty {
      if line.hasPrefix("#") {
        header.append(Remark(parsing: line.dropFirst()))
      } else if let sample = RecordedSample(parsing: line) {
        samples.append(sample)
      } else {
        throw Damage(message: "line \(index + 1) is no sample: '\(line)'")
      }
    }
  }

  /// The main figure and the further ones of every repetition.
  init(_ measurements: [Measurement]) {
    for row in measurements.flatMap(\.rows) {
      for value in row.values {
        samples.append(
          RecordedSample(
            work: row.name, who: RecordedSample.ours, unit: row.unit, value: value, hash: row.hash))
      }
    }
  }

  var text: String {
    let remarks = header.map { "# \($0.name): \($0.value)\n" }.joined()
    return remarks + samples.map { "\($0.line)\n" }.joined()
  }

  func remark(_ name: String) -> String? { header.first { $0.name == name }?.value }
}

extension Recording.Remark {
  fileprivate init(parsing text: Substring) {
    let parts = text.split(separator: ":", maxSplits: 1)
    name = parts.first.map { String($0.trimmed) } ?? ""
    value = parts.count > 1 ? String(parts[1].trimmed) : ""
  }
}

extension RecordedSample {
  fileprivate init?(parsing line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 5, let value = Double(fields[3]), value.isFinite, value >= 0 else { return nil }
    guard fields[..<3].allSatisfy({ !$0.isEmpty }) else { return nil }
    if fields[4] != "-" {
      guard fields[4].utf8.count == 16, let hash = UInt64(fields[4], radix: 16) else { return nil }
      self.hash = hash
    }
    (work, who, unit) = (String(fields[0]), String(fields[1]), String(fields[2]))
    self.value = value
  }

  fileprivate var line: String {
    let digits = hash.map { Report.hexadecimal($0) } ?? "-"
    return "\(work)\t\(who)\t\(unit)\t\(Report.exact(value))\t\(digits)"
  }
}

extension Substring {
  /// Without the blanks at both ends.
  fileprivate var trimmed: Substring {
    let isBlank = { (character: Character) in character == " " || character == "\t" || character == "\r" }
    let front = drop(while: isBlank)
    guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
    return front[...last]
  }
}
