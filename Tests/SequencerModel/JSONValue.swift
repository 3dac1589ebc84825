/// A JSON value whose numbers are exact 64-bit integers; tapes hold no others.
enum JSONValue: Equatable {
  case null
  case number(magnitude: UInt64, isNegative: Bool)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  struct Malformed: Error {
    var offset: Int
  }

  init(parsing text: some StringProtocol) throws(Malformed) {
    var parser = Parser(bytes: Array(text.utf8))
    self = try parser.value()
    parser.skipSpace()
    if parser.index != parser.bytes.count { throw Malformed(offset: parser.index) }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let fields) = self { fields[key] } else { nil }
  }

  var unsigned: UInt64? {
    if case .number(let magnitude, false) = self { magnitude } else { nil }
  }

  var signed: Int64? {
    guard case .number(let magnitude, let isNegative) = self, let value = Int64(exactly: magnitude) else { return nil }
    return isNegative ? -value : value
  }

  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  var array: [JSONValue]? {
    if case .array(let array) = self { array } else { nil }
  }
}

/// A recursive descent over bytes, for files of our own: no escapes but `\"` and `\\`, no fractions.
private struct Parser {
  var bytes: [UInt8]
  var index = 0

  mutating func skipSpace() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
  }

  /// Steps over `character` if it comes next.
  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONValue.Malformed) {
    if !accept(character) { throw JSONValue.Malformed(offset: index) }
  }

  mutating func value() throws(JSONValue.Malformed) -> JSONValue {
    if accept("{") {
      var fields: [String: JSONValue] = [:]
      if accept("}") { return .object(fields) }
      repeat {
        try expect("\"")
        let key = try string()
        try expect(":")
        fields[key] = try value()
      } while accept(",")
      try expect("}")
      return .object(fields)
    }
    if accept("[") {
      var elements: [JSONValue] = []
      if accept("]") { return .array(elements) }
      repeat { elements.append(try value()) } while accept(",")
      try expect("]")
      return .array(elements)
    }
    if accept("\"") { return .string(try string()) }
    if accept("n") {
      index += 3
      return .null
    }
    return try number()
  }

  private mutating func string() throws(JSONValue.Malformed) -> String {
    var content: [UInt8] = []
    while index < bytes.count {
      var byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), index < bytes.count {
        byte = bytes[index]
        index += 1
      }
      content.append(byte)
    }
    throw JSONValue.Malformed(offset: index)
  }

  private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
    let isNegative = accept("-")
    let start = index
    var magnitude: UInt64 = 0
    while index < bytes.count, case let digit = bytes[index] &- 48, digit < 10 {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { throw JSONValue.Malformed(offset: index) }
      magnitude = sum
      index += 1
    }
    if index == start { throw JSONValue.Malformed(offset: index) }
    return .number(magnitude: magnitude, isNegative: isNegative)
  }
}
