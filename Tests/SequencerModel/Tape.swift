#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A recorded run: a configuration, and what every operation must answer.
package struct Tape: Sendable {
  package struct Step: Sendable {
    package var operation: Operation
    package var reply: Reply
  }

  /// A line that is not what a tape may hold.
  package struct Malformed: Error {
    package var line: Int
    package var reason: String
  }

  package var name = ""
  package var configuration = ModelConfiguration()
  package var steps: [Step] = []

  /// Payloads are texts on tape and numbers here, numbered from 0 as they first occur.
  private var payloads: [String: UInt64] = [:]

  /// Reads a tape from the lines of a `.jsonl` file.
  package init(parsing text: String) throws(Malformed) {
    for (index, line) in text.split(separator: "\n").enumerated() {
      let fields: JSONValue
      do { fields = try JSONValue(parsing: line) } catch {
        throw Malformed(line: index + 1, reason: "no JSON at byte \(error.offset)")
      }
      if index == 0 {
        try readHeader(fields)
      } else {
        let reader = LineReader(fields: fields, line: index + 1)
        let operation = try reader.operation { intern($0) }
        let reply = try reader.reply(to: operation) { intern($0) }
        steps.append(Step(operation: operation, reply: reply))
      }
    }
  }

  package init(contentsOf path: String) throws(Malformed) {
    guard let text = contents(of: path) else { throw Malformed(line: 0, reason: "cannot read \(path)") }
    try self.init(parsing: text)
  }

  private mutating func intern(_ payload: String) -> UInt64 {
    let number = payloads[payload] ?? UInt64(payloads.count)
    payloads[payload] = number
    return number
  }

  private mutating func readHeader(_ header: JSONValue) throws(Malformed) {
    let fields = LineReader(fields: header["config"] ?? .null, line: 1)
    name = header["name"]?.string ?? ""
    configuration.gapTimeout = fields.fields["gapTimeout"]?.unsigned
    configuration.repairFirst = fields.fields["repairFirst"]?.unsigned
    configuration.repairAttempts = Int(try fields.number("repairAttempts"))
    configuration.window = try fields.number("window")
    configuration.ledgerRanges = Int(try fields.number("ledgerRanges"))
    configuration.bufferedLimit = Int(try fields.number("bufferedLimit"))
    configuration.streamLimit = Int(try fields.number("streamLimit"))
    guard let start = fields.fields["start"]?.string.flatMap(ModelConfiguration.Start.init) else {
      throw Malformed(line: 1, reason: "start")
    }
    configuration.start = start
  }
}

extension Tape {
  /// Where a machine answers otherwise than the tape says.
  package struct Difference: CustomStringConvertible {
    /// Counted from 1, the header being the first.
    package var line: Int
    package var operation: Operation
    package var expected: Reply
    package var actual: Reply

    package var description: String {
      "line \(line): {\(operation.fields)\n  expected \(expected)\n  actual   \(actual)"
    }
  }

  /// Plays the tape on a fresh machine; the first difference, or nil.
  package func play(on machine: inout some Machine) -> Difference? {
    for (index, step) in steps.enumerated() {
      var actual = machine.apply(step.operation)
      if case .records(let records) = actual.outcome { actual.outcome = .sorted(records) }
      if actual != step.reply {
        return Difference(line: index + 2, operation: step.operation, expected: step.reply, actual: actual)
      }
    }
    return nil
  }
}

/// The text of a file, without Foundation.
private func contents(of path: String) -> String? {
  guard let file = unsafe fopen(path, "rb") else { return nil }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe fread(&block, 1, block.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += block.prefix(count)
  }
}
