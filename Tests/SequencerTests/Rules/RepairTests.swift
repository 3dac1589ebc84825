import Sequencer
import Testing

/// Requests for what is missing.
@Suite("Rules: repair requests")
struct RepairTests {
  @Test("A gap is asked for 0.2, 0.6, 1.4 and 3.0 s after its start, and then given up")
  func schedule() {
    let script = Script()
    script.now = .seconds(1)
    _ = script.receive(3)
    for (attempt, time) in [(1, 1_200), (2, 1_600), (3, 2_400), (4, 4_000)] as [(Int, UInt64)] {
      #expect(script.deadline == .milliseconds(time))
      #expect(script.advance(to: .milliseconds(time).before) == [])
      #expect(script.advance(to: .milliseconds(time)) == ["ask 1-2 #\(attempt)"])
      #expect(script.advance(to: .milliseconds(time)) == [])
    }
    #expect(script.deadline == .seconds(6))
    #expect(script.advance(to: .seconds(6)) == ["skip 1-2 timeout", "3"])
    #expect(script.statistics.requests == 4)
  }

  @Test("Halves of a split share start and attempts")
  func halves() {
    let script = Script()
    _ = script.receive(5)
    #expect(script.advance(to: .milliseconds(200)) == ["ask 1-4 #1"])
    script.now = .milliseconds(300)
    _ = script.receive(3)
    #expect(script.deadline == .milliseconds(600))
    #expect(script.advance(to: .milliseconds(600)) == ["ask 1-2 #2", "ask 4 #2"])
  }

  @Test("A gap that is filled before its first request leaves no deadline behind")
  func filledInTime() {
    let script = Script()
    _ = script.receive(2)
    script.now = .milliseconds(100)
    _ = script.receive(4)
    #expect(script.advance(to: .milliseconds(200)) == ["ask 1 #1"])
    #expect(script.deadline == .milliseconds(300))
    _ = script.receive(3)
    #expect(script.deadline == .milliseconds(600))
  }

  @Test("A call asks at most once per gap, with the newest attempt due")
  func newest() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.advance(to: .milliseconds(1_500)) == ["ask 1 #3"])
    #expect(script.deadline == .seconds(3))
  }

  @Test("A call never asks for what it gives up")
  func notWhatIsGivenUp() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.advance(to: .seconds(5)) == ["skip 1 timeout", "2"])
    #expect(script.statistics.requests == 0)
  }

  @Test("All that is due of a stream comes in its turn, whatever the attempts, and past what is not due")
  func turns() {
    let script = Script()
    // Gaps of two streams, of which those at 0 and 1.6 s fall due at the same moment, and those between do not.
    for (time, number) in [(0, 2), (100, 4), (1_600, 6), (1_700, 8), (2_300, 10)] as [(UInt64, UInt64)] {
      _ = script.advance(to: .milliseconds(time))
      for stream in ["a", "b"] { _ = script.receive(number, from: stream) }
    }
    _ = script.advance(to: .milliseconds(2_999))
    #expect(
      script.advance(to: .milliseconds(3_000)) == [
        "ask 1 #4", "ask 5 #3", "ask 1 #4 of b", "ask 5 #3 of b",
      ])
    #expect(script.advance(to: .milliseconds(3_100)) == ["ask 3 #4", "ask 7 #3", "ask 3 #4 of b", "ask 7 #3 of b"])
  }

  @Test("The waits are configurable")
  func configurable() {
    let script = Script { $0.repair = RepairSchedule(first: .milliseconds(50), attempts: 2) }
    _ = script.receive(2)
    #expect(script.advance(to: .milliseconds(50)) == ["ask 1 #1"])
    #expect(script.advance(to: .milliseconds(150)) == ["ask 1 #2"])
    #expect(script.deadline == .seconds(5))
  }

  @Test("Requests can be off")
  func off() {
    let script = Script { $0.repair = nil }
    _ = script.receive(2)
    #expect(script.deadline == .seconds(5))
    #expect(script.advance(to: .seconds(4)) == [])
  }

  @Test("Requests at or past the timeout are left out")
  func pastTheTimeout() {
    let script = Script { $0.gapTimeout = .milliseconds(600) }
    _ = script.receive(2)
    #expect(script.advance(to: .milliseconds(599)) == ["ask 1 #1"])
    #expect(script.deadline == .milliseconds(600))
    #expect(script.advance(to: .milliseconds(600)) == ["skip 1 timeout", "2"])
  }

  @Test("Without a timeout every attempt is made, and no more")
  func withoutTimeout() {
    let script = Script { $0.gapTimeout = nil }
    _ = script.receive(2)
    for attempt in 1...8 {
      let time = Instant.milliseconds(200 * (1 << UInt64(attempt) - 1))
      #expect(script.deadline == time)
      #expect(script.advance(to: time) == ["ask 1 #\(attempt)"])
    }
    #expect(script.deadline == nil)
    #expect(script.advance(to: .max) == [])
  }

  @Test("Waits that overflow are never due")
  func overflow() {
    let script = Script {
      $0.gapTimeout = nil
      $0.repair = RepairSchedule(first: .seconds(1 << 32), attempts: 16)
    }
    _ = script.receive(2)
    #expect(script.advance(to: .seconds(1 << 32)) == ["ask 1 #1"])
    // The second lies at 3 × 2³² s, beyond the last instant.
    #expect(script.deadline == nil)
    #expect(script.advance(to: .max) == [])
  }

  @Test("What has arrived meanwhile is not asked for")
  func filled() {
    let script = Script()
    _ = script.receive(4)
    script.now = .milliseconds(100)
    _ = script.receive(1)
    #expect(script.heard() == ["1"])
    #expect(script.advance(to: .milliseconds(200)) == ["ask 2-3 #1"])
    script.receiveAll([2, 3])
    #expect(script.heard() == ["2", "3", "4"])
    #expect(script.deadline == nil)
  }

  @Test("Gaps side by side that started together are one request, others are one each")
  func sideBySide() {
    let script = Script()
    _ = script.tip(2)
    _ = script.receive(4)
    #expect(script.advance(to: .milliseconds(200)) == ["ask 1-3 #1"])
    script.now = .milliseconds(300)
    _ = script.tip(6)
    script.now = .milliseconds(400)
    _ = script.receive(8)
    #expect(script.advance(to: .milliseconds(650)) == ["ask 1-3 #2", "ask 5-6 #1", "ask 7 #1"])
  }

  @Test("Streams by their first gap that is asked for, all requests of a stream in its turn")
  func order() {
    let script = Script()
    _ = script.receive(2, from: "z")
    _ = script.receive(2)
    script.now = .milliseconds(100)
    _ = script.receive(4, from: "b")
    _ = script.receive(5, from: "z")
    #expect(
      script.advance(to: .milliseconds(300)) == ["ask 1 #1 of z", "ask 3-4 #1 of z", "ask 1 #1", "ask 1-3 #1 of b"])
  }
}
