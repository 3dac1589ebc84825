import Sequencer
import Testing

/// Voids: numbers that will not come, and the sender's base.
@Suite("Rules: voids and base")
struct VoidTests {
  @Test("A void of the next number is skipped at once")
  func next() {
    let script = Script()
    _ = script.receive(1)
    #expect(script.void(2...3) == .voided)
    #expect(script.heard() == ["1", "skip 2-3 void"])
    #expect(script.receive(4) == .delivered)
  }

  @Test("A void ahead opens the gap below it as a message would, and is skipped in its turn")
  func ahead() {
    let script = Script.withoutRepair()
    script.now = .seconds(1)
    #expect(script.void(3...4) == .voided)
    #expect(script.heard() == [])
    #expect(script.deadline == .seconds(6))
    _ = script.receive(5)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1"])
    #expect(script.advance(to: .seconds(6)) == ["skip 2 timeout", "skip 3-4 void", "5"])
  }

  @Test("From the next number downwards a void may have any length, at no cost")
  func anyLength() {
    let script = Script { $0.bufferLimit = 0 }
    #expect(script.void(1...(1 << 53) - 1) == .voided)
    #expect(script.heard() == ["skip 1-9007199254740991 void"])
    #expect(script.sequencer.statistics.held == 0)
    #expect(script.position() == Position(number: 1 << 53))
    #expect(script.receive((1 << 53) - 1, "last") == .late)
    #expect(script.heard() == ["late 9007199254740991=last"])
  }

  @Test("Ahead it must end within the window")
  func withinTheWindow() {
    let script = Script { $0.window = 4 }
    #expect(script.void(2...5) == .rejected(.beyondWindow))
    #expect(script.sequencer.statistics.streams == 0)
    #expect(script.void(2...4) == .voided)
    #expect(script.void(1...5) == .voided)
    #expect(script.heard() == ["skip 1-5 void"])
  }

  @Test("A void ahead takes places: all of them or none")
  func allOrNothing() {
    let script = Script { $0.bufferLimit = 2 }
    #expect(script.void(2...4) == .rejected(.overCapacity))
    #expect(script.sequencer.statistics.held == 0)
    #expect(script.void(2...3) == .voided)
    #expect(script.sequencer.statistics.held == 2)
    #expect(script.void(3...4) == .rejected(.overCapacity))
    #expect(script.void(1...1) == .voided)
    #expect(script.heard() == ["skip 1-3 void"])
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("A message wins over a void")
  func messageWins() {
    let script = Script()
    #expect(script.void(2...2) == .voided)
    #expect(script.receive(2) == .buffered)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "2"])
    #expect(script.void(3...3) == .voided)
    #expect(script.receive(3) == .late)
    #expect(script.heard() == ["skip 3 void", "late 3"])
  }

  @Test("What is out, held or voided already is known")
  func known() {
    let script = Script()
    script.receiveAll([1, 5])
    #expect(script.void(1...1) == .known)
    #expect(script.void(5...5) == .known)
    #expect(script.void(3...4) == .voided)
    #expect(script.void(3...5) == .known)
    #expect(script.void(2...2) == .voided)
    #expect(script.void(1...5) == .known)
    #expect(script.heard() == ["1", "skip 2-4 void", "5"])
  }

  @Test("Held messages stay where a void runs over them")
  func over() {
    let script = Script()
    _ = script.receive(3)
    #expect(script.void(2...4) == .voided)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "skip 2 void", "3", "skip 4 void"])
    _ = script.receive(7)
    #expect(script.void(5...8) == .voided)
    #expect(script.heard() == ["skip 5-6 void", "7", "skip 8 void"])
  }

  @Test("Voids that touch come out as one event")
  func touching() {
    let script = Script()
    #expect(script.void(3...3) == .voided)
    #expect(script.void(2...2) == .voided)
    #expect(script.receive(1) == .delivered)
    #expect(script.heard() == ["1", "skip 2-3 void"])
  }

  @Test("An empty range and one that ends beyond all numbers are invalid")
  func invalid() {
    let script = Script()
    #expect(script.void(0...3) == .rejected(.invalidNumber))
    #expect(script.void(1...1 << 53) == .rejected(.invalidNumber))
    #expect(script.void(1...UInt64.max) == .rejected(.invalidNumber))
    #expect(script.void(5..<5) == .rejected(.invalidNumber))
    #expect(script.void(0..<0) == .rejected(.invalidNumber))
    #expect(script.void(0..<1) == .rejected(.invalidNumber))
    #expect(script.sequencer.statistics.streams == 0)
    #expect(script.void(1..<4) == .voided)
    #expect(script.heard() == ["skip 1-3 void"])
  }

  @Test("A void of an older epoch, of an unknown stream or of one too many is refused")
  func refused() {
    let script = Script { $0.streamLimit = 1 }
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.void(2...2) == .rejected(.staleEpoch))
    #expect(script.void(1...2, of: "b") == .rejected(.tooManyStreams))
    for policy in [StartPolicy.firstSeen, .reject] {
      let script = Script { $0.start = policy }
      #expect(script.void(1...2) == .rejected(.unknownStream))
    }
  }

