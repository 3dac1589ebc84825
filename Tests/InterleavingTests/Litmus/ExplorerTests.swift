import Delivery
import Testing

/// The explorer itself: what it must find, that it comes to an end, and that a failure can be seen again.
@Suite("Explorer")
struct ExplorerTests {
  private static func meeting(
    _ name: String, _ first: @escaping @Sendable (SharedPayload) -> Void,
    _ second: @escaping @Sendable (SharedPayload) -> Void
  ) -> Scenario {
    Scenario(name) { world in
      let payload = SharedPayload(count: 2)
      world.thread { first(payload) }
      world.thread { second(payload) }
    }
  }

  @Test("Races are found without a single preemption: write and write, write and read, read and write")
  func races() {
    expectFound(in: Self.meeting("write, write", { $0[0] = 1 }, { $0[0] = 2 }), as: .race, preemptions: 0)
    expectFound(in: Self.meeting("write, read", { $0[0] = 1 }, { _ = $0[0] }), as: .race, preemptions: 0)
    expectFound(in: Self.meeting("read, write", { _ = $0[0] }, { $0[0] = 1 }), as: .race, preemptions: 0)
    explore(Self.meeting("read, read", { _ = $0[0] }, { _ = $0[0] }))
    explore(Self.meeting("two addresses", { $0[0] = 1 }, { $0[1] = 1 }))
  }

  @Test("Nobody left to wake a thread is a deadlock, and a wake-up in time is none")
  func deadlock() {
    func scenario(posts: Bool) -> Scenario {
      Scenario(posts ? "woken" : "never woken") { world in
        let bell = world.semaphore()
        world.thread { bell.wait() }
        world.thread { if posts { bell.post() } }
      }
    }
    explore(scenario(posts: true))
    expectFound(in: scenario(posts: false), as: .deadlock)
  }

  @Test("A semaphore orders memory only if asked to")
  func semaphoreOrder() {
    func scenario(synchronizes: Bool) -> Scenario {
      Scenario("payload handed over by a semaphore, synchronizing: \(synchronizes)") { world in
        let (bell, payload) = (world.semaphore(synchronizes: synchronizes), SharedPayload(count: 1))
        world.thread {
          bell.wait()
          _ = payload[0]
        }
        world.thread {
          payload[0] = 1
          bell.post()
        }
      }
    }
    explore(scenario(synchronizes: true))
    expectFound(in: scenario(synchronizes: false), as: .race)
  }

  @Test("A thread that goes round in circles is a livelock; one that yields gets what it waits for")
  func livelock() {
    func scenario(yields: Bool) -> Scenario {
      Scenario("waiting for a flag, \(yields ? "yielding" : "spinning")") { world in
        let flag = Shared(.closed)
        world.thread { while flag.word.loadRelaxed() == 0 { if yields { world.yield() } } }
        world.thread { flag.word.storeRelaxed(1) }
      }
    }
    explore(scenario(yields: true))
    expectFound(in: scenario(yields: false), as: .livelock)
    expectFound(
      in: Scenario("two wait for each other") { world in
        let (x, y) = (Shared(.slot), Shared(.slot))
        for (mine, other) in [(x, y), (y, x)] {
          world.thread {
            while other.word.loadAcquiring() == 0 { world.yield() }
            mine.word.storeReleasing(1)
          }
        }
      }, as: .livelock)
  }

  private static let lostUpdate = Scenario("two count without read-modify-write") { world in
    let count = Shared(.head)
    for _ in 0..<2 { world.thread { count.word.storeRelaxed(count.word.loadRelaxed() + 1) } }
    world.check {
      let total = count.word.loadRelaxed()
      world.expect(total == 2, "counted to \(total)")
    }
  }

  @Test("A failure prints its schedule, and its path shows it again")
  func replay() throws {
    let explorer = Explorer(scenario: Self.lostUpdate)
    let failure = try #require(explorer.exhaust(preemptions: 2).failure)
    #expect(failure.kind == .expectation)
    #expect(
      failure.schedule.description == """
          T1 load-relaxed head#0 → 0
          T1 store-relaxed head#0 = 1
          T2 load-relaxed head#0 → 0 (stale, newest 1)
          T2 store-relaxed head#0 = 1
          main load-relaxed head#0 → 1
        """)
    #expect(
      failure.replay == """
        EXPLORE_ONLY='two count without read-modify-write' EXPLORE_PATH='0/0.1' swift test --filter InterleavingTests
        """)
    let again = try #require(explorer.replay(path: "0.1", preemptions: 0).failure)
    #expect(again.schedule.description == failure.schedule.description)
  }

  @Test("A random failure is shown again by its seed")
  func random() throws {
    let explorer = Explorer(scenario: Self.lostUpdate)
    let findings = explorer.sample(seed: 1, executions: 1_000)
    let failure = try #require(findings.failure)
    let seed = UInt64(findings.executions)
    #expect(failure.replay.contains("EXPLORE_SEED=\(seed) EXPLORE_RANDOM=1 "))
    let again = explorer.sample(seed: seed, executions: 1)
    #expect(again.failure?.schedule.description == failure.schedule.description)
  }

  @Test("Walks are the same every time, and a higher bound only adds to them")
  func determinism() {
    let scenario = Scenario("three count") { world in
      let count = Shared(.head)
      for _ in 0..<3 { world.thread { for _ in 0..<2 { _ = count.word.add(1) } } }
      world.check { world.expect(count.word.loadRelaxed() == 6, "counted to \(count.word.loadRelaxed())") }
    }
    let counts = [0, 1, 2, 9, 9].map { Explorer(scenario: scenario).exhaust(preemptions: $0).executions }
    // Every order of three threads; and of all six operations, 6! ∕ (2! · 2! · 2!).
    #expect(counts[0] == 6)
    #expect(counts == counts.sorted())
    #expect(counts[3] == 90 && counts[4] == 90)
  }

  @Test("A body that is not deterministic is found out, as is a scenario that is too large")
  func unfit() {
    let runs = Counter()
    let fickle = Scenario("another number of operations each time") { world in
      let word = Shared(.head)
      runs.value += 1
      let operations = 1 + runs.value % 2
      for _ in 0..<2 { world.thread { for _ in 0..<operations { _ = word.word.add(1) } } }
    }
    expectFound(in: fickle, as: .nondeterminism)
    var large = Explorer(scenario: Self.lostUpdate)
    large.executionLimit = 1
    #expect(large.exhaust(preemptions: 0).failure?.kind == .unfinished)
  }

  @Test("What is left over is looked at once the structures are gone")
  func teardown() {
    let released = Counter()
    explore(
      Scenario("released") { world in
        released.value = 0
        let guardian = Guardian { released.value += 1 }
        world.thread { withExtendedLifetime(guardian) {} }
        world.check { world.expect(released.value == 0, "too early") }
        world.afterTeardown { world.expect(released.value == 1, "released \(released.value) times") }
      })
  }

  private final class Counter: @unchecked Sendable { var value = 0 }

  private final class Guardian: @unchecked Sendable {
    private let atEnd: () -> Void
    init(_ atEnd: @escaping () -> Void) { self.atEnd = atEnd }
    deinit { atEnd() }
  }
}
