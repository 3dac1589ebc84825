import Foundation
import Sequencer
import SequencerModel
import Testing
import Trials

/// The semantics, executable: what a naive reference model answered, operation by operation.
@Suite("Tapes")
struct TapeTests {
  static let paths: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Tapes")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { folder.appending(path: $0).path }
  }()

  @Test("All 132 tapes are here")
  func count() {
    #expect(Self.paths.count == 132)
  }

  @Test("The oracle plays every tape", arguments: paths)
  func oracle(path: String) throws {
    let tape = try Tape(contentsOf: path)
    var oracle = NaiveSequencer(tape.configuration)
    #expect(!tape.steps.isEmpty)
    #expect(tape.play(on: &oracle) == nil)
  }

  @Test("The sequencer plays every tape, with each kind of key", arguments: paths)
  func oneByOne(path: String) throws {
    let tape = try Tape(contentsOf: path)
    for shift in tape.epochShifts {
      try expectPlays(tape, UInt64.self, shift)
      try expectPlays(tape, UInt128.self, shift)
      try expectPlays(tape, StreamPair.self, shift)
      try expectPlays(tape, String.self, shift)
    }
  }

  private func expectPlays<Key: NumberedKey>(_ tape: Tape, _ key: Key.Type, _ shift: Int64) throws {
    let machine = SequencerMachine<Key>(tape.configuration, epochShift: shift)
    for (index, step) in tape.steps.enumerated() {
      let actual = machine.apply(step.operation)
      try #require(
        actual == step.reply,
        "\(tape.name), line \(index + 2): \(step.operation)\n  expected \(step.reply)\n  actual   \(actual)")
    }
  }

  @Test("The sequencer plays every tape in batches", arguments: paths)
  func batches(path: String) throws {
    let tape = try Tape(contentsOf: path)
    for shift in tape.epochShifts {
      let machine = SequencerMachine<UInt64>(tape.configuration, epochShift: shift)
      var index = 0
      while index < tape.steps.count {
        guard let (first, now) = machine.arrival(tape.steps[index].operation) else {
          #expect(
            machine.apply(tape.steps[index].operation) == tape.steps[index].reply, "\(tape.name), line \(index + 2)")
          index += 1
          continue
        }
        // All that arrives at one moment goes in at once.
        var batch = [first]
        while index + batch.count < tape.steps.count,
          let (next, then) = machine.arrival(tape.steps[index + batch.count].operation), then == now
        {
          batch.append(next)
        }
        let replies = machine.apply(batch: batch, at: now)
        for (offset, reply) in replies.enumerated() {
          let expected = tape.steps[index + offset].reply
          #expect(reply.outcome == expected.outcome, "\(tape.name), line \(index + offset + 2)")
          #expect(reply.events == expected.events, "\(tape.name), line \(index + offset + 2)")
        }
        index += batch.count
        let deadline = tape.steps[index - 1].reply.deadline
        #expect(machine.sequencer.nextDeadline?.nanoseconds == deadline, "\(tape.name), line \(index + 1)")
      }
    }
  }
}

extension Tape {
  /// Epochs are played as they are, which lets streams be quiet, and one higher, which does not; some tapes begin at −1.
  var epochShifts: [Int64] {
    let lowest = steps.compactMap(\.operation.epoch).min() ?? 0
    return lowest < 0 ? [-lowest] : [0, 1]
  }
}
