import Sequencer
import Testing

/// Where a stream starts: the policies, and `open`.
@Suite("Rules: start and open")
struct StartTests {
  @Test("By default an unknown stream starts at 1")
  func one() {
    let script = Script.withoutRepair()
    #expect(script.position() == nil)
    #expect(script.receive(3) == .buffered)
    #expect(script.position() == Position(number: 1))
    #expect(script.advance(to: .seconds(5)) == ["skip 1-2 timeout", "3"])
  }

  @Test("firstSeen starts at the first message; what lies below is late, not a duplicate")
  func firstSeen() {
    let script = Script { $0.start = .firstSeen }
    #expect(script.receive(7_000_000) == .delivered)
    #expect(script.receive(3) == .late)
    #expect(script.receive(3) == .duplicate(.emitted))
    #expect(script.heard() == ["7000000", "late 3"])
    #expect(script.record()?.skipped == [1...2, 4...6_999_999])
    #expect(script.deadline == nil)
  }

  @Test("firstSeen starts at base, if it is given")
  func firstSeenBase() {
    let script = Script { $0.start = .firstSeen }
    #expect(script.receive(7, base: 5) == .buffered)
    #expect(script.record() == StreamRecord(stream: "a", next: 5, skipped: [1...4]))
    script.receiveAll([6, 5])
    #expect(script.heard() == ["5", "6", "7"])
    #expect(script.receive(9_999, base: 1, from: "b") == .rejected(.beyondWindow))
  }

  @Test("firstSeen starts a higher epoch at 1")
  func firstSeenEpoch() {
    let script = Script { $0.start = .firstSeen }
    #expect(script.receive(7) == .delivered)
    #expect(script.receive(3, epoch: 1) == .buffered)
    #expect(script.position() == Position(epoch: 1, number: 1))
  }

  @Test("With firstSeen, tips and voids open no stream")
  func firstSeenTips() {
    let script = Script { $0.start = .firstSeen }
    #expect(script.tip(4) == .rejected(.unknownStream))
    #expect(script.void(1...4) == .rejected(.unknownStream))
    #expect(script.sequencer.statistics.streams == 0)
  }

  @Test("With reject, the caller loads the record and opens the stream")
  func reject() {
    let script = Script { $0.start = .reject }
    #expect(script.receive(8) == .rejected(.unknownStream))
    #expect(script.open(StreamRecord(stream: "a", next: 8)) == .opened)
    #expect(script.receive(8) == .delivered)
    #expect(script.heard() == ["8"])
  }

  @Test("A stream opens where its record says")
  func open() {
    let script = Script()
    let record = StreamRecord(stream: "a", epoch: 2, next: 10, floor: 3, skipped: [5...6])
    #expect(script.open(record) == .opened)
    #expect(script.record() == record)
    #expect(script.receive(3, epoch: 2) == .stale)
    #expect(script.receive(4, epoch: 2) == .duplicate(.emitted))
    #expect(script.receive(5, epoch: 2) == .late)
    #expect(script.receive(10, epoch: 2) == .delivered)
    #expect(script.receive(11, epoch: 1) == .rejected(.staleEpoch))
    #expect(script.heard() == ["late 5 in epoch 2", "10 in epoch 2"])
  }

  @Test("A stream that is known is left as it is")
  func alreadyOpen() {
    let script = Script { $0.streamLimit = 1 }
    _ = script.receive(1)
    #expect(script.open(StreamRecord(stream: "a", next: 9)) == .alreadyOpen)
    #expect(script.position() == Position(number: 2))
    #expect(script.open(StreamRecord(stream: "b")) == .rejected(.tooManyStreams))
  }

  static let invalidRecords: [StreamRecord<String>] = [
    StreamRecord(stream: "a", next: 0),
    StreamRecord(stream: "a", next: (1 << 53) + 1),
    StreamRecord(stream: "a", next: .max),
    StreamRecord(stream: "a", next: 5, floor: 5),
    StreamRecord(stream: "a", next: 5, floor: .max),
    StreamRecord(stream: "a", next: 5, skipped: [0...1]),
    StreamRecord(stream: "a", next: 5, skipped: [4...5]),
    StreamRecord(stream: "a", next: 5, skipped: [1...UInt64.max]),
    StreamRecord(stream: "a", next: 9, floor: 3, skipped: [3...4]),
    StreamRecord(stream: "a", next: 9, skipped: [1...2, 3...4]),
    StreamRecord(stream: "a", next: 9, skipped: [1...3, 3...4]),
    StreamRecord(stream: "a", next: 9, skipped: [6...7, 2...3]),
  ]

  @Test("A record that no sequencer can have written is refused", arguments: invalidRecords)
  func invalid(record: StreamRecord<String>) {
    let script = Script()
    #expect(!record.isValid)
    #expect(script.open(record) == .rejected(.invalidRecord))
    #expect(script.sequencer.statistics.streams == 0)
  }

  @Test(
    "Records at the edge of what is valid are taken",
    arguments: [
      StreamRecord(stream: "a"), StreamRecord(stream: "a", next: 1 << 53), StreamRecord(stream: "a", next: 5, floor: 4),
      StreamRecord(stream: "a", next: 9, floor: 3, skipped: [4...5, 7...8]),
      StreamRecord(stream: "a", epoch: .max, next: 1 << 53, skipped: [1...(1 << 53) - 1]),
    ])
  func valid(record: StreamRecord<String>) {
    let script = Script()
    #expect(record.isValid)
    #expect(script.open(record) == .opened)
    #expect(script.record() == record)
  }

