import Choosing
import SequencerModel

/// Writes what a snapshot could be, in the format as it is documented: to be told apart from the library's own writer, which
/// never writes nonsense.
struct SnapshotBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(fixed number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  /// LEB128; `padded`: one byte longer than it need be.
  mutating func append(_ number: UInt64, padded: Bool = false) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest) | (padded ? 0x80 : 0))
    if padded { bytes.append(0) }
  }

  mutating func append(_ content: [UInt8]) { bytes += content }

  /// Content with a header and a checksum that are right, whatever it says.
  static func framed(_ content: [UInt8], kind: UInt32, records: UInt64) -> [UInt8] {
    var out = SnapshotBytes()
    out.append(fixed: UInt64(kind) | 1 << 32)
    out.append(fixed: UInt64(content.count))
    out.append(fixed: records)
    out.append(content)
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in out.bytes { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    out.append(fixed: sum)
    return out.bytes
  }

  static let sequencerKind: UInt32 = 0x7173_444F
  static let numberingKind: UInt32 = 0x626E_444F
}

extension SnapshotBytes {
  /// What somebody could hand in: mostly records, sometimes any bytes in a good frame, or just any bytes.
  static func chosen(_ choices: inout Choices, key: (inout SnapshotBytes, inout Choices) -> Void) -> [UInt8] {
    let shape = choices.below(10)
    if shape == 9 { return anything(&choices) }
    let kind = choices.chance(85) ? sequencerKind : numberingKind
    if shape == 8 { return framed(anything(&choices), kind: kind, records: choices.upTo(3)) }
    var content = SnapshotBytes()
    let count = content.appendRecords(&choices, key)
    return framed(content.bytes, kind: kind, records: count)
  }

  private static func anything(_ choices: inout Choices) -> [UInt8] {
    (0..<choices.upTo(100)).map { _ in UInt8(choices.upTo(255)) }
  }

  /// Records field by field, mostly such as a sequencer could have; how many there are.
  private mutating func appendRecords(_ choices: inout Choices, _ key: (inout SnapshotBytes, inout Choices) -> Void)
    -> UInt64
  {
    var count: UInt64 = 0
    repeat {
      key(&self, &choices)
      append(choices.chance(95) ? choices.pick([0, 1, 7, UInt64(UInt32.max)]) : 1 << 32, padded: choices.chance(1))
      let edges: [UInt64] = [0, lastNumber, lastNumber + 1, lastNumber + 2, .max]
      append(choices.chance(10) ? choices.pick(edges) : choices.number(1...300), padded: choices.chance(1))
      append(choices.chance(70) ? 0 : choices.chance(90) ? choices.number(0...20) : .max)
      let ranges = choices.chance(95) ? choices.number(0...5) : .max
      append(ranges)
      // Distances from the floor that may ascend or not.
      var first: UInt64 = 0
      for _ in 0..<min(ranges, 6) {
        first = choices.chance(95) ? first &+ choices.number(1...40) : choices.next()
        append(first)
        append(choices.chance(95) ? choices.number(0...4) : .max - 3)
      }
      count += 1
    } while count < 8 && choices.chance(60)
    return choices.chance(97) ? count : count + choices.pick([1, .max - count, 1 << 40])
  }
}
