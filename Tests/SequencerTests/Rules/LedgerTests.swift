import Sequencer
import Testing

/// The ledger of skipped ranges, its floor, and the progress that it allows to claim.
@Suite("Rules: ledger and progress")
struct LedgerTests {
  /// A script in which the odd numbers below `end` were skipped, one by one.
  private func skippingOdd(below end: UInt64, _ configure: (inout SequencerConfiguration) -> Void = { _ in }) -> Script
  {
    let script = Script.withoutRepair(configure)
    script.receiveAll(stride(from: 2, through: end, by: 2).map(\.self))
    _ = script.advance(to: .seconds(5))
    return script
  }

  @Test("The highest 16 ranges are kept; when one is dropped, its upper end becomes the floor")
  func sixteen() throws {
    #expect(skippingOdd(below: 32).record()?.floor == 0)
    let script = skippingOdd(below: 34)
    let record = try #require(script.record())
    #expect(record.floor == 1)
    #expect(record.skipped == stride(from: 3, through: 33, by: 2).map { $0...$0 })
    #expect(script.receive(1) == .stale)
    #expect(script.receive(2) == .duplicate(.emitted))
    #expect(script.receive(3) == .late)
  }

  @Test("Ranges are joined where they touch")
  func joined() {
    let script = Script.withoutRepair()
    #expect(script.void(1...2) == .voided)
    _ = script.receive(4)
    _ = script.advance(to: .seconds(5))
    #expect(script.record()?.skipped == [1...3])
  }

  @Test("progress(of:) claims what was emitted above the floor")
  func progress() throws {
    let script = skippingOdd(below: 6) { $0.ledgerLimit = 2 }
    let progress = try #require(script.progress())
    #expect(progress == StreamProgress(above: 1, through: 6, except: [3...3, 5...5]))
    #expect((0...8).filter(progress.contains) == [2, 4, 6])
  }

  @Test("progress(of:) names the epoch, and is nil for an unknown stream")
  func progressOfAnEpoch() {
    let script = Script()
    #expect(script.progress() == nil)
    _ = script.receive(1, epoch: 3)
    #expect(script.progress() == StreamProgress(epoch: 3, through: 1))
  }

  @Test("What is only buffered is not in it")
  func buffered() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.progress() == StreamProgress(through: 0))
    _ = script.receive(1)
    #expect(script.progress() == StreamProgress(through: 2))
  }

  @Test("A late message leaves its range: at an end, in the middle, as the last")
  func lateLeaves() {
    let script = Script()
    _ = script.void(1...5)
    #expect(script.receive(3) == .late)
    #expect(script.record()?.skipped == [1...2, 4...5])
    #expect(script.receive(1) == .late)
    #expect(script.record()?.skipped == [2...2, 4...5])
    #expect(script.receive(5) == .late)
    #expect(script.record()?.skipped == [2...2, 4...4])
    #expect(script.receive(2) == .late)
    #expect(script.receive(4) == .late)
    #expect(script.record() == StreamRecord(stream: "a", next: 6))
    for number in UInt64(1)...5 { #expect(script.receive(number) == .duplicate(.emitted)) }
  }

  @Test("A split beyond the limit drops the lowest range")
  func splitBeyondTheLimit() {
    let script = Script { $0.ledgerLimit = 1 }
    _ = script.void(1...5)
    #expect(script.receive(3) == .late)
    #expect(script.record() == StreamRecord(stream: "a", next: 6, floor: 2, skipped: [4...5]))
    #expect(script.receive(1) == .stale)
    #expect(script.receive(3) == .duplicate(.emitted))
    #expect(script.receive(4) == .late)
  }

  @Test("Without a ledger everything up to the last skip is stale")
  func none() {
    let script = Script { $0.ledgerLimit = 0 }
    _ = script.receive(1)
    _ = script.void(2...3)
    _ = script.receive(4)
    #expect(script.receive(2) == .stale)
    #expect(script.receive(1) == .stale)
    #expect(script.receive(4) == .duplicate(.emitted))
    #expect(script.progress() == StreamProgress(above: 3, through: 4))
  }

  @Test("Over the limit of all ledgers, it is the stream that grew which gives way")
  func total() {
    let script = Script { $0.totalLedgerLimit = 2 }
    for stream in ["a", "b", "c"] { _ = script.void(1...1, of: stream) }
    #expect(script.record("a")?.skipped == [1...1])
    #expect(script.record("b")?.skipped == [1...1])
    #expect(script.record("c") == StreamRecord(stream: "c", next: 2, floor: 1))
    #expect(script.receive(1, from: "c") == .stale)
    // A range that goes makes room for another.
    #expect(script.receive(1) == .late)
    _ = script.void(1...1, of: "d")
    #expect(script.record("d")?.skipped == [1...1])
  }

  @Test("Closing, eviction and a higher epoch give a stream's ranges back to the common limit", arguments: 0..<3)
  func givenBack(how: Int) {
    let script = Script { $0.totalLedgerLimit = 1 }
    _ = script.void(1...1)
    switch how {
    case 0: _ = script.close()
    case 1:
      _ = script.evictIdle()
      #expect(script.evictIdle().map(\.skipped) == [[1...1]])
    default: _ = script.receive(1, epoch: 1)
    }
    _ = script.void(1...1, of: "b")
    #expect(script.record("b")?.skipped == [1...1])
  }

  @Test("What is skipped at close or for an epoch enters no ledger")
  func notAtTheEnd() {
    let script = Script { $0.totalLedgerLimit = 1 }
    _ = script.void(1...1, of: "b")
    _ = script.receive(2)
    _ = script.receive(1, epoch: 1)
    #expect(script.record() == StreamRecord(stream: "a", epoch: 1, next: 2))
    #expect(script.record("b")?.skipped == [1...1])
  }

  @Test("A ledger of the largest size holds as many ranges, and no more")
  func largest() throws {
    let script = Script { $0.ledgerLimit = 4_096 }
    for number in stride(from: UInt64(1), through: 2 * 4_100, by: 2) {
      _ = script.void(number...number)
      _ = script.receive(number + 1)
    }
    let record = try #require(script.record())
    #expect(record.skipped.count == 4_096)
    #expect(record.floor == 7)
    #expect(script.receive(1_001) == .late)
    #expect(script.receive(7) == .stale)
  }

  @Test("A ledger whose ranges have gone gives its memory back")
  func shrinks() {
    let script = Script { $0.ledgerLimit = 1_024 }
    func fill(_ stream: String) {
      for number in stride(from: UInt64(1), through: 2_048, by: 2) {
        _ = script.void(number...number, of: stream)
        _ = script.receive(number + 1, from: stream)
      }
    }
    fill("a")
    for number in stride(from: UInt64(3), through: 2_048, by: 2) { #expect(script.receive(number) == .late) }
    #expect(script.record()?.skipped == [1...1])
    // What "a" no longer needs serves "b".
    let before = script.statistics.allocatedBytes
    fill("b")
    #expect(script.statistics.allocatedBytes - before < 1_024)
  }
}
