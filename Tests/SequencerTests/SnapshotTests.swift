import Testing

@testable import Sequencer

/// Snapshots: what goes in comes out, and whatever else comes in is a typed error.
@Suite("Snapshots")
struct SnapshotTests {
  /// The key that the documentation shows.
  struct Room: PersistentStreamKey {
    var id: UInt64
    init(id: UInt64) { self.id = id }
    func write(to writer: inout SnapshotWriter) { writer.write(id) }
    init(from reader: inout SnapshotReader) throws(SnapshotError) { id = try reader.read() }
  }

  /// Records of every shape.
  private func records<Key: PersistentStreamKey>(_ keys: [Key]) -> [StreamRecord<Key>] {
    keys.enumerated().map { index, key in
      switch index % 5 {
      case 0: StreamRecord(stream: key, next: UInt64(index) + 1)
      case 1: StreamRecord(stream: key, epoch: UInt32.max - UInt32(index), next: 1 << 53)
      case 2: StreamRecord(stream: key, next: 300, floor: 299)
      case 3: StreamRecord(stream: key, epoch: 1, next: 1 << 40, floor: 127, skipped: [128...128, 130...1 << 39])
      default:
        StreamRecord(stream: key, next: 1 << 20, skipped: (1...16).map { UInt64($0 * 1_000)...UInt64($0 * 1_001) })
      }
    }
  }

