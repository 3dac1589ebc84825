/// A key that a snapshot can hold.
///
/// ```swift
/// struct Room: PersistentStreamKey {
///   var id: UInt64
///   init(id: UInt64) { self.id = id }
///   func write(to writer: inout SnapshotWriter) { writer.write(id) }
///   init(from reader: inout SnapshotReader) throws(SnapshotError) { id = try reader.read() }
/// }
/// ```
public protocol PersistentStreamKey: StreamKey {
  /// Writes the key: equal keys the same bytes, other keys others. (A `String` is written as it is spelled. Two spellings of
  /// an accented letter are equal as strings, so they name one stream, but they give different snapshots.)
  func write(to writer: inout SnapshotWriter)

  /// Reads the key back, exactly the bytes that were written. What cannot have been written is `.malformed`.
  init(from reader: inout SnapshotReader) throws(SnapshotError)
}

extension UInt64: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) { writer.writeFixed(self) }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) { self = try reader.readFixed() }
}

extension Int: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) { writer.writeFixed(UInt64(bitPattern: Int64(self))) }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) {
    guard let number = Int(exactly: Int64(bitPattern: try reader.readFixed())) else { throw .malformed }
    self = number
  }
}

extension UInt32: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) { writer.write(UInt64(self)) }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) {
    guard let number = UInt32(exactly: try reader.read()) else { throw .malformed }
    self = number
  }
}

extension UInt128: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) {
    writer.writeFixed(UInt64(truncatingIfNeeded: self))
    writer.writeFixed(UInt64(truncatingIfNeeded: self >> 64))
  }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) {
    let low = UInt128(try reader.readFixed())
    self = low | UInt128(try reader.readFixed()) << 64
  }
}

extension StreamPair: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) {
    writer.writeFixed(first)
    writer.writeFixed(second)
  }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) {
    let first = try reader.readFixed()
    self.init(first, try reader.readFixed())
  }
}

extension String: PersistentStreamKey {
  public func write(to writer: inout SnapshotWriter) { writer.write(bytes: utf8) }

  public init(from reader: inout SnapshotReader) throws(SnapshotError) {
    guard let text = String(validating: try reader.readBytes(), as: UTF8.self) else { throw .malformed }
    self = text
  }
}
