import Delivery
import Testing

/// The classic small programs: the model must produce every outcome that C++20 allows (save those that the explorer says
/// it does not cover), and no other.
@Suite("Litmus")
struct LitmusTests {
  /// The outcomes of all schedules, however often a thread is interrupted.
  private func outcomes(_ name: String, _ fault: Fault? = nil, _ body: @escaping @Sendable (World) -> Void)
    -> Set<[UInt64]>
  {
    let findings = Explorer(scenario: Scenario(name, body), fault: fault).exhaust(preemptions: .max)
    print("◇ \(name): \(findings.description)")
    #expect(findings.failure == nil)
    #expect(findings.extent == "all schedules")
    return findings.outcomes
  }

  private static let everyPair: Set<[UInt64]> = [[0, 0], [0, 1], [1, 0], [1, 1]]

  @Test("Message passing: who acquires the flag has the message")
  func messagePassing() {
    @Sendable func body(_ world: World) {
      let message = ModelWord(0, .slot)
      let flag = ModelWord(0, .closed)
      var read: (flag: UInt64, message: UInt64) = (0, 0)
      world.thread {
        message.storeRelaxed(1)
        flag.storeReleasing(1)
      }
      world.thread {
        read.flag = flag.loadAcquiring()
        read.message = message.loadRelaxed()
      }
      world.check { world.observe(read.flag, read.message) }
    }
    #expect(outcomes("message passing", nil, body) == [[0, 0], [0, 1], [1, 1]])
    for weak in [Fault.relaxed(.loads, of: .closed), .relaxed(.stores, of: .closed)] {
      #expect(outcomes("message passing, where \(weak)", weak, body) == Self.everyPair)
    }
  }

  @Test("Store buffering: without sequential consistency, both may miss the other's store")
  func storeBuffering() {
    let found = outcomes("store buffering") { world in
      let (x, y) = (Shared(.slot), Shared(.slot))
      var read: (UInt64, UInt64) = (0, 0)
      world.thread {
        x.word.storeReleasing(1)
        read.0 = y.word.loadAcquiring()
      }
      world.thread {
        y.word.storeReleasing(1)
        read.1 = x.word.loadAcquiring()
      }
      world.check { world.observe(read.0, read.1) }
    }
    #expect(found == Self.everyPair)
  }

  @Test("Store buffering with an exchange of one word: one of them sees the other")
  func storeBufferingByExchange() {
    let found = outcomes("store buffering through one word") { world in
      let (x, y, meeting) = (Shared(.slot), Shared(.slot), Shared(.doorbell))
      var read: (UInt64, UInt64) = (0, 0)
      world.thread {
        x.word.storeRelaxed(1)
        _ = meeting.word.add(1)
        read.0 = y.word.loadRelaxed()
      }
      world.thread {
        y.word.storeRelaxed(1)
        _ = meeting.word.add(1)
        read.1 = x.word.loadRelaxed()
      }
      world.check { world.observe(read.0, read.1) }
    }
    #expect(found == [[0, 1], [1, 0], [1, 1]])
  }

  @Test("Load buffering is not covered: no load returns a later store")
  func loadBuffering() {
    let found = outcomes("load buffering") { world in
      let (x, y) = (Shared(.slot), Shared(.slot))
      var read: (UInt64, UInt64) = (0, 0)
      world.thread {
        read.0 = x.word.loadRelaxed()
        y.word.storeRelaxed(1)
      }
      world.thread {
        read.1 = y.word.loadRelaxed()
        x.word.storeRelaxed(1)
      }
      world.check { world.observe(read.0, read.1) }
    }
    #expect(found == [[0, 0], [0, 1], [1, 0]])
  }

  @Test("2 + 2 writes are not covered: stores take effect in the order in which they run")
  func writesInOtherOrders() {
    let found = outcomes("2 + 2 writes") { world in
      let (x, y) = (Shared(.slot), Shared(.slot))
      world.thread {
        x.word.storeRelaxed(1)
        y.word.storeRelaxed(2)
      }
      world.thread {
        y.word.storeRelaxed(1)
        x.word.storeRelaxed(2)
      }
      world.check { world.observe(x.word.loadRelaxed(), y.word.loadRelaxed()) }
    }
    #expect(found == [[1, 2], [2, 1], [2, 2]])
  }

  @Test("Two readers may see two writers in opposite orders")
  func independentReads() {
    let found = outcomes("independent reads of independent writes") { world in
      let (x, y) = (Shared(.slot), Shared(.slot))
      var read = [UInt64](repeating: 0, count: 4)
      world.thread { x.word.storeReleasing(1) }
      world.thread { y.word.storeReleasing(1) }
      world.thread {
        read[0] = x.word.loadAcquiring()
        read[1] = y.word.loadAcquiring()
      }
      world.thread {
        read[2] = y.word.loadAcquiring()
        read[3] = x.word.loadAcquiring()
      }
      world.check { world.observe(read[0], read[1], read[2], read[3]) }
    }
    #expect(found.count == 16)
    #expect(found.contains([1, 0, 1, 0]))
  }

