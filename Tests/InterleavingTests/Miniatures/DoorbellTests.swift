import Delivery
import Testing

/// Parking and waking, in miniature: one read-modify-write operation on each side of a single word.
@Suite("Doorbell handshake")
struct DoorbellHandshakeTests {
  /// Each producer announces one more item; the consumer sleeps whenever it has seen nothing new.
  private static func scenario(producers: Int) -> Scenario {
    Scenario("doorbell, \(producers) producer(s)") { world in
      let bell = Bell()
      let sleep = world.semaphore()
      let items = (0..<producers).map { _ in Shared(.producerPosition) }
      let each: UInt64 = producers == 1 ? 3 : 1
      for item in items {
        world.thread {
          for count in 1...each {
            item.word.storeRelaxed(count)
            if bell.notify() { sleep.post() }
          }
        }
      }
      world.thread {
        func isComplete() -> Bool { items.allSatisfy { $0.word.loadRelaxed() == each } }
        while !isComplete() {
          if bell.park() { sleep.wait() }
          bell.clear()
        }
      }
    }
  }

  @Test("Nobody sleeps through a notification", arguments: [1, 2])
  func holds(producers: Int) { explore(Self.scenario(producers: producers)) }

  @Test(
    "Each weaker one is found",
    arguments: [
      Fault.testedFirst(.doorbell).by(thread: 1),
      .split(.doorbell).by(thread: 1),
      .split(.doorbell).by(thread: 2),
      .relaxed(.readModifyWrites, of: .doorbell),
      .skipped(.readModifyWrites, of: .doorbell).by(thread: 1),
    ])
  func isChecked(_ fault: Fault) { expectFound(fault, in: Self.scenario(producers: 1), as: .deadlock) }
}

private final class Bell: Sendable {
  private enum State {
    static let quiet: UInt64 = 0
    static let rung: UInt64 = 1
    static let parked: UInt64 = 2
  }

  private let word = ModelWord(State.quiet, .doorbell)

  /// Whether somebody has to be woken.
  func notify() -> Bool { word.exchange(State.rung) == State.parked }

  /// Whether to sleep: nothing has been announced since the last ``clear()``.
  func park() -> Bool { word.compareExchange(expected: State.quiet, desired: State.parked) == State.quiet }

  /// Comes before looking again.
  func clear() { _ = word.exchange(State.quiet) }
}