  @Test("Voiding all of a gap stops its clock")
  func stopsTheClock() {
    let script = Script()
    _ = script.receive(3)
    #expect(script.void(1...2) == .voided)
    #expect(script.heard() == ["skip 1-2 void", "3"])
    #expect(script.deadline == nil)
  }

  @Test("A void of a higher epoch ends the old one")
  func epoch() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.void(1...2, epoch: 1) == .voided)
    #expect(script.heard() == ["skip 1 epoch", "2", "skip 1-2 void in epoch 1"])
  }
}

/// The sender's oldest open number, which travels with its messages.
@Suite("Rules: base")
struct BaseTests {
  @Test("base first voids what lies below it")
  func first() {
    let script = Script()
    #expect(script.receive(5, base: 5) == .delivered)
    #expect(script.heard() == ["skip 1-4 void", "5"])
    #expect(script.receive(9, base: 7) == .buffered)
    #expect(script.heard() == ["skip 6 void"])
    script.receiveAll([7, 8])
    #expect(script.heard() == ["7", "8", "9"])
  }

  @Test("It lets out what waited below it")
  func letsOut() {
    let script = Script()
    script.receiveAll([3, 6])
    #expect(script.receive(9, base: 5) == .buffered)
    #expect(script.heard() == ["skip 1-2 void", "3", "skip 4 void"])
    #expect(script.receive(9, base: 6) == .duplicate(.buffered))
    #expect(script.heard() == ["skip 5 void", "6"])
  }

  @Test("The window is that of the number which is next once all of it is out")
  func windowBehindTheRun() {
    let script = Script { $0.window = 4 }
    script.receiveAll([3, 4])
    #expect(script.receive(9, base: 3) == .rejected(.beyondWindow))
    #expect(script.receive(8, base: 3) == .buffered, "5 is next")
    #expect(script.heard() == ["skip 1-2 void", "3", "4"])
  }

  @Test("All or nothing: with a message that is refused, base does nothing")
  func allOrNothing() {
    let script = Script { $0.window = 4 }
    #expect(script.receive(9, base: 5) == .rejected(.beyondWindow))
    #expect(script.position() == nil)
    #expect(script.receive(8, base: 5) == .buffered)
    #expect(script.heard() == ["skip 1-4 void"])
    #expect(script.receive(13, base: 9) == .rejected(.beyondWindow))
    #expect(script.heard() == [])
    #expect(script.position() == Position(number: 5))
  }

  @Test("0 and a base above its own number are invalid")
  func invalid() {
    let script = Script()
    #expect(script.receive(3, base: 4) == .rejected(.invalidNumber))
    #expect(script.receive(1, base: 0) == .rejected(.invalidNumber))
    #expect(script.receive(1, base: .max) == .rejected(.invalidNumber))
    #expect(script.sequencer.statistics.streams == 0)
  }

  @Test("At or below the next number it says nothing new")
  func nothingNew() {
    let script = Script()
    #expect(script.receive(1, base: 1) == .delivered)
    #expect(script.receive(2, base: 1) == .delivered)
    #expect(script.receive(2, base: 2) == .duplicate(.emitted))
    #expect(script.heard() == ["1", "2"])
  }

  @Test("A held message that its own base lets out is a duplicate of an emitted one")
  func passedByItsOwnBase() {
    let script = Script()
    _ = script.receive(3)
    #expect(script.receive(3, "x", base: 3) == .duplicate(.emitted))
    #expect(script.heard() == ["skip 1-2 void", "3"])
  }

  @Test("It frees the places below it first")
  func frees() {
    let script = Script { $0.bufferLimit = 1 }
    _ = script.receive(2)
    #expect(script.receive(5) == .rejected(.overCapacity))
    #expect(script.receive(5, base: 3) == .buffered)
    #expect(script.heard() == ["skip 1 void", "2"])
  }

  @Test("What it voided comes late all the same")
  func late() {
    let script = Script()
    _ = script.receive(3, base: 3)
    #expect(script.receive(1, base: 1) == .late)
    #expect(script.heard() == ["skip 1-2 void", "3", "late 1"])
  }
}
