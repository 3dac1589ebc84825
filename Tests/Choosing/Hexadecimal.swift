/// A tape as text, for the command that plays it again.
package func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The bytes that a text of hexadecimal digits names; nil if it is none.
package func bytes(hexadecimal text: String) -> [UInt8]? {
  // `UInt8(_:radix:)` would take a sign, and not every hexadecimal digit is one of ASCII's.
  let digits = text.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
  guard digits.count == text.count, digits.count % 2 == 0 else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
