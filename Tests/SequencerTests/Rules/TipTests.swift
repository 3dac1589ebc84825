import Sequencer
import Testing

/// Tips: a heartbeat names the newest number.
@Suite("Rules: tips")
struct TipTests {
  @Test("A tip opens a gap at the tail")
  func tail() {
    let script = Script.withoutRepair()
    _ = script.receive(1)
    script.now = .seconds(1)
    #expect(script.tip(3) == .noted)
    #expect(script.heard() == ["1"])
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(6)) == ["skip 2-3 timeout"])
    #expect(script.receive(4) == .delivered)
  }

  @Test("A number at least as high is known")
  func known() {
    let script = Script()
    script.receiveAll([1, 5])
    #expect(script.tip(1) == .known)
    #expect(script.tip(5) == .known)
    #expect(script.tip(3) == .known)
    #expect(script.tip(6) == .noted)
    #expect(script.tip(6) == .known)
    #expect(script.void(7...8) == .voided)
    #expect(script.tip(8) == .known)
    #expect(script.deadline == .milliseconds(200))
  }

  @Test("Beyond the window it counts as the window's last number, and says so")
  func clamped() {
    let script = Script.withoutRepair { $0.window = 4 }
    _ = script.receive(1)
    #expect(script.tip(100) == .clamped)
    #expect(script.tip(100) == .known)
    #expect(script.advance(to: .seconds(5)) == ["1", "skip 2-5 timeout"])
    #expect(script.tip(9) == .noted)
  }

  @Test("At the end of all numbers it is the last number that it counts as")
  func clampedAtTheEnd() {
    let script = Script.withoutRepair()
    #expect(script.open(StreamRecord(stream: "a", next: (1 << 53) - 3)) == .opened)
    #expect(script.tip((1 << 53) - 1) == .noted)
    #expect(script.advance(to: .seconds(5)) == ["skip \(Position.lastNumber - 2)-\(Position.lastNumber) timeout"])
    #expect(script.tip((1 << 53) - 1) == .known)
  }

  @Test("After .beyondWindow, noteTip(number - 1) keeps a long loss from stalling the stream")
  func longLoss() {
    let script = Script.withoutRepair { $0.window = 64 }
    _ = script.receive(1)
    #expect(script.receive(100) == .rejected(.beyondWindow))
    #expect(script.tip(99) == .clamped)
    #expect(script.advance(to: .seconds(5)) == ["1", "skip 2-65 timeout"])
    #expect(script.receive(100) == .buffered)
    #expect(script.advance(to: .seconds(10)) == ["skip 66-99 timeout", "100"])
  }

  @Test("A tip takes a place in the buffer, which its own message takes over")
  func place() {
    let script = Script { $0.bufferLimit = 1 }
    #expect(script.tip(2) == .noted)
    #expect(script.sequencer.statistics.held == 1)
    #expect(script.receive(3) == .rejected(.overCapacity))
    #expect(script.tip(3) == .rejected(.overCapacity))
    #expect(script.receive(2) == .buffered)
    #expect(script.sequencer.statistics.held == 1)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2"])
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A void takes a tip's place over, too")
  func placeOfAVoid() {
    let script = Script { $0.bufferLimit = 1 }
    #expect(script.tip(2) == .noted)
    #expect(script.void(2...2) == .voided)
    #expect(script.sequencer.statistics.held == 1)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "skip 2 void"])
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A tip at the next number is filled by it")
  func atNext() {
    let script = Script()
    #expect(script.tip(1) == .noted)
    #expect(script.deadline == .milliseconds(200))
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1"])
    #expect(script.deadline == nil)
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A tip that is no number, of an older epoch, of an unknown stream, or too much is refused")
  func refused() {
    let script = Script {
      $0.streamLimit = 1
      $0.bufferLimit = 0
    }
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.tip(0, epoch: 1) == .rejected(.invalidNumber))
    #expect(script.tip(1 << 53, epoch: 1) == .rejected(.invalidNumber))
    #expect(script.tip(5) == .rejected(.staleEpoch))
    #expect(script.tip(5, epoch: 1) == .rejected(.overCapacity))
    #expect(script.tip(5, of: "b") == .rejected(.tooManyStreams))
    for policy in [StartPolicy.firstSeen, .reject] {
      let script = Script { $0.start = policy }
      #expect(script.tip(5) == .rejected(.unknownStream))
      #expect(script.sequencer.statistics.streams == 0)
    }
  }

  @Test("A tip of a higher epoch ends the old one")
  func epoch() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    #expect(script.tip(1, epoch: 1) == .noted)
    #expect(script.heard() == ["skip 1 epoch", "2"])
    #expect(script.position() == Position(epoch: 1, number: 1))
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout in epoch 1"])
  }
}
