import Sequencer
import Testing

/// The table of outcomes, row by row.
@Suite("Rules: outcomes")
struct OutcomeTests {
  @Test("The next number is delivered")
  func next() {
    let script = Script()
    #expect(script.receive(1) == .delivered)
    #expect(script.receive(2) == .delivered)
    #expect(script.heard() == ["1", "2"])
  }

  @Test("The next number lets out the whole run that waited behind it, and no more")
  func run() {
    let script = Script()
    script.receiveAll([3, 2, 5])
    #expect(script.heard() == [])
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2", "3"])
    #expect(script.receive(4) == .delivered)
    #expect(script.heard() == ["4", "5"])
  }

  @Test("Ahead, within next ..< next + window, it is buffered", arguments: [1, 2, 16, 17, 64, 1_024] as [UInt64])
  func ahead(window: UInt64) {
    let script = Script { $0.window = Int(window) }
    #expect(script.receive(1) == .delivered)
    #expect(script.receive(2 + window) == .rejected(.beyondWindow))
    #expect(script.receive(1 + window) == (window == 1 ? .delivered : .buffered))
    #expect(script.heard() == (window == 1 ? ["1", "2"] : ["1"]))
  }

  @Test("Already buffered, it is a duplicate; the first payload stays")
  func duplicateBuffered() {
    let script = Script()
    #expect(script.receive(2, "first") == .buffered)
    #expect(script.receive(2, "second") == .duplicate(.buffered))
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2=first"])
  }

  @Test("Behind, in a skipped range, it is late, once")
  func late() {
    let script = Script.withoutRepair()
    #expect(script.receive(2) == .buffered)
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout", "2"])
    #expect(script.receive(1, "x") == .late)
    #expect(script.heard() == ["late 1=x"])
    #expect(script.receive(1) == .duplicate(.emitted))
    #expect(script.heard() == [])
  }

  @Test("Behind, at or below the floor and in no range, it is stale")
  func stale() {
    let script = Script.withoutRepair { $0.ledgerLimit = 1 }
    script.receiveAll([2, 4])
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout", "2", "skip 3 timeout", "4"])
    #expect(script.receive(1) == .stale)
    #expect(script.heard() == [])
    #expect(script.receive(2) == .duplicate(.emitted))
    #expect(script.receive(3) == .late)
    #expect(script.heard() == ["late 3"])
  }

  @Test("Behind otherwise, it is a duplicate that was emitted")
  func duplicateEmitted() {
    let script = Script()
    script.receiveAll([1, 2])
    #expect(script.receive(1, "x") == .duplicate(.emitted))
    #expect(script.receive(2, "x") == .duplicate(.emitted))
    #expect(script.heard() == ["1", "2"])
  }

  @Test("0 and what lies above 2^53 - 1 are invalid numbers")
  func invalidNumber() {
    let script = Script()
    for number in [0, 1 << 53, (1 << 53) + 1, 1 << 63, .max] as [UInt64] {
      #expect(script.receive(number) == .rejected(.invalidNumber))
    }
    #expect(script.receive((1 << 53) - 1) == .rejected(.beyondWindow))
    #expect(script.sequencer.statistics.streams == 0)
  }

  @Test("A lower epoch is stale")
  func staleEpoch() {
    let script = Script()
    #expect(script.receive(1, epoch: 2) == .delivered)
    #expect(script.receive(2, epoch: 1) == .rejected(.staleEpoch))
    #expect(script.receive(1, epoch: 0) == .rejected(.staleEpoch))
    #expect(script.heard() == ["1 in epoch 2"])
  }

  @Test("Several reasons to refuse: the first of the documented order is named")
  func order() {
    let script = Script {
      $0.window = 2
      $0.streamLimit = 1
      $0.bufferLimit = 0
    }
    #expect(script.receive(1, epoch: 2) == .delivered)
    #expect(script.receive(0, epoch: 1) == .rejected(.invalidNumber))
    #expect(script.receive(9, epoch: 1) == .rejected(.staleEpoch))
    #expect(script.receive(4, epoch: 2) == .rejected(.beyondWindow))
    #expect(script.receive(3, epoch: 2) == .rejected(.overCapacity))
    #expect(script.receive(9, from: "b") == .rejected(.beyondWindow))
    #expect(script.receive(2, from: "b") == .rejected(.tooManyStreams))

    let strict = Script { $0.start = .reject }
    #expect(strict.receive(0) == .rejected(.invalidNumber))
    #expect(strict.receive(9_999) == .rejected(.unknownStream))
  }

  @Test("What is rejected changes nothing and allocates nothing")
  func nothingChanged() {
    let script = Script {
      $0.window = 4
      $0.streamLimit = 1
      $0.bufferLimit = 1
    }
    #expect(script.receive(2, epoch: 1) == .buffered)
    let snapshot = script.sequencer.snapshot()
    var expected = script.readings
    expected["rejected"] = "6"
    let deadline = script.deadline
    #expect(script.receive(0) == .rejected(.invalidNumber))
    #expect(script.receive(1) == .rejected(.staleEpoch))
    #expect(script.receive(5, epoch: 1) == .rejected(.beyondWindow))
    #expect(script.receive(9, epoch: 2, base: 5) == .rejected(.beyondWindow))
    #expect(script.receive(3, epoch: 1) == .rejected(.overCapacity))
    #expect(script.receive(1, from: "b") == .rejected(.tooManyStreams))
    #expect(script.heard() == [])
    #expect(script.deadline == deadline)
    #expect(script.sequencer.snapshot() == snapshot)
    // Every other counter and reading, the bytes allocated among them.
    #expect(script.readings == expected)
  }
}
