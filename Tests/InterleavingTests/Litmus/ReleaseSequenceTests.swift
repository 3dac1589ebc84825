import Delivery
import Testing

/// Who hands payload on to whom: read-modify-write operations carry a release sequence on, plain stores end it.
@Suite("Release sequences")
struct ReleaseSequenceTests {
  /// The first thread publishes; the second does something to the same word; the third looks at the payload if it acquires
  /// what the second left.
  private func relay(_ name: String, _ second: @escaping @Sendable (Shared) -> Void) -> Scenario {
    Scenario("release sequence: \(name)") { world in
      let (payload, flag) = (SharedPayload(count: 1), Shared(.head))
      world.thread {
        payload[0] = 7
        flag.word.storeReleasing(1)
      }
      world.thread { if flag.word.loadRelaxed() == 1 { second(flag) } }
      world.thread { if flag.word.loadAcquiring() == 2 { world.expect(payload[0] == 7, "\(payload[0])") } }
    }
  }

  @Test("A read-modify-write operation carries it on, even one that orders nothing itself")
  func carriedOn() {
    let scenario = relay("add") { _ = $0.word.add(1) }
    explore(scenario)
    let relaxed = Explorer(scenario: scenario, fault: .relaxed(.readModifyWrites, of: .head))
    #expect(relaxed.exhaust(preemptions: 2).failure == nil)
  }

  @Test("A plain store of another thread ends it, even one that releases what it knows itself")
  func endedByAnother() {
    expectFound(in: relay("plain store") { $0.word.storeRelaxed(2) }, as: .race)
    expectFound(in: relay("releasing store") { $0.word.storeReleasing(2) }, as: .race)
  }

  @Test("A releasing store after an acquiring load begins a new one, which knows as much")
  func begunAnew() {
    explore(
      relay("acquiring load, releasing store") { flag in
        _ = flag.word.loadAcquiring()
        flag.word.storeReleasing(2)
      })
  }

  @Test("A relaxed store of the same thread ends it, too")
  func endedByTheSame() {
    let scenario = Scenario("release sequence: a relaxed store after the releasing one") { world in
      let (payload, flag) = (SharedPayload(count: 1), Shared(.head))
      world.thread {
        payload[0] = 7
        flag.word.storeReleasing(1)
        flag.word.storeRelaxed(2)
      }
      world.thread { if flag.word.loadAcquiring() == 2 { _ = payload[0] } }
    }
    expectFound(in: scenario, as: .race)
  }

  @Test("A compare-exchange that fails has acquired what it found")
  func failing() {
    let scenario = Scenario("compare-exchange that fails") { world in
      let (payload, flag) = (SharedPayload(count: 1), Shared(.end))
      world.thread {
        payload[0] = 7
        flag.word.storeReleasing(1)
      }
      world.thread { if flag.word.compareExchange(expected: 9, desired: 9) == 1 { _ = payload[0] } }
    }
    explore(scenario)
    expectFound(.releasingOnly(.end), in: scenario, as: .race)
  }

  @Test("Who only acquires with it hands nothing on, and who only releases learns nothing")
  func halves() {
    let scenario = Scenario("two halves") { world in
      let (payload, turn) = (SharedPayload(count: 2), Shared(.claim))
      world.thread {
        payload[0] = 1
        if turn.word.add(1) == 1 { _ = payload[1] }
      }
      world.thread {
        payload[1] = 1
        if turn.word.add(1) == 1 { _ = payload[0] }
      }
    }
    explore(scenario)
    expectFound(.acquiringOnly(.claim), in: scenario, as: .race)
    expectFound(.releasingOnly(.claim), in: scenario, as: .race)
  }
}
