package import Choosing
import Sequencer
import SequencerModel

/// Bytes that claim to be a snapshot: any bytes, records behind a checksum that is right whatever they say, and good ones
/// with damage. They are refused with a typed error, or make a sequencer that works, and whose own snapshot makes the same
/// one again.
package enum SnapshotTrial: Trial {
  package static let name = "snapshot"

  package static func play(_ choices: inout Choices) -> String? {
    var configuration = ModelConfiguration()
    configuration.streamLimit = choices.pick([100, 100, 3])
    configuration.ledgerRanges = choices.pick([4_096, 16, 2, 0])
    configuration.totalLedgerRanges = choices.pick([65_536, 65_536, 3])
    switch choices.below(3) {
    case 0:
      let bytes = SnapshotBytes.chosen(&choices) { $0.append(fixed: $1.pick([1, 2, 3, 4, 5, 6, .max])) }
      return complaint(bytes, UInt64.self, configuration, &choices)
        ?? SnapshotUse.complaint(bytes, configuration, &choices)
    case 1:
      let bytes = SnapshotBytes.chosen(&choices) {
        $0.append(fixed: $1.upTo(3))
        $0.append(fixed: $1.upTo(3))
      }
      return complaint(bytes, StreamPair.self, configuration, &choices)
    default:
      let bytes = SnapshotBytes.chosen(&choices) { bytes, choices in
        let length = choices.upTo(5)
        bytes.append(choices.chance(97) ? length : length + choices.pick([1, 1 << 40, .max - length]))
        // Accents that stand alone, and bytes that are no text.
        for _ in 0..<length { bytes.append([choices.pick([0x61, 0x62, 0x63, 0xC3, 0xA9, 0xCC, 0x81, 0xFF])]) }
      }
      return complaint(bytes, String.self, configuration, &choices)
    }
  }

  private static func complaint<Key: PersistentStreamKey>(
    _ bytes: [UInt8], _ key: Key.Type, _ configuration: ModelConfiguration, _ choices: inout Choices
  ) -> String? {
    if let complaint = numbering(bytes, key) { return complaint }
    do throws(SnapshotError) {
      let restored = try restore(bytes, key, configuration)
      if let complaint = complaint(about: restored, from: bytes, configuration) { return complaint }
    } catch {
      return nil
    }
    // What was good is good no more once any one byte of it is another, or it is cut.
    var damaged = bytes
    damaged[choices.below(bytes.count)] ^= UInt8(1 + choices.upTo(254))
    if (try? restore(damaged, key, configuration).isPaused) != nil { return "damage was not noticed: \(damaged)" }
    let cut = Array(bytes.prefix(choices.below(bytes.count)))
    if (try? restore(cut, key, configuration).isPaused) != nil { return "a cut was not noticed: \(cut)" }
    return nil
  }

  private static func restore<Key: PersistentStreamKey>(
    _ bytes: [UInt8], _ key: Key.Type, _ configuration: ModelConfiguration
  ) throws(SnapshotError) -> Sequencer<Key, UInt64> {
    try Sequencer(restoring: bytes, SequencerConfiguration(configuration), hashSeed: 3)
  }

  private static func complaint<Key: PersistentStreamKey>(
    about restored: borrowing Sequencer<Key, UInt64>, from bytes: [UInt8], _ configuration: ModelConfiguration
  ) -> String? {
    let found = records(restored)
    if found.count != restored.statistics.streams { return "\(found.count) records of another number of streams" }
    if found.count > configuration.streamLimit { return "more streams than the limit" }
    let ranges = found.map(\.skipped.count)
    if ranges.contains(where: { $0 > configuration.ledgerRanges }) { return "more ranges than the limit" }
    if ranges.reduce(0, +) > configuration.totalLedgerRanges { return "more ranges in all than the limit" }
    if restored.nextDeadline != nil || restored.statistics.held != 0 { return "it waits for something" }

    let written = restored.snapshot()
    // Where no limit dropped anything, the same is said in as many bytes: there is one way to say it.
    if configuration.ledgerRanges == 4_096, configuration.totalLedgerRanges == 65_536, written.count != bytes.count {
      return "\(bytes) came back as \(written)"
    }
    do throws(SnapshotError) {
      let again = try restore(written, Key.self, configuration)
      if Set(records(again)) != Set(found) || again.snapshot() != written { return "\(written) came back otherwise" }
    } catch {
      return "its own snapshot is refused: \(error), \(written)"
    }
    return nil
  }

  private static func records<Key: PersistentStreamKey>(
    _ sequencer: borrowing Sequencer<Key, UInt64>
  ) -> [StreamRecord<Key>] {
    var records: [StreamRecord<Key>] = []
    sequencer.forEachRecord { records.append($0) }
    return records
  }

  /// The same of the other end's snapshot.
  private static func numbering<Key: PersistentStreamKey>(_ bytes: [UInt8], _ key: Key.Type) -> String? {
    do throws(SnapshotError) {
      let written = try Numbering<Key>(restoring: bytes, limit: 5, hashSeed: 1).snapshot()
      let again = try Numbering<Key>(restoring: written, limit: 5, hashSeed: 2).snapshot()
      return again == written && written.count == bytes.count ? nil : "a numbering's \(bytes) came back as \(again)"
    } catch {
      return nil
    }
  }
}
