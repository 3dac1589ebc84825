import Delivery
import Testing

/// Every sequence of a few operations on a hub with rings of one, two and four messages, against the oracle.
@Suite struct HubSmallWorldTests {
  static let limited: HubPolicy = {
    var policy = HubPolicy()
    policy.hardLimit = 3
    policy.softLimit = 1
    policy.softDuration = .seconds(5)
    return policy
  }()

  static let alphabet: [HubOperation] = [
    .publish(0, count: 1), .publish(0, count: 3), .publishAhead(0, gap: 1), .publishLatest(0, key: 1),
    .skip(0, count: 2),
    .handOver(0), .close(0), .advance(0), .pass(nanoseconds: 5_000_000_000),
    .subscribe(peer: 0, 0, .behind(2)), .subscribe(peer: 1, 0, .ahead(1)), .unsubscribe(0), .resume(0),
    .drain(0, .always(.ready)), .drain(0, .always(.blocked)), .drain(0, .always(.took(1))), .drain(0, .always(.leave)),
    .drain(0, .always(.disconnect)), .endLoop(0, aloud: true),
  ]

  /// Two subscribers, one with limits; the second time with one that is blocked already.
  static let beginnings: [[HubOperation]] = [
    [
      .connect(loop: 0, limited), .connect(loop: 0, .lag), .subscribe(peer: 0, 0, .now), .subscribe(peer: 1, 0, .now),
    ],
    [
      .connect(loop: 0, limited), .connect(loop: 0, .lag), .subscribe(peer: 0, 0, .now), .subscribe(peer: 0, 0, .now),
      .publish(0, count: 1), .drain(0, .always(.blocked)), .subscribe(peer: 1, 0, .behind(1)),
    ],
  ]

  @Test(arguments: [1, 2, 4])
  func everySequence(capacity: Int) {
    #if DEBUG
      let length = capacity == 2 ? 3 : 2
    #else
      let length = 4
    #endif
    var world = HubWorld()
    world.capacity = capacity
    world.topics = 1
    world.loops = 1
    world.publishers = 1
    world.retention = .seconds(5)
    for beginning in Self.beginnings {
      guard play(beginning, length, world) else { return }
    }
  }

  /// Plays all sequences that go on from `beginning`; false once one went wrong.
  private func play(_ beginning: [HubOperation], _ left: Int, _ world: HubWorld) -> Bool {
    guard left == 0 else {
      return Self.alphabet.allSatisfy { play(beginning + [$0], left - 1, world) }
    }
    let census = Census()
    if let failure = failure(beginning, world, census) {
      Issue.record("\(beginning): \(failure)")
      return false
    }
    guard census.alive == 0 else {
      Issue.record("\(beginning): \(census.alive) messages are left")
      return false
    }
    return true
  }

  private func failure(_ operations: [HubOperation], _ world: HubWorld, _ census: Census) -> String? {
    let trial = HubTrial(world, census)
    for operation in operations {
      if let failure = trial.step(operation) { return failure }
    }
    return trial.finish()
  }
}
