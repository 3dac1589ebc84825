/// The bytes of a snapshot.
///
///     offset  bytes
///          0      4  kind: "ODsq" of a sequencer, "ODnb" of a numbering
///          4      4  version, 1
///          8      8  length of the records in bytes
///         16      8  number of records
///         24      …  records, in the order of their keys' bytes:
///                    key, epoch, next, floor, number of ranges, and each range's first − floor and last − first
///          …      8  checksum of all before
///
/// Fixed-width numbers are little-endian; those in records are LEB128.
enum SnapshotFormat {
  enum Kind: UInt32 {
    case sequencer = 0x7173_444F
    case numbering = 0x626E_444F
  }

  static let version: UInt32 = 1
  static let headerLength = 24
  static let checksumLength = 8
  /// A key, epoch, next, floor and number of ranges take a byte each at the least.
  static let shortestRecord = 5

  /// FNV-1a over bytes, 64 bits: each step is a bijection, so a change of any one byte changes the sum.
  static func checksum(_ bytes: [UInt8], upTo end: Int) -> UInt64 {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<end { sum = (sum ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
    return sum
  }

  // MARK: Writing

  /// Gathers records and puts them into the order of their keys' bytes, so that equal states give equal snapshots whatever
  /// order the table visits them in.
  struct Encoder<Key: PersistentStreamKey> {
    var writer = SnapshotWriter()
    /// Where in the writer's bytes each record lies, and where its key ends.
    var records: [(start: Int, keyEnd: Int, end: Int)] = []

    mutating func append(_ record: StreamRecord<Key>) {
      let start = writer.bytes.count
      record.stream.write(to: &writer)
      let keyEnd = writer.bytes.count
      writer.write(UInt64(record.epoch))
      writer.write(record.next)
      writer.write(record.floor)
      writer.write(UInt64(record.skipped.count))
      for range in record.skipped {
        writer.write(range.lowerBound - record.floor)
        writer.write(range.upperBound - range.lowerBound)
      }
      records.append((start, keyEnd, writer.bytes.count))
    }

    consuming func finish(_ kind: Kind) -> [UInt8] {
      let content = writer.bytes
      let sorted = records.sorted {
        content[$0.start..<$0.keyEnd].lexicographicallyPrecedes(content[$1.start..<$1.keyEnd])
      }
      var out = SnapshotWriter()
      out.bytes.reserveCapacity(headerLength + content.count + checksumLength)
      out.writeFixed(UInt64(kind.rawValue) | UInt64(version) << 32)
      out.writeFixed(UInt64(content.count))
      out.writeFixed(UInt64(sorted.count))
      for record in sorted { out.bytes.append(contentsOf: content[record.start..<record.end]) }
      out.writeFixed(checksum(out.bytes, upTo: out.bytes.count))
      return out.bytes
    }
  }

  // MARK: Reading

  /// Calls `body` with each record, after everything that can be checked without reading them has been.
  static func decode<Key: PersistentStreamKey>(
    _ bytes: [UInt8], _ kind: Kind, limit: Int,
    _ body: (StreamRecord<Key>) throws(SnapshotError) -> Void
  ) throws(SnapshotError) {
    guard bytes.count >= headerLength + checksumLength else { throw .wrongLength }
    var header = SnapshotReader(bytes, from: 0, to: headerLength)
    let mark = try header.readFixed()
    guard UInt32(truncatingIfNeeded: mark) == kind.rawValue else { throw .notASnapshot }
    let found = UInt32(truncatingIfNeeded: mark >> 32)
    guard found == version else { throw .unsupportedVersion(found) }
    let length = try header.readFixed()
    let count = try header.readFixed()
    let content = bytes.count - headerLength - checksumLength
    guard length == UInt64(content) else { throw .wrongLength }
    var trailer = SnapshotReader(bytes, from: headerLength + content, to: bytes.count)
    guard try trailer.readFixed() == checksum(bytes, upTo: headerLength + content) else { throw .corrupted }
    guard count <= UInt64(content / shortestRecord) else { throw .malformed }
    guard count <= UInt64(limit) else { throw .tooManyStreams }
    var reader = SnapshotReader(bytes, from: headerLength, to: headerLength + content)
    for _ in 0..<count { try body(try record(&reader)) }
    guard reader.remaining == 0 else { throw .malformed }
  }

  private static func record<Key: PersistentStreamKey>(
    _ reader: inout SnapshotReader
  ) throws(SnapshotError) -> StreamRecord<Key> {
    let key = try Key(from: &reader)
    let epoch = try reader.read()
    let next = try reader.read()
    let floor = try reader.read()
    let count = try reader.read()
    // A range takes two bytes at the least.
    guard epoch <= UInt64(UInt32.max), count <= UInt64(reader.remaining / 2) else { throw .malformed }
    var record = StreamRecord(stream: key, epoch: UInt32(epoch), next: next, floor: floor)
    for _ in 0..<count {
      let (first, carry) = floor.addingReportingOverflow(try reader.read())
      let (last, overflow) = first.addingReportingOverflow(try reader.read())
      guard !carry, !overflow else { throw .malformed }
      record.skipped.append(first...last)
    }
    guard record.isValid else { throw .malformed }
    return record
  }
}
