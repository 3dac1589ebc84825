import Testing

@testable import Sequencer

/// Every function of this library that takes a peer's value, with values at every edge: a typed answer each time, and a refusal
/// that changes nothing. A loop over what a value claims, instead of over what there is, would not end within the limit.
@Suite("Hostile values: order", .timeLimit(.minutes(5)))
struct HostileValueTests {
  static let numbers: [UInt64] = [
    0, 1, 2, 3, 1_024, 1_025, 1 << 32, 1 << 53 - 2, 1 << 53 - 1, 1 << 53, 1 << 53 + 1, 1 << 63 - 1, 1 << 63, .max - 1,
    .max,
  ]
  static let epochs: [UInt32] = [0, 1, 255, 256, 1 << 31, .max - 1, .max]
  static let ranges: [ClosedRange<UInt64>] = numbers.flatMap { first in
    numbers.filter { $0 >= first }.map { first...$0 }
  }
  static let policies: [StartPolicy] = [.one, .firstSeen, .reject]
  static let streams: [UInt64] = [1, 2, .max]

  /// What must not change when something is refused.
  private struct Look: Equatable {
    var statistics: SequencerStatistics
    var records: [StreamRecord<UInt64>?]

    init(_ sequencer: borrowing Sequencer<UInt64, UInt64>) {
      statistics = sequencer.statistics
      // That something was refused is the one thing that is counted.
      statistics.rejected = 0
      records = []
      for stream in streams { records.append(sequencer.record(of: stream)) }
    }
  }

