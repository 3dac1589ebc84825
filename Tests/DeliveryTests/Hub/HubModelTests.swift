import Choosing
import Delivery
import Testing

/// The hub against the oracle, on random traffic in one thread: subscribers with every kind of token that take all, some or
/// nothing, leave and are thrown out; publishers and loops that end; rings that are overtaken, forgotten and leased again.
///
/// `HUB_SEED=17 swift test --filter HubModelTests` replays one seed, `HUB_OPERATIONS=100000000` runs longer.
@Suite struct HubModelTests {
  static let operationsPerSeed = 500
  static let seedsPerChunk: UInt64 = 80

  /// Fixed seeds, so that a run means the same everywhere; a longer run goes on behind them.
  static let chunks: [ClosedRange<UInt64>] = {
    if let seed = setting("HUB_SEED") { return [seed...seed] }
    #if DEBUG
      let standard = 80_000
    #else
      let standard = 1_000_000
    #endif
    let operations = setting("HUB_OPERATIONS").map(Int.init) ?? standard
    let seeds = UInt64(max(1, operations / operationsPerSeed))
    return stride(from: 1, through: seeds, by: Int(seedsPerChunk)).map { $0...min($0 + seedsPerChunk - 1, seeds) }
  }()

  @Test(arguments: chunks)
  func everyDeliveryIsOwedAndEveryAccountCloses(seeds: ClosedRange<UInt64>) throws {
    var sightings: [HubSighting: Int] = [:]
    for seed in seeds {
      let census = Census()
      let failure = firstFailure(seed, census, &sightings)
      try #require(failure == nil, "HUB_SEED=\(seed) swift test --filter HubModelTests")
      try #require(census.alive == 0, "messages are left: HUB_SEED=\(seed) swift test --filter HubModelTests")
    }
    guard seeds.count == Self.seedsPerChunk else { return }
    for sighting in HubSighting.allCases {
      #expect(sightings[sighting, default: 0] > 0, "\(sighting) was never seen")
    }
  }

  /// Plays one seed; what went wrong first, if anything did.
  private func firstFailure(_ seed: UInt64, _ census: Census, _ sightings: inout [HubSighting: Int]) -> String? {
    var generator = HubGenerator(seed: seed)
    let trial = HubTrial(generator.world, census)
    for index in 0..<Self.operationsPerSeed {
      let operation = generator.next()
      if let failure = trial.step(operation) { return "operation \(index), \(operation): \(failure)" }
    }
    let failure = trial.finish()
    sightings.merge(trial.sightings, uniquingKeysWith: +)
    return failure
  }
}