  private func sequencer<Key: PersistentStreamKey>(
    _ records: [StreamRecord<Key>], hashSeed: UInt64 = 1
  ) -> Sequencer<Key, UInt64> {
    var sequencer = Sequencer<Key, UInt64>(hashSeed: hashSeed)
    for record in records { #expect(sequencer.open(record) == .opened) }
    return sequencer
  }

  /// What restoring says.
  private func error<Key: PersistentStreamKey>(
    _ bytes: [UInt8], _ key: Key.Type, _ configuration: SequencerConfiguration = SequencerConfiguration()
  ) -> SnapshotError? {
    do throws(SnapshotError) {
      _ = try Sequencer<Key, UInt64>(restoring: bytes, configuration, hashSeed: 9).statistics.streams
      return nil
    } catch {
      return error
    }
  }

  /// Bytes with a valid checksum, whatever they say.
  private func bytes(
    kind: UInt32 = 0x7173_444F, version: UInt32 = 1, length: UInt64? = nil, count: UInt64,
    _ write: (inout SnapshotWriter) -> Void
  ) -> [UInt8] {
    var content = SnapshotWriter()
    write(&content)
    var out = SnapshotWriter()
    out.writeFixed(UInt64(kind) | UInt64(version) << 32)
    out.writeFixed(length ?? UInt64(content.bytes.count))
    out.writeFixed(count)
    out.bytes += content.bytes
    out.writeFixed(SnapshotFormat.checksum(out.bytes, upTo: out.bytes.count))
    return out.bytes
  }

  /// A record of a UInt64 key, field by field.
  private func fields(_ numbers: UInt64..., of key: UInt64 = 7) -> (inout SnapshotWriter) -> Void {
    { writer in
      writer.writeFixed(key)
      for number in numbers { writer.write(number) }
    }
  }

  // MARK: What goes in comes out

  @Test("Every kind of key survives a round trip, with records of every shape")
  func roundTrips() throws {
    try roundTrip((0..<40).map { UInt64($0) << 58 | UInt64($0) })
    try roundTrip((0..<40).map { UInt128($0) << 100 | UInt128($0) })
    try roundTrip((0..<40).map { StreamPair($0 % 3, $0) })
    try roundTrip((0..<40).map { String(repeating: "é", count: $0) + "\($0)" } + ["", "\u{0}", "👩‍👩‍👧‍👦"])
    try roundTrip((0..<40).map { Room(id: $0 << 50) })
    try roundTrip([UInt64]())
  }

  private func roundTrip<Key: PersistentStreamKey>(_ keys: [Key]) throws {
    let records = records(keys)
    let written = sequencer(records).snapshot()
    let restored = try Sequencer<Key, UInt64>(restoring: written, hashSeed: 2)
    var found: [StreamRecord<Key>] = []
    restored.forEachRecord { found.append($0) }
    #expect(Set(found) == Set(records))
    #expect(found.count == records.count)
    #expect(restored.snapshot() == written)
  }

  @Test("The same state gives the same bytes, whatever the hash seed and the order of opening", arguments: 1...8)
  func canonical(seed: UInt64) {
    let records = records((0..<100).map { "room \($0)" })
    let expected = sequencer(records).snapshot()
    #expect(sequencer(records, hashSeed: seed).snapshot() == expected)
    #expect(sequencer(records.reversed(), hashSeed: seed).snapshot() == expected)
  }

  @Test("Messages and clocks are not in it; what was skipped is")
  func contents() throws {
    let script = Script()
    _ = script.void(1...2)
    script.now = .seconds(50)
    script.receiveAll([3, 5])
    script.pause()
    var restored = try Sequencer<String, String>(restoring: script.sequencer.snapshot(), hashSeed: 2)
    #expect(restored.record(of: "a") == StreamRecord(stream: "a", next: 4, skipped: [1...2]))
    let (deadline, isPaused, held) = (restored.nextDeadline, restored.isPaused, restored.statistics.held)
    #expect(deadline == nil)
    #expect(isPaused == false)
    #expect(held == 0)
    // It was not acknowledged, so it comes again; and the clock starts anew.
    let outcome = restored.receive("5", number: 5, from: "a", at: .zero) { _ in }
    #expect(outcome == .buffered)
    #expect(restored.nextDeadline == .milliseconds(200))
  }

  @Test("Format version 1, byte by byte")
  func golden() throws {
    let records = [
      StreamRecord<UInt64>(stream: 300, epoch: 2, next: 1_000, floor: 5, skipped: [6...9, 500...500]),
      StreamRecord<UInt64>(stream: 7, next: 3),
    ]
    let golden =
      "4f447371" + "01000000" + "1e00000000000000" + "0200000000000000"  // kind, version, length, number of records
      + "0700000000000000" + "00" + "03" + "00" + "00"  // stream 7
      + "2c01000000000000" + "02" + "e807" + "05" + "02" + "01" + "03" + "ef03" + "00"  // stream 300
      + "547b2fcdf342626d"  // checksum
    let written = sequencer(records).snapshot()
    #expect(written.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == golden)
    #expect(try Sequencer<UInt64, UInt64>(restoring: written, hashSeed: 3).snapshot() == written)
  }

  @Test("An empty snapshot is 32 bytes")
  func empty() {
    let written = Sequencer<UInt64, UInt64>(hashSeed: 1).snapshot()
    #expect(written.count == 32)
    #expect(error(written, UInt64.self) == nil)
  }

  // MARK: Damage

  private var damaged: [UInt8] { sequencer(records((0..<6).map { "room \($0)" })).snapshot() }

  @Test("Cut at any byte, it has the wrong length")
  func cuts() {
    let whole = damaged
    var unexpected: [Int] = []
    for end in 0..<whole.count where error(Array(whole[..<end]), String.self) != .wrongLength { unexpected.append(end) }
    #expect(unexpected == [])
    #expect(error(whole + [0], String.self) == .wrongLength)
    #expect(error([], String.self) == .wrongLength)
  }

  @Test("Any bit flipped is noticed, and named")
  func flips() {
    let whole = damaged
    var unexpected: [String] = []
    for index in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[index] ^= 1 << UInt8(bit)
        let expected: SnapshotError =
          switch index {
          case 0..<4: .notASnapshot
          case 4..<8: .unsupportedVersion(1 ^ 1 << UInt32((index - 4) * 8 + bit))
          case 8..<16: .wrongLength
          default: .corrupted
          }
        let found = error(bytes, String.self)
        if found != expected { unexpected.append("byte \(index), bit \(bit): \(found, default: "no error")") }
      }
    }
    #expect(unexpected == [])
  }

  @Test("Random bytes with a valid checksum are taken or refused, and what was taken can be written and read again")
  func fuzz() throws {
    let whole = damaged
    var random = SystemlessRandom(state: 5)
    var taken = 0
    for _ in 0..<3_000 {
      var bytes = Array(whole.dropLast(8))
      for _ in 0...random.next() % 3 {
        let index = 16 + Int(random.next()) % (bytes.count - 16)
        bytes[index] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())][Int(random.next() % 6)]
      }
      var writer = SnapshotWriter()
      writer.bytes = bytes
      writer.writeFixed(SnapshotFormat.checksum(bytes, upTo: bytes.count))
      guard error(writer.bytes, String.self) == nil else { continue }
      taken += 1
      let written = try Sequencer<String, UInt64>(restoring: writer.bytes, hashSeed: 1).snapshot()
      #expect(try Sequencer<String, UInt64>(restoring: written, hashSeed: 2).snapshot() == written)
    }
    #expect(taken > 100)
    #expect(taken < 2_900)
  }

  // MARK: What no sequencer can have written, with a valid checksum

  @Test("Another version is named", arguments: [0, 2, .max] as [UInt32])
  func version(_ version: UInt32) {
    #expect(error(bytes(version: version, count: 0) { _ in }, UInt64.self) == .unsupportedVersion(version))
  }

  @Test("A numbering's snapshot is no sequencer's, nor the other way")
  func kind() {
    let numbering = Numbering<UInt64>(hashSeed: 1).snapshot()
    #expect(error(numbering, UInt64.self) == .notASnapshot)
    let snapshot = sequencer(records([1, 2, 3] as [UInt64])).snapshot()
    #expect(throws: SnapshotError.notASnapshot) {
      _ = try Numbering<UInt64>(restoring: snapshot, hashSeed: 1).count
    }
    #expect(error(bytes(kind: 0, count: 0) { _ in }, UInt64.self) == .notASnapshot)
  }

  @Test(
    "A length that is not that of the bytes",
    arguments: [0, 11, 13, 1 << 32, 1 << 63, .max - 31, .max - 7, .max] as [UInt64])
  func length(_ length: UInt64) {
    #expect(error(bytes(count: 1, fields(0, 1, 0, 0)), UInt64.self) == nil)
    #expect(error(bytes(length: length, count: 1, fields(0, 1, 0, 0)), UInt64.self) == .wrongLength)
  }

  @Test("A number of records that is not that of the bytes", arguments: [0, 2, 3, 1 << 32, 1 << 63, .max] as [UInt64])
  func count(_ count: UInt64) {
    #expect(error(bytes(count: count, fields(0, 1, 0, 0)), UInt64.self) == .malformed)
  }

  @Test("Fields that no sequencer can have written")
  func invalidRecords() {
    let last = Position.lastNumber
    let invalid: [(String, (inout SnapshotWriter) -> Void)] = [
      ("an epoch above the highest", fields(1 << 32, 1, 0, 0)),
      ("an epoch far above", fields(.max, 1, 0, 0)),
      ("next 0", fields(0, 0, 0, 0)),
      ("next beyond the end", fields(0, last + 2, 0, 0)),
      ("next far beyond", fields(0, .max, 0, 0)),
      ("a floor at next", fields(0, 5, 5, 0)),
      ("a floor far above", fields(0, 5, .max, 0)),
      ("a range at the floor", fields(0, 9, 3, 1, 0, 1)),
      ("a range of 0", fields(0, 9, 0, 1, 0, 0)),
      ("a range at next", fields(0, 9, 0, 1, 8, 1)),
      ("ranges that touch", fields(0, 9, 0, 2, 1, 1, 3, 0)),
      ("ranges that overlap", fields(0, 9, 0, 2, 1, 3, 2, 0)),
      ("ranges that descend", fields(0, 9, 0, 2, 5, 0, 1, 0)),
      ("a range whose start overflows", fields(0, 9, 3, 1, .max - 1, 0)),
      ("a range whose end overflows", fields(0, 9, 0, 1, 2, .max)),
      ("more ranges than bytes", fields(0, 9, 0, 2, 1, 0)),
      ("very many ranges", fields(0, 9, 0, .max, 1, 0)),
      ("ranges that end early", fields(0, 9, 0, 1, 1)),
      ("a byte behind the last record", fields(0, 9, 0, 0, 0)),
      ("a record that ends early", fields(0, 9, 0)),
    ]
    for (name, write) in invalid { #expect(error(bytes(count: 1, write), UInt64.self) == .malformed, "\(name)") }
  }

  @Test("A stream that is there twice")
  func twice() {
    let twice = bytes(count: 2) { writer in
      fields(0, 1, 0, 0)(&writer)
      fields(0, 2, 0, 0)(&writer)
    }
    #expect(error(twice, UInt64.self) == .malformed)
    var numbering = twice
    numbering.removeLast(8)
    numbering[2] = UInt8(ascii: "n")
    numbering[3] = UInt8(ascii: "b")
    var writer = SnapshotWriter()
    writer.bytes = numbering
    writer.writeFixed(SnapshotFormat.checksum(numbering, upTo: numbering.count))
    #expect(throws: SnapshotError.malformed) {
      _ = try Numbering<UInt64>(restoring: writer.bytes, hashSeed: 1).count
    }
  }

  @Test("Numbers of more than 64 bits, and texts longer than the bytes or not UTF-8")
  func encodings() {
    func record(_ key: [UInt8]) -> [UInt8] {
      bytes(count: 1) { writer in
        writer.bytes += key
        for number in [0, 1, 0, 0] as [UInt64] { writer.write(number) }
      }
    }
    let most = Array(repeating: UInt8(0xFF), count: 9)
    #expect(error(record(most + [1]), Room.self) == nil)
    #expect(error(record(most + [2]), Room.self) == .malformed)
    #expect(error(record(most + [0x81]), Room.self) == .malformed)
    #expect(error(record(Array(repeating: 0x80, count: 30)), Room.self) == .malformed)

    #expect(error(record([2, 0xC3, 0xA9]), String.self) == nil)
    #expect(error(record([2, 0xC3, 0x28]), String.self) == .malformed)
    #expect(error(record([1, 0xFF]), String.self) == .malformed)
    #expect(error(record([100, 65]), String.self) == .malformed)
    #expect(error(record(most + [1] + [65]), String.self) == .malformed)
    #expect(error(record(Array(repeating: 0xFF, count: 8) + [0x7F, 65]), String.self) == .malformed)
  }

  // MARK: Limits

  @Test("More streams than the limit")
  func tooManyStreams() {
    let written = sequencer(records((0..<10).map { UInt64($0) })).snapshot()
    var configuration = SequencerConfiguration()
    configuration.streamLimit = 9
    #expect(error(written, UInt64.self, configuration) == .tooManyStreams)
    configuration.streamLimit = 10
    #expect(error(written, UInt64.self, configuration) == nil)
    #expect(throws: SnapshotError.tooManyStreams) {
      var numbering = Numbering<UInt64>(hashSeed: 1)
      for conversation in UInt64(0)..<3 { _ = try numbering.next(in: conversation) }
      _ = try Numbering<UInt64>(restoring: numbering.snapshot(), limit: 2, hashSeed: 1).count
    }
  }

  @Test("Ranges beyond the ledger's limit are dropped, lowest first")
  func ledgerLimit() throws {
    let record = StreamRecord<UInt64>(stream: 1, next: 20, skipped: [1...2, 4...4, 6...9, 15...15])
    var configuration = SequencerConfiguration()
    configuration.ledgerLimit = 2
    let restored = try Sequencer<UInt64, UInt64>(
      restoring: sequencer([record]).snapshot(), configuration, hashSeed: 1)
    #expect(restored.record(of: 1) == StreamRecord(stream: 1, next: 20, floor: 4, skipped: [6...9, 15...15]))
  }

  @Test(
    "Over the limit of all ledgers the last streams lose, by the order of the bytes and not of the hashes",
    arguments: 1...5)
  func totalLedgerLimit(seed: UInt64) throws {
    let records = ["a", "b", "c"].map { StreamRecord(stream: $0, next: 9, skipped: [1...1, 3...3]) }
    var configuration = SequencerConfiguration()
    configuration.totalLedgerLimit = 3
    let restored = try Sequencer<String, UInt64>(
      restoring: sequencer(records.reversed()).snapshot(), configuration, hashSeed: seed)
    #expect(restored.record(of: "a") == records[0])
    #expect(restored.record(of: "b") == StreamRecord(stream: "b", next: 9, floor: 1, skipped: [3...3]))
    #expect(restored.record(of: "c") == StreamRecord(stream: "c", next: 9, floor: 3))
  }
}
