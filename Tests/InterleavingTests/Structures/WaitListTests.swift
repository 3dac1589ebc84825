import Delivery
import Testing

/// Any number of waiters, woken by news, by their own second look, or by being cancelled: as the adapters park tasks.
@Suite("WaitList")
struct WaitListTests {
  /// Each waiter waits until it has seen the last of the news.
  static func news(_ count: UInt64, waiters: Int, looksAgain: Bool = true) -> Scenario {
    let name = "wait list, \(waiters) waiter(s), news \(count) time(s)"
    return Scenario(looksAgain ? name : name + ", nobody looks again") { world in
      let list = WaitList<ModelWord>()
      let news = Shared(.head)
      // None is let go of before the end: a new one in its place would have its address, or not, as it happens.
      var all: [Waiter<ModelWord>] = []
      world.thread {
        for number in 1...count {
          news.word.storeReleasing(number)
          list.wakeAll()
        }
      }
      for _ in 0..<waiters {
        let sleep = world.semaphore()
        world.thread {
          while news.word.loadAcquiring() < count {
            let waiter = Waiter<ModelWord>()
            all.append(waiter)
            guard waiter.arm({ sleep.post() }) else { continue }
            list.add(waiter)
            if looksAgain, news.word.loadAcquiring() == count { list.abandon(waiter) }
            sleep.wait()
          }
        }
      }
    }
  }

  /// A waiter is cancelled at some point, perhaps before it has begun, and then goes on, woken once.
  static let cancelling = Scenario("wait list, a waiter cancelled") { world in
    let list = WaitList<ModelWord>()
    let waiter = Waiter<ModelWord>()
    let sleep = world.semaphore()
    let wakings = SharedPayload(count: 1)
    world.thread {
      guard
        waiter.arm({
          wakings[0] += 1
          sleep.post()
        })
      else { return }
      list.add(waiter)
      sleep.wait()
    }
    world.thread { list.abandon(waiter) }
    world.thread { list.wakeAll() }
    world.check { world.expect(wakings[0] <= 1, "woken \(wakings[0]) times") }
  }

  @Test("Nobody sleeps through news")
  func news() { explore(Self.news(2, waiters: 1)) }

  @Test("Nor does one of two")
  func twoWaiters() {
    explore(Self.news(1, waiters: 2), preemptions: 1)
    exploreAtRandom(Self.news(2, waiters: 2), executions: 1_000)
  }

  @Test("A waiter that is cancelled is woken once")
  func cancelling() { explore(Self.cancelling) }
}
