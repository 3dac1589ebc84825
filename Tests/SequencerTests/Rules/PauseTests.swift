import Sequencer
import Testing

/// Clocks that stand still: `pause` stops them all, `suspend` those of one stream.
@Suite("Rules: pause and suspend")
struct PauseTests {
  @Test("Resuming leaves every gap the time that was left")
  func timeLeft() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(4)
    script.pause()
    #expect(script.isPaused)
    #expect(script.deadline == nil)
    #expect(script.advance(to: .seconds(100)) == [])
    script.resume()
    #expect(!script.isPaused)
    #expect(script.deadline == .seconds(101))
    #expect(script.advance(to: .seconds(101).before) == [])
    #expect(script.advance(to: .seconds(101)) == ["skip 1 timeout", "2"])
  }

  @Test("What was due when the clocks stopped stays due")
  func staysDue() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(6)
    script.pause()
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(7)) == ["skip 1 timeout", "2"])
    #expect(script.deadline == nil)
  }

  @Test("A gap that opens while the clocks stand still has its whole timeout after them")
  func opensWhilePaused() {
    let script = Script.withoutRepair()
    script.now = .seconds(1)
    script.pause()
    script.now = .seconds(3)
    _ = script.receive(2)
    script.now = .seconds(10)
    script.resume()
    #expect(script.deadline == .seconds(15))
  }

  @Test("Pausing twice and resuming twice are no more than once")
  func twice() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(1)
    script.pause()
    script.now = .seconds(3)
    script.pause()
    script.now = .seconds(5)
    script.resume()
    script.now = .seconds(6)
    script.resume()
    #expect(script.deadline == .seconds(9))
  }

  @Test("Requests stand still with the clocks")
  func requests() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.advance(to: .milliseconds(200)) == ["ask 1 #1"])
    script.now = .milliseconds(500)
    script.pause()
    script.now = .seconds(60)
    script.resume()
    #expect(script.deadline == .milliseconds(60_100))
    #expect(script.advance(to: .milliseconds(60_100)) == ["ask 1 #2"])
  }

  @Test("Suspending a stream stops its clocks and no others")
  func suspend() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    _ = script.receive(2, from: "b")
    #expect(script.suspend())
    #expect(script.advance(to: .seconds(10)) == ["skip 1 timeout of b", "2 of b"])
    #expect(script.deadline == nil)
  }

  @Test("Resuming a stream gives its gaps a fresh timeout, and asks again from the first attempt")
  func fresh() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.advance(to: .milliseconds(600)) == ["ask 1 #2"])
    #expect(script.suspend())
    script.now = .seconds(10)
    #expect(script.resume("a"))
    #expect(script.deadline == .milliseconds(10_200))
    #expect(script.advance(to: .milliseconds(10_200)) == ["ask 1 #1"])
    #expect(script.advance(to: .seconds(15)) == ["skip 1 timeout", "2"])
  }

  @Test("A suspended stream still takes and emits messages")
  func stillTakes() {
    let script = Script()
    #expect(script.receive(1) == .delivered)
    #expect(script.suspend())
    #expect(script.receive(4) == .buffered)
    #expect(script.tip(6) == .noted)
    #expect(script.deadline == nil)
    script.receiveAll([2, 3])
    #expect(script.heard() == ["1", "2", "3", "4"])
    #expect(script.resume("a"))
    #expect(script.deadline == .milliseconds(200))
    #expect(script.advance(to: .milliseconds(200)) == ["ask 5-6 #1"])
  }

  @Test("Suspension outlasts a higher epoch")
  func outlastsAnEpoch() {
    let script = Script()
    _ = script.receive(1)
    #expect(script.suspend())
    #expect(script.receive(3, epoch: 1) == .buffered)
    #expect(script.deadline == nil)
    #expect(script.resume("a"))
    #expect(script.deadline == .milliseconds(200))
  }

  @Test("Suspension ends with close")
  func endsWithClose() {
    let script = Script()
    _ = script.receive(1)
    #expect(script.suspend())
    #expect(script.close())
    _ = script.receive(2)
    #expect(script.deadline == .milliseconds(200))
  }

  @Test("Suspension ends with eviction")
  func endsWithEviction() {
    let script = Script()
    _ = script.receive(1)
    #expect(script.suspend())
    #expect(script.evictIdle() == [])
    #expect(script.evictIdle() == [StreamRecord(stream: "a", next: 2)])
    #expect(script.open(StreamRecord(stream: "a", next: 2)) == .opened)
    #expect(script.receive(3) == .buffered)
    #expect(script.deadline == .milliseconds(200))
  }

  @Test("Resuming a stream that runs changes nothing")
  func resumeRunning() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(3)
    #expect(script.resume("a"))
    #expect(script.deadline == .seconds(5))
  }

  @Test("Suspending twice is no more than once")
  func suspendTwice() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    #expect(script.suspend())
    #expect(script.suspend())
    script.now = .seconds(1)
    #expect(script.resume("a"))
    #expect(script.deadline == .seconds(6))
  }

  @Test("An unknown stream is neither suspended nor resumed")
  func unknown() {
    let script = Script()
    #expect(!script.suspend())
    #expect(!script.resume("a"))
    #expect(script.sequencer.statistics.streams == 0)
  }

  @Test("Gaps side by side are one after a suspension, whatever they were before")
  func joined() {
    let script = Script()
    _ = script.tip(2)
    script.now = .milliseconds(100)
    _ = script.receive(4)
    #expect(script.suspend())
    #expect(script.resume("a"))
    #expect(script.advance(to: .milliseconds(300)) == ["ask 1-3 #1"])
  }
}
