import Sequencer
import Testing

/// Gaps and their clocks.
@Suite("Rules: gaps")
struct GapTests {
  @Test("A gap starts when the first message above it arrives, and expires at start + timeout, not before")
  func start() {
    let script = Script.withoutRepair()
    script.now = .seconds(1)
    #expect(script.receive(4) == .buffered)
    #expect(script.advance(to: .seconds(6).before) == [])
    #expect(script.advance(to: .seconds(6)) == ["skip 1-3 timeout", "4"])
  }

  @Test("It keeps its start when gaps before it go")
  func keepsItsStart() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(1)
    _ = script.receive(4)
    script.now = .seconds(2)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2"])
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(6)) == ["skip 3 timeout", "4"])
  }

  @Test("It keeps its start when it is split")
  func split() {
    let script = Script.withoutRepair()
    _ = script.receive(5)
    script.now = .seconds(2)
    #expect(script.receive(3) == .buffered)
    #expect(script.deadline == .seconds(5))
    #expect(script.advance(to: .seconds(5)) == ["skip 1-2 timeout", "3", "skip 4 timeout", "5"])
    #expect(script.deadline == nil)
  }

  @Test("No message waits longer than the timeout from its own arrival")
  func ownArrival() {
    let script = Script.withoutRepair()
    _ = script.receive(3)
    script.now = .seconds(3)
    _ = script.receive(6)
    #expect(script.advance(to: .seconds(5)) == ["skip 1-2 timeout", "3"])
    #expect(script.deadline == .seconds(8))
    #expect(script.advance(to: .seconds(8)) == ["skip 4-5 timeout", "6"])
  }

  @Test("Many missing numbers, and many gaps that are due, go in one call")
  func oneCall() {
    let script = Script.withoutRepair()
    script.receiveAll([1_000, 1_002, 1_004])
    #expect(
      script.advance(to: .seconds(5)) == [
        "skip 1-999 timeout", "1000", "skip 1001 timeout", "1002", "skip 1003 timeout", "1004",
      ])
  }

  @Test("A message above an earlier tip opens a gap of its own beside it")
  func besideATip() {
    let script = Script.withoutRepair()
    #expect(script.tip(2) == .noted)
    script.now = .seconds(1)
    #expect(script.receive(4) == .buffered)
    #expect(script.advance(to: .seconds(5)) == ["skip 1-2 timeout"])
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(6)) == ["skip 3 timeout", "4"])
  }

  @Test("Gaps side by side that are due in the same call are one event")
  func merged() {
    let script = Script.withoutRepair()
    _ = script.tip(2)
    script.now = .seconds(1)
    _ = script.receive(4)
    #expect(script.advance(to: .seconds(6)) == ["skip 1-3 timeout", "4"])
  }

  @Test("receive gives up nothing, however overdue: a message handed in before advance still fills its gap")
  func onlyAdvance() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(3_600)
    #expect(script.receive(3) == .buffered)
    #expect(script.tip(3) == .known)
    #expect(script.heard() == [])
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2", "3"])
    #expect(script.advance(to: .seconds(3_600)) == [])
  }

  @Test(
    "Streams by their first due gap's start, equal starts in the order of their clocks, all of a stream in its turn")
  func order() {
    let script = Script.withoutRepair()
    script.now = .seconds(1)
    _ = script.receive(2, from: "z")
    _ = script.receive(2)
    script.now = .seconds(2)
    _ = script.receive(2, from: "b")
    _ = script.receive(4)
    _ = script.receive(4, from: "z")
    #expect(
      script.advance(to: .seconds(10)) == [
        "skip 1 timeout of z", "2 of z", "skip 3 timeout of z", "4 of z",
        "skip 1 timeout", "2", "skip 3 timeout", "4",
        "skip 1 timeout of b", "2 of b",
      ])
  }

  @Test("A gap that is not due stays, and keeps its stream waiting behind one that went")
  func partial() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(4)
    _ = script.receive(4)
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout", "2"])
    #expect(script.position() == Position(number: 3))
    #expect(script.receive(3) == .delivered)
    #expect(script.heard() == ["3", "4"])
    #expect(script.deadline == nil)
  }

  @Test("One skipped event per run and reason")
  func reasons() {
    let script = Script.withoutRepair()
    _ = script.void(3...4)
    _ = script.receive(7)
    #expect(script.advance(to: .seconds(5)) == ["skip 1-2 timeout", "skip 3-4 void", "skip 5-6 timeout", "7"])
  }

  @Test("advance first gives up what is due, then asks for what is still missing")
  func givesUpFirst() {
    let script = Script()
    _ = script.receive(2)
    script.now = .milliseconds(4_800)
    _ = script.receive(2, from: "b")
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout", "2", "ask 1 #1 of b"])
  }

  @Test("Without a gap timeout nothing is ever given up")
  func noTimeout() {
    let script = Script.withoutRepair { $0.gapTimeout = nil }
    _ = script.receive(2)
    #expect(script.deadline == nil)
    #expect(script.advance(to: .max) == [])
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2"])
  }

  @Test("A short gap timeout of the caller's own holds to the nanosecond")
  func shortTimeout() {
    let script = Script.withoutRepair { $0.gapTimeout = .nanoseconds(1) }
    _ = script.receive(2)
    #expect(script.deadline == Instant(nanoseconds: 1))
    #expect(script.advance(to: .zero) == [])
    #expect(script.advance(to: Instant(nanoseconds: 1)) == ["skip 1 timeout", "2"])
  }
}