  /// Stream 1 has had number 1 and holds 3; stream 2 is of a high epoch and has skipped something.
  private func sequencer(_ policy: StartPolicy) -> Sequencer<UInt64, UInt64> {
    var configuration = SequencerConfiguration()
    configuration.start = policy
    configuration.bufferLimit = 4
    configuration.streamLimit = 3
    var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: 1)
    #expect(sequencer.open(StreamRecord(stream: 1)) == .opened)
    #expect(sequencer.open(StreamRecord(stream: 2, epoch: 256, next: 100, floor: 10, skipped: [20...30])) == .opened)
    for number in [1, 3] as [UInt64] { _ = sequencer.receive(0, number: number, from: 1, at: .zero) { _ in } }
    return sequencer
  }

  /// Looks at what a call left behind.
  private func check(
    _ sequencer: borrowing Sequencer<UInt64, UInt64>, _ before: Look, wasRefused: Bool,
    _ call: @autoclosure () -> String
  ) {
    let after = Look(sequencer)
    mustHold(!wasRefused || after == before, "\(call()) was refused and changed something")
    mustHold(after.statistics.held <= 4 && after.statistics.streams <= 3, "\(call()) breaks a cap")
    mustHold(after.records.allSatisfy { $0?.isValid ?? true }, "\(call()) leaves an invalid record")
  }

  @Test("Messages: every number, epoch and base", arguments: policies)
  func messages(policy: StartPolicy) {
    for stream in Self.streams {
      for number in Self.numbers {
        for epoch in Self.epochs {
          for base in [nil] + Self.numbers.map(Optional.some) {
            var sequencer = sequencer(policy)
            let before = Look(sequencer)
            var events = 0
            let outcome = sequencer.receive(0, number: number, epoch: epoch, base: base, from: stream, at: .max) { _ in
              events += 1
            }
            let wasRefused = if case .rejected = outcome { true } else { false }
            let call = "\(number) of \(stream) in \(epoch) from \(base ?? 0): \(outcome)"
            check(sequencer, before, wasRefused: wasRefused, call)
            mustHold(events <= (wasRefused ? 0 : 4), "\(call), \(events) events")
            let isNonsense = number == 0 || number > Position.lastNumber || base == 0 || (base ?? 0) > number
            mustHold(isNonsense == (outcome == .rejected(.invalidNumber)), call)
          }
        }
      }
    }
  }

  @Test("Tips and voids: every number, range and epoch", arguments: policies)
  func announcements(policy: StartPolicy) {
    for stream in Self.streams {
      for epoch in Self.epochs {
        for number in Self.numbers {
          var sequencer = sequencer(policy)
          let before = Look(sequencer)
          let outcome = sequencer.noteTip(number, epoch: epoch, of: stream, at: .max) { _ in }
          let wasRefused = if case .rejected = outcome { true } else { false }
          check(sequencer, before, wasRefused: wasRefused, "tip \(number) of \(stream) in \(epoch): \(outcome)")
          mustHold(Position.isValid(number: number) != (outcome == .rejected(.invalidNumber)), "tip \(number)")
        }
        for range in Self.ranges {
          var sequencer = sequencer(policy)
          let before = Look(sequencer)
          let outcome = sequencer.void(range, epoch: epoch, of: stream, at: .max) { _ in }
          let wasRefused = if case .rejected = outcome { true } else { false }
          check(sequencer, before, wasRefused: wasRefused, "void \(range) of \(stream) in \(epoch): \(outcome)")
          let isValid = range.lowerBound > 0 && range.upperBound <= Position.lastNumber
          mustHold(isValid != (outcome == .rejected(.invalidNumber)), "void \(range)")
        }
      }
    }
  }

  @Test("Records and resume points: every number and range")
  func records() throws {
    for next in Self.numbers {
      for floor in Self.numbers {
        for range in Self.ranges {
          var sequencer = sequencer(.one)
          let record = StreamRecord(stream: 3 as UInt64, epoch: .max, next: next, floor: floor, skipped: [range])
          let outcome = sequencer.open(record)
          mustHold(outcome == (record.isValid ? .opened : .rejected(.invalidRecord)), "\(record)")
          mustHold(outcome != .opened || sequencer.record(of: 3) == record, "\(record) came to be another")
        }
      }
      for epoch in Self.epochs {
        for stream in Self.streams {
          var sequencer = sequencer(.one)
          let before = Look(sequencer)
          let outcome = sequencer.resynchronize(stream, next: next, epoch: epoch) { _ in }
          check(sequencer, before, wasRefused: outcome != .resynchronized, "\(next) of \(stream) in \(epoch)")
          // What is held right behind it goes out, too.
          let position = sequencer.position(of: stream)?.number ?? 0
          mustHold(outcome != .resynchronized || next...next + 1 ~= position, "\(next) of \(stream) in \(epoch)")
        }
      }
      var numbering = Numbering<UInt64>(limit: 1, hashSeed: 1)
      do throws(NumberingError) {
        try numbering.resume(1, after: next)
        #expect(next <= Position.lastNumber && numbering.last(in: 1) == next)
        let given = try numbering.next(in: 1)
        #expect(given == next + 1)
      } catch {
        #expect(error == (next > Position.lastNumber ? .invalidNumber : .exhausted))
      }
    }
  }

  @Test("Progress: whatever a peer makes of it, it is refused or merged, and the merged one is valid")
  func progress() {
    let bounds: [UInt64] = [0, 1, 5, 1 << 53 - 1, 1 << 53, .max]
    let ranges = Self.ranges.filter {
      $0.upperBound < 4 || $0.lowerBound > 1 << 52 || $0.upperBound &- $0.lowerBound > 1_000_000
    }
    for epoch in [0, .max] as [UInt32] {
      for above in bounds {
        for through in bounds {
          for first in ranges {
            for second in ranges.prefix(12) {
              let news = StreamProgress(epoch: epoch, above: above, through: through, except: [first, second])
              var known = StreamProgress(through: 9, except: [4...5])
              let outcome = known.merge(news, limit: 2)
              let call = "\(news) of a peer: \(outcome)"
              mustHold(known.isValid && known.except.count <= 2, call)
              mustHold(epoch == 0 ? news.isValid != (outcome == .invalid) : outcome == .otherEpoch, call)
              let pairs = [first, second].map { (first: $0.lowerBound, last: $0.upperBound) }
              let validated = StreamProgress(validating: pairs, epoch: epoch, above: above, through: through)
              mustHold((validated == nil) != news.isValid, call)
            }
          }
        }
      }
    }
    for range in Self.ranges {
      var known = StreamProgress(through: 9, except: [4...5])
      let outcome = known.insert(range, limit: 2)
      #expect(known.isValid)
      #expect((outcome == .invalid) == (range.lowerBound == 0 || range.upperBound > Position.lastNumber))
      var visited = 0
      known.forEachRange(in: range) { _ in visited += 1 }
      known.forEachGap(in: range) { _ in visited += 1 }
      #expect(visited <= 8)
    }
  }
}

/// Complains unless it is so: an expectation for loops of a hundred thousand, in which `#expect` would take its time.
private func mustHold(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { Issue.record("\(what())") }
}
