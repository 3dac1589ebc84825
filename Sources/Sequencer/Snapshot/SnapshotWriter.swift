/// Takes the bytes of a snapshot. A key of your own writes itself into it (see `PersistentStreamKey`).
public struct SnapshotWriter {
  @usableFromInline var bytes: [UInt8] = []

  init() {}

  /// Writes a number; small ones take fewer bytes (LEB128: seven bits a byte).
  ///
  /// - Complexity: O(1)
  public mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Writes a number in eight bytes, which suits ids: they have no small values.
  ///
  /// - Complexity: O(1)
  public mutating func writeFixed(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  /// Writes bytes, and before them how many they are.
  ///
  /// - Complexity: O(*n*)
  public mutating func write(bytes content: some Collection<UInt8>) {
    write(UInt64(content.count))
    bytes.append(contentsOf: content)
  }
}

/// Gives out the bytes of a snapshot whose checksum has been verified, and never more than there are.
public struct SnapshotReader {
  let bytes: [UInt8]
  var position: Int
  let end: Int

  init(_ bytes: [UInt8], from position: Int, to end: Int) {
    self.bytes = bytes
    self.position = position
    self.end = end
  }

  var remaining: Int { end - position }

  mutating func readByte() throws(SnapshotError) -> UInt8 {
    guard position < end else { throw .malformed }
    defer { position += 1 }
    return bytes[position]
  }

  /// Reads what `write(_:)` wrote.
  ///
  /// - Complexity: O(1)
  public mutating func read() throws(SnapshotError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try readByte()
      // The tenth byte has room for one bit, and no byte but the first is written to say nothing.
      if (shift == 63 && byte > 1) || (shift > 0 && byte == 0) { throw .malformed }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    throw .malformed
  }

  /// Reads what `writeFixed(_:)` wrote.
  ///
  /// - Complexity: O(1)
  public mutating func readFixed() throws(SnapshotError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { number |= UInt64(try readByte()) << shift }
    return number
  }

  /// Reads what `write(bytes:)` wrote.
  ///
  /// - Complexity: O(*n*)
  public mutating func readBytes() throws(SnapshotError) -> ArraySlice<UInt8> {
    let count = try read()
    guard count <= UInt64(remaining) else { throw .malformed }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }
}
