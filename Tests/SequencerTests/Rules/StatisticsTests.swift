import Sequencer
import Testing

/// The counters: every message handed in is in exactly one of them, or held.
@Suite("Rules: statistics")
struct StatisticsTests {
  @Test("A new sequencer has counted nothing")
  func zero() {
    let script = Script()
    var readings = script.readings
    readings["allocatedBytes"] = nil
    readings["longestProbe"] = nil
    #expect(readings.count == 12)
    #expect(readings.values.allSatisfy { $0 == "0" })
    #expect(script.statistics.longestProbe == 1)
  }

  @Test("Each counter counts what it says")
  func counters() {
    let script = Script { $0.ledgerLimit = 1 }
    script.receiveAll([1, 3, 3, 5, 0])  // delivered, buffered, duplicate, buffered, rejected
    #expect(script.advance(to: .milliseconds(200)) == ["ask 2 #1", "ask 4 #1"].withDelivered("1"))
    #expect(script.advance(to: .seconds(5)) == ["skip 2 timeout", "3", "skip 4 timeout", "5"])
    script.receiveAll([4, 2, 1])  // late; then the ledger is empty and the floor at 2: stale, stale
    _ = script.receive(5)  // duplicate
    _ = script.tip(8)
    _ = script.receive(1, from: "b")
    let statistics = script.statistics
    #expect(statistics.delivered == 4)
    #expect(statistics.buffered == 2)
    #expect(statistics.duplicates == 2)
    #expect(statistics.rejected == 1)
    #expect(statistics.late == 1)
    #expect(statistics.stale == 2)
    #expect(statistics.skipped == 2)
    #expect(statistics.requests == 2)
    #expect(statistics.opened == 2)
    #expect(statistics.streams == 2)
    #expect(statistics.held == 1)
    #expect(statistics.evicted == 0)
  }

  @Test("delivered + late + duplicates + stale + rejected + held = handed in", arguments: 1...20)
  func sum(seed: UInt64) {
    var random = SystemlessRandom(state: seed)
    let script = Script {
      $0.window = 16
      $0.bufferLimit = 12
      $0.ledgerLimit = 1
      $0.streamLimit = 2
    }
    for handedIn in UInt64(1)...400 {
      script.now = script.now.advanced(by: .milliseconds(Int64(random.next() % 400)))
      let stream = ["a", "b", "c"][Int(random.next() % 3)]
      let next = script.position(stream)?.number ?? 1
      // Around the next one: up to ten behind, up to nine ahead.
      let number = max(next + random.next() % 20, 10) - 10
      _ = script.receive(number, epoch: UInt32(handedIn / 150), from: stream)
      if random.next() % 4 == 0 { _ = script.advance(to: script.now) }
      let now = script.statistics
      #expect(now.delivered + now.late + now.duplicates + now.stale + now.rejected + UInt64(now.held) == handedIn)
      #expect(now.held == script.sequencer.statistics.held)
    }
    let end = script.statistics
    let counts = [end.delivered, end.late, end.duplicates, end.stale, end.rejected, end.skipped]
    #expect(!counts.contains(0), "\(counts)")
  }

  @Test("Deliveries of a long run are all counted, whichever way they go")
  func lanes() {
    let script = Script()
    script.receiveAll(Array(1...37))
    script.receiveAll((39...61).reversed())
    script.receiveAll([38])
    _ = script.heard()
    #expect(script.statistics.delivered == 61)
    #expect(script.statistics.buffered == 23)
  }

  @Test("A close and a closing epoch count what they let out and skip")
  func ends() {
    let script = Script()
    _ = script.receive(3)
    _ = script.receive(4, epoch: 1)
    _ = script.close()
    #expect(script.statistics.delivered == 2)
    #expect(script.statistics.skipped == 5)
    #expect(script.statistics.held == 0)
    #expect(script.statistics.streams == 0)
  }
}

extension [String] {
  /// The same behind a delivery that was heard before.
  fileprivate func withDelivered(_ line: String) -> [String] { [line] + self }
}
