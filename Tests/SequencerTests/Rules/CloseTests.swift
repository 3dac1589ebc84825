import Sequencer
import Testing

/// The end of a stream, and its being moved.
@Suite("Rules: close and resynchronize")
struct CloseTests {
  @Test("close emits what waits and names what is missing")
  func close() {
    let script = Script()
    script.receiveAll([2, 4])
    _ = script.void(6...6)
    _ = script.tip(8)
    #expect(script.close())
    #expect(
      script.heard() == ["skip 1 closed", "2", "skip 3 closed", "4", "skip 5 closed", "skip 6 void", "skip 7-8 closed"])
    #expect(script.position() == nil)
    #expect(script.deadline == nil)
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A quiet stream closes without a word, and may start anew")
  func quiet() {
    let script = Script()
    _ = script.receive(1)
    #expect(script.close())
    #expect(script.heard() == ["1"])
    #expect(script.receive(1) == .delivered)
  }

  @Test("An unknown stream is not closed")
  func unknown() {
    let script = Script()
    #expect(!script.close())
    #expect(script.heard() == [])
  }

  @Test("resynchronize goes forwards: it skips what is missing and emits what is held before next")
  func forwards() {
    let script = Script()
    script.receiveAll([1, 4])
    #expect(script.resynchronize(next: 6) == .resynchronized)
    #expect(script.heard() == ["1", "skip 2-3 resync", "4", "skip 5 resync"])
    #expect(script.position() == Position(number: 6))
    #expect(script.receive(2) == .late)
    #expect(script.receive(6) == .delivered)
  }

  @Test("What is held at the new next is emitted, gaps above keep their clocks")
  func above() {
    let script = Script.withoutRepair()
    _ = script.receive(3)
    script.now = .seconds(1)
    _ = script.receive(6)
    script.now = .seconds(2)
    #expect(script.resynchronize(next: 3) == .resynchronized)
    #expect(script.heard() == ["skip 1-2 resync", "3"])
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(6)) == ["skip 4-5 timeout", "6"])
  }

  @Test("It skips any length in one event")
  func anyLength() {
    let script = Script()
    #expect(script.receive(1) == .delivered)
    #expect(script.resynchronize(next: 1 << 53) == .resynchronized)
    #expect(script.heard() == ["1", "skip 2-9007199254740991 resync"])
    #expect(script.statistics.skipped == (1 << 53) - 2)
  }

  @Test("Within an epoch it never goes backwards; to where it stands it changes nothing")
  func behind() {
    let script = Script()
    script.receiveAll([1, 2, 4])
    #expect(script.resynchronize(next: 2) == .rejected(.behind))
    #expect(script.resynchronize(next: 3) == .resynchronized)
    #expect(script.heard() == ["1", "2"])
    #expect(script.deadline == .milliseconds(200))
  }

  @Test("A higher epoch starts at next, and takes what lies below as emitted")
  func epoch() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.resynchronize(next: 10, epoch: 1) == .resynchronized)
    #expect(script.heard() == ["skip 1 epoch", "2"])
    #expect(script.receive(9, epoch: 1) == .duplicate(.emitted))
    #expect(script.receive(10, epoch: 1) == .delivered)
    #expect(script.resynchronize(next: 50) == .rejected(.staleEpoch))
  }

  @Test("An unknown stream is opened", arguments: [StartPolicy.one, .firstSeen, .reject])
  func opens(policy: StartPolicy) {
    let script = Script { $0.start = policy }
    #expect(script.resynchronize(next: 10) == .resynchronized)
    #expect(script.receive(9) == .duplicate(.emitted))
    #expect(script.receive(10) == .delivered)
    #expect(script.resynchronize(next: 5, epoch: 3, "b") == .resynchronized)
    #expect(script.position("b") == Position(epoch: 3, number: 5))
  }

  @Test("0 and what lies above the position behind the last number are invalid")
  func invalid() {
    let script = Script()
    #expect(script.resynchronize(next: 0) == .rejected(.invalidNumber))
    #expect(script.resynchronize(next: (1 << 53) + 1) == .rejected(.invalidNumber))
    #expect(script.resynchronize(next: .max) == .rejected(.invalidNumber))
    #expect(script.resynchronize(next: 1 << 53) == .resynchronized)
  }
}