  @Test("Causality is handed on: write, read and release, acquire and read")
  func writeToReadCausality() {
    @Sendable func body(_ world: World) {
      let (x, y) = (Shared(.slot), Shared(.closed))
      var read: (UInt64, UInt64, UInt64) = (0, 0, 0)
      world.thread { x.word.storeRelaxed(1) }
      world.thread {
        read.0 = x.word.loadRelaxed()
        y.word.storeReleasing(1)
      }
      world.thread {
        read.1 = y.word.loadAcquiring()
        read.2 = x.word.loadRelaxed()
      }
      world.check { world.observe(read.0, read.1, read.2) }
    }
    let all = Set<[UInt64]>((0..<8 as Range<UInt64>).map { [$0 >> 2, $0 >> 1 & 1, $0 & 1] })
    #expect(outcomes("write to read causality", nil, body) == all.subtracting([[1, 1, 0]]))
    #expect(outcomes("write to read causality, relaxed", .relaxed(.loads, of: .closed), body) == all)
  }

  @Test("One location: nobody reads backwards, however relaxed")
  func coherenceOfReads() {
    let found = outcomes("coherence of reads") { world in
      let x = Shared(.slot)
      var read: (UInt64, UInt64) = (0, 0)
      world.thread {
        x.word.storeRelaxed(1)
        x.word.storeRelaxed(2)
      }
      world.thread {
        read.0 = x.word.loadRelaxed()
        read.1 = x.word.loadRelaxed()
      }
      world.check { world.observe(read.0, read.1) }
    }
    #expect(found == [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]])
  }

  @Test("One location: a thread reads its own store or a newer one, and overwrites what it read")
  func coherenceOfWrites() {
    let found = outcomes("coherence of writes") { world in
      let x = Shared(.slot)
      var read: (UInt64, UInt64) = (0, 0)
      world.thread {
        x.word.storeRelaxed(1)
        read.0 = x.word.loadRelaxed()
      }
      world.thread {
        read.1 = x.word.loadRelaxed()
        x.word.storeRelaxed(2)
      }
      world.check { world.observe(read.0, read.1, x.word.loadRelaxed()) }
    }
    #expect(found == [[1, 0, 1], [1, 0, 2], [1, 1, 2], [2, 0, 2], [2, 1, 2]])
  }

  @Test("What two threads add is never lost, and each sees another count")
  func additions() {
    @Sendable func body(_ world: World) {
      let x = Shared(.head)
      var old: (UInt64, UInt64) = (0, 0)
      world.thread { old.0 = x.word.add(1) }
      world.thread { old.1 = x.word.add(1) }
      world.check { world.observe(old.0, old.1, x.word.loadRelaxed()) }
    }
    #expect(outcomes("additions", nil, body) == [[0, 1, 2], [1, 0, 2]])
    let split = Fault.split(.head)
    #expect(outcomes("additions, where \(split)", split, body) == [[0, 1, 2], [1, 0, 2], [0, 0, 1]])
  }

  @Test("Of two that compare and exchange, one wins, and the other sees that")
  func compareExchange() {
    @Sendable func body(_ world: World) {
      let x = Shared(.end)
      var old: (UInt64, UInt64) = (0, 0)
      world.thread { old.0 = x.word.compareExchange(expected: 0, desired: 1) }
      world.thread { old.1 = x.word.compareExchange(expected: 0, desired: 2) }
      world.check { world.observe(old.0, old.1, x.word.loadRelaxed()) }
    }
    #expect(outcomes("compare-exchange", nil, body) == [[0, 1, 1], [2, 0, 2]])
    let split = Fault.split(.end)
    #expect(
      outcomes("compare-exchange, where \(split)", split, body)
        == [[0, 1, 1], [2, 0, 2], [0, 0, 1], [0, 0, 2]])
  }

  @Test("A compare-exchange that fails is a load: it may find an old value, but never the expected one")
  func compareExchangeThatFails() {
    @Sendable func body(_ world: World, expected: UInt64) {
      let (x, flag) = (Shared(.end), Shared(.closed))
      var read: (flag: UInt64, x: UInt64) = (0, 0)
      world.thread {
        x.word.storeRelaxed(1)
        flag.word.storeRelaxed(1)
      }
      world.thread {
        read.flag = flag.word.loadRelaxed()
        read.x = x.word.compareExchange(expected: expected, desired: 2)
      }
      world.check { world.observe(read.flag, read.x) }
    }
    #expect(outcomes("compare-exchange of another value") { body($0, expected: 9) } == Self.everyPair)
    #expect(outcomes("compare-exchange of an old value") { body($0, expected: 0) } == [[0, 0], [0, 1], [1, 1]])
  }
}