  @Test("A record with more ranges than the limit loses the lowest")
  func moreRanges() {
    let record = StreamRecord(stream: "a", next: 9, skipped: [1...1, 3...4, 6...6, 8...8])
    let script = Script { $0.ledgerLimit = 2 }
    #expect(script.open(record) == .opened)
    #expect(script.record() == StreamRecord(stream: "a", next: 9, floor: 4, skipped: [6...6, 8...8]))
    let none = Script { $0.ledgerLimit = 0 }
    #expect(none.open(record) == .opened)
    #expect(none.record() == StreamRecord(stream: "a", next: 9, floor: 8))
    let total = Script { $0.totalLedgerLimit = 3 }
    _ = total.void(1...2, of: "b")
    #expect(total.open(record) == .opened)
    #expect(total.record() == StreamRecord(stream: "a", next: 9, floor: 4, skipped: [6...6, 8...8]))
  }
}

/// `evictIdle`: who is forgotten, and with what record.
@Suite("Rules: eviction")
struct EvictionTests {
  @Test("Streams untouched since the last sweep are handed back and forgotten")
  func untouched() {
    let script = Script()
    script.receiveAll([1, 2])
    _ = script.void(1...3, epoch: 1, of: "b")
    #expect(script.evictIdle() == [])
    #expect(
      script.evictIdle() == [
        StreamRecord(stream: "a", next: 3), StreamRecord(stream: "b", epoch: 1, next: 4, skipped: [1...3]),
      ])
    #expect(script.sequencer.statistics.streams == 0)
    #expect(script.position() == nil)
    #expect(script.statistics.evicted == 2)
  }

  @Test("An accepted call touches: a message, a repeated one, a tip, a void, suspend, resynchronize", arguments: 0..<8)
  func touched(call: Int) {
    let script = Script()
    script.receiveAll([1, 2])
    _ = script.void(3...3)
    _ = script.evictIdle()
    switch call {
    case 0: #expect(script.receive(4) == .delivered)
    case 1: #expect(script.receive(1) == .duplicate(.emitted))
    case 2: #expect(script.receive(3) == .late)
    case 3: #expect(script.tip(2) == .known)
    case 4: #expect(script.void(1...3) == .known)
    case 5: #expect(script.suspend())
    case 6: #expect(script.resume("a"))
    default: #expect(script.resynchronize(next: 4) == .resynchronized)
    }
    #expect(script.evictIdle() == [])
    #expect(script.evictIdle().map(\.stream) == ["a"])
  }

  @Test("So they do where nothing was skipped", arguments: 0..<3)
  func touchedWhileQuiet(call: Int) {
    let script = Script()
    script.receiveAll([1, 2])
    _ = script.evictIdle()
    switch call {
    case 0: #expect(script.receive(3) == .delivered)
    case 1: #expect(script.receive(1) == .duplicate(.emitted))
    default: #expect(script.tip(2) == .known)
    }
    #expect(script.evictIdle() == [])
    #expect(script.evictIdle().map(\.stream) == ["a"])
  }

  @Test("Looking at a stream and refused calls do not touch")
  func notTouched() {
    let script = Script { $0.bufferLimit = 0 }
    #expect(script.receive(1, epoch: 1) == .delivered)
    _ = script.evictIdle()
    _ = (script.position(), script.record(), script.progress())
    #expect(script.receive(0, epoch: 1) == .rejected(.invalidNumber))
    #expect(script.receive(2) == .rejected(.staleEpoch))
    #expect(script.receive(5_000, epoch: 1) == .rejected(.beyondWindow))
    #expect(script.receive(3, epoch: 1) == .rejected(.overCapacity))
    #expect(script.tip(5, epoch: 1) == .rejected(.overCapacity))
    #expect(script.void(3...3, epoch: 1) == .rejected(.overCapacity))
    #expect(script.resynchronize(next: 1, epoch: 1) == .rejected(.behind))
    #expect(script.open(StreamRecord(stream: "a")) == .alreadyOpen)
    #expect(script.evictIdle() == [StreamRecord(stream: "a", epoch: 1, next: 2)])
  }

  @Test("A stream with anything ahead stays, and goes a sweep after it is done")
  func waiting() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    _ = script.tip(2, of: "b")
    _ = script.void(2...2, of: "c")
    for _ in 0..<3 { #expect(script.evictIdle() == []) }
    #expect(
      script.advance(to: .seconds(5)) == [
        "skip 1 timeout", "2", "skip 1-2 timeout of b", "skip 1 timeout of c", "skip 2 void of c",
      ])
    // Giving up touches nobody.
    #expect(script.evictIdle().map(\.next) == [3, 3, 3])
  }

  @Test("An evicted stream goes on from its record")
  func goesOn() throws {
    let script = Script {
      $0.start = .reject
      $0.streamLimit = 1
    }
    #expect(script.open(StreamRecord(stream: "a", epoch: 1, next: 4, skipped: [2...2])) == .opened)
    _ = script.evictIdle()
    let record = try #require(script.evictIdle().first)
    #expect(script.open(StreamRecord(stream: "b")) == .opened)
    #expect(script.close("b"))
    #expect(script.receive(4, epoch: 1) == .rejected(.unknownStream))
    #expect(script.open(record) == .opened)
    #expect(script.receive(4, epoch: 1) == .delivered)
    #expect(script.receive(2, epoch: 1) == .late)
  }
}
