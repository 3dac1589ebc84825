import Sequencer
import Testing

/// The caller's clock, whatever it does, and `nextDeadline`.
@Suite("Rules: the clock")
struct ClockTests {
  @Test("A clock that runs backwards is clamped")
  func backwards() {
    let script = Script.withoutRepair()
    script.now = .seconds(10)
    _ = script.receive(2)
    script.now = .seconds(1)
    _ = script.receive(4)
    #expect(script.deadline == .seconds(15))
    #expect(script.advance(to: .seconds(3)) == [])
    #expect(script.advance(to: .seconds(15)) == ["skip 1 timeout", "2", "skip 3 timeout", "4"])
  }

  @Test("Every call that names a moment moves the clock, a refused one too")
  func refused() {
    for call in 0..<6 {
      let script = Script.withoutRepair()
      script.now = .seconds(10)
      switch call {
      case 0: #expect(script.receive(0) == .rejected(.invalidNumber))
      case 1: #expect(script.tip(0) == .rejected(.invalidNumber))
      case 2: #expect(script.void(0...1) == .rejected(.invalidNumber))
      case 3: #expect(script.void(5..<5) == .rejected(.invalidNumber))
      case 4: #expect(!script.resume("a"))
      default:
        script.pause()
        script.resume()
      }
      script.now = .zero
      _ = script.receive(2)
      #expect(script.deadline == .seconds(15), "call \(call)")
    }
  }

  @Test("A leap ahead costs work only for what is due")
  func leap() {
    let script = Script()
    script.receiveAll([2, 1_000])
    #expect(script.advance(to: .max) == ["skip 1 timeout", "2", "skip 3-999 timeout", "1000"])
    #expect(script.deadline == nil)
    #expect(script.statistics.requests == 0)
  }

  @Test("What would be due beyond the last instant is never due")
  func lastInstant() {
    let script = Script.withoutRepair()
    script.now = Instant.max.advanced(by: .seconds(-5))
    _ = script.receive(2)
    #expect(script.deadline == .max)
    script.now = script.now.advanced(by: .nanoseconds(1))
    _ = script.receive(2, from: "b")
    #expect(script.advance(to: .max) == ["skip 1 timeout", "2"])
    #expect(script.deadline == nil)
    #expect(script.advance(to: .max) == [])
  }

  @Test("nextDeadline is nil when nothing is missing")
  func nothing() {
    let script = Script()
    #expect(script.deadline == nil)
    _ = script.receive(1)
    #expect(script.deadline == nil)
    _ = script.receive(3)
    #expect(script.deadline == .milliseconds(200))
    _ = script.receive(2)
    #expect(script.deadline == nil)
  }

  @Test("nextDeadline is never before the newest now")
  func notBefore() {
    let script = Script()
    _ = script.receive(2)
    script.now = .seconds(20)
    _ = script.receive(1, from: "b")
    #expect(script.deadline == .seconds(20))
    #expect(script.advance(to: .seconds(20)) == ["1 of b", "skip 1 timeout", "2"])
  }

  @Test("A gap that is filled takes its deadline with it")
  func filled() {
    let script = Script.withoutRepair()
    _ = script.receive(2)
    script.now = .seconds(1)
    _ = script.receive(4, from: "b")
    #expect(script.deadline == .seconds(5))
    _ = script.receive(1)
    #expect(script.deadline == .seconds(6))
    script.receiveAll([1, 2], from: "b")
    #expect(script.deadline == .seconds(6))
    script.receiveAll([3], from: "b")
    #expect(script.deadline == nil)
  }

  @Test("nextDeadline is exact: one nanosecond before, nothing happens; at it, something does", arguments: 1...40)
  func exact(seed: UInt64) {
    var random = SystemlessRandom(state: seed)
    let script = Script { if seed % 4 == 0 { $0.repair = nil } }
    for _ in 0..<60 {
      script.now = script.now.advanced(by: .milliseconds(Int64(random.next() % 150)))
      let stream = ["a", "b", "c"][Int(random.next() % 3)]
      let next = script.position(stream)?.number ?? 1
      switch random.next() % 6 {
      case 0: _ = script.tip(next + random.next() % 8, of: stream)
      case 1: _ = script.void(next + 2...next + 3, of: stream)
      default: _ = script.receive(next + random.next() % 8, from: stream)
      }
    }
    _ = script.heard()
    var wakes = 0
    while let deadline = script.deadline {
      // The first may be overdue: nothing was advanced so far.
      if deadline > script.now { #expect(script.advance(to: deadline.before) == []) }
      #expect(!script.advance(to: deadline).isEmpty)
      wakes += 1
      #expect(wakes < 1_000)
    }
    #expect(script.advance(to: .max) == [])
    #expect(script.sequencer.statistics.held == 0)
  }
}

/// A few numbers without order, the same on every run.
struct SystemlessRandom {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
