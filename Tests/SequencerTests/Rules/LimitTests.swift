import Sequencer
import Testing

/// Every limit, finite by default.
@Suite("Rules: limits")
struct LimitTests {
  @Test("The defaults are those of the design")
  func defaults() {
    let configuration = SequencerConfiguration()
    #expect(configuration.gapTimeout == .seconds(5))
    #expect(configuration.repair == RepairSchedule(first: .milliseconds(200), attempts: 8))
    #expect(configuration.window == 1_024)
    #expect(configuration.streamLimit == 1_048_576)
    #expect(configuration.bufferLimit == 65_536)
    #expect(configuration.ledgerLimit == 16)
    #expect(configuration.totalLedgerLimit == 65_536)
    #expect(configuration.start == .one)
  }

  @Test("Streams: one more than the limit is refused, whoever speaks for it, until one goes")
  func streams() {
    let script = Script { $0.streamLimit = 2 }
    #expect(script.receive(1) == .delivered)
    #expect(script.receive(2, from: "b") == .buffered)
    #expect(script.receive(1, from: "c") == .rejected(.tooManyStreams))
    #expect(script.tip(1, of: "c") == .rejected(.tooManyStreams))
    #expect(script.void(1...1, of: "c") == .rejected(.tooManyStreams))
    #expect(script.open(StreamRecord(stream: "c")) == .rejected(.tooManyStreams))
    #expect(script.resynchronize(next: 1, "c") == .rejected(.tooManyStreams))
    #expect(script.receive(2) == .delivered)
    #expect(script.close("b"))
    #expect(script.receive(1, from: "c") == .delivered)
    #expect(script.sequencer.statistics.streams == 2)
  }

  @Test("The buffer: a message, a voided number and a tip count one each, over all streams")
  func buffer() {
    let script = Script { $0.bufferLimit = 3 }
    #expect(script.receive(2) == .buffered)
    #expect(script.void(2...2, of: "b") == .voided)
    #expect(script.tip(2, of: "c") == .noted)
    #expect(script.sequencer.statistics.held == 3)
    #expect(script.statistics.held == 3)
    #expect(script.receive(2, from: "d") == .rejected(.overCapacity))
    #expect(script.receive(3) == .rejected(.overCapacity))
    #expect(script.void(2...2, of: "d") == .rejected(.overCapacity))
    #expect(script.tip(2, of: "d") == .rejected(.overCapacity))
    #expect(script.position("d") == nil)
  }

  @Test("What takes no new place is taken even when the buffer is full")
  func full() {
    let script = Script { $0.bufferLimit = 2 }
    #expect(script.receive(2) == .buffered)
    #expect(script.void(3...3) == .voided)
    #expect(script.receive(2) == .duplicate(.buffered))
    #expect(script.receive(3) == .buffered)
    #expect(script.receive(1, from: "b") == .delivered)
    #expect(script.receive(1, from: "b") == .duplicate(.emitted))
    #expect(script.void(2...9, of: "b") == .voided)
    #expect(script.receive(4, from: "b") == .late)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1 of b", "skip 2-9 void of b", "late 4 of b", "1", "2", "3"])
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A buffer of zero holds nothing and passes what is in order")
  func zero() {
    let script = Script { $0.bufferLimit = 0 }
    #expect(script.receive(2) == .rejected(.overCapacity))
    #expect(script.receive(1) == .delivered)
    #expect(script.receive(2) == .delivered)
  }

  @Test("One message far ahead does not cost a window of slots")
  func farAhead() {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    sequencer.reserve(streams: 1_000)
    let before = sequencer.statistics.allocatedBytes
    for stream in UInt64(0)..<1_000 {
      #expect(sequencer.receive(0, number: 1_024, from: stream, at: .zero) { _ in } == .buffered)
    }
    // A block of 16 slots, a page of 16 slots, a directory of at most 1,024 bytes and a clock: not 1,024 slots of 8 bytes.
    let perStream = (sequencer.statistics.allocatedBytes - before) / 1_000
    #expect(perStream > 0)
    #expect(perStream < 2_048)
  }

  @Test("Room that was reserved is enough")
  func reserve() {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    sequencer.reserve(streams: 10_000)
    let reserved = sequencer.statistics.allocatedBytes
    for stream in UInt64(0)..<10_000 { _ = sequencer.receive(0, number: 1, from: stream, at: .zero) { _ in } }
    #expect(sequencer.statistics.allocatedBytes == reserved)
    sequencer.reserve(streams: 5)
    #expect(sequencer.statistics.allocatedBytes == reserved)
  }

  @Test("A stream may use its last number, and then has no more")
  func lastNumber() {
    let script = Script()
    let last = Position.lastNumber
    #expect(script.open(StreamRecord(stream: "a", next: last - 1)) == .opened)
    #expect(script.receive(last) == .buffered)
    #expect(script.receive(last - 1) == .delivered)
    #expect(script.heard() == ["\(last - 1)", "\(last)"])
    #expect(script.position() == Position(number: 1 << 53))
    #expect(script.receive(last) == .duplicate(.emitted))
    #expect(script.receive(last + 1) == .rejected(.invalidNumber))
    #expect(script.receive(1, epoch: 1) == .delivered)
  }
}
