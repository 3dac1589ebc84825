import Choosing
import Testing

@testable import Simulation

/// Worlds of clients, a server and members, from fixed seeds: whatever the network, the clocks, the disks and an intruder do,
/// nothing is lost, repeated or out of order.
///
/// `WORLD_SEED=17 swift test --filter WorldTests` replays one seed, `WORLDS=100000` plays more of them; at full speed and on
/// all cores it is `swift run -c release bench soak`.
@Suite struct WorldTests {
  static let worldsPerChunk: UInt64 = 5

  static let chunks: [ClosedRange<UInt64>] = {
    if let seed = setting("WORLD_SEED") { return [seed...seed] }
    #if DEBUG
      let standard: UInt64 = 9
    #else
      let standard: UInt64 = 400
    #endif
    let worlds = setting("WORLDS") ?? standard
    return stride(from: 1, through: worlds, by: Int(worldsPerChunk)).map { $0...min($0 + worldsPerChunk - 1, worlds) }
  }()

  @Test func everyPromiseIsKeptAndEverythingIsSeen() async throws {
    var (totals, sightings) = (Totals(), Sightings())
    try await withThrowingTaskGroup(of: (Totals, Sightings).self) { group in
      for seeds in Self.chunks { group.addTask { try Self.play(seeds) } }
      for try await part in group {
        totals += part.0
        sightings += part.1
      }
    }
    #expect(totals.worlds > 0)
    // A suite in which nothing lagged, nothing crashed or no gap timed out has shown little.
    if totals.worlds >= 400 { #expect(sightings.missing.isEmpty) }
    if totals.worlds >= 9 {
      #expect(totals.delivered > 10 * totals.worlds && totals.packetsLost > 0 && totals.attacks > 0)
    }
  }

  private static func play(_ seeds: ClosedRange<UInt64>) throws -> (Totals, Sightings) {
    var (totals, sightings) = (Totals(), Sightings())
    for seed in seeds {
      let run = Simulation.run(Choices(seed: seed))
      let command = "swift run -c release bench soak --worlds 1 --seed \(seed)"
      try #require(run.violation == nil, "\(command) shrinks it; WORLD_SEED=\(seed) swift test --filter WorldTests")
      totals += run.totals
      sightings += run.sightings
    }
    return (totals, sightings)
  }

  @Test(arguments: [3, 4, 8] as [UInt64])
  func theSameChoicesAreTheSameWorld(seed: UInt64) {
    let first = Simulation.run(Choices(seed: seed, records: true))
    let second = Simulation.run(Choices(seed: seed))
    let replayed = Simulation.run(Choices(tape: first.tape))
    #expect(first.trace == second.trace && first.totals == second.totals && first.sightings == second.sightings)
    #expect(first.trace == replayed.trace && first.totals == replayed.totals)
    #expect(first.trace != Simulation.run(Choices(seed: seed + 1)).trace)
  }

  /// What is left of a tape that has ended is tame, so even no choice at all is a world.
  @Test func aWorldWithoutAChoiceIsQuiet() {
    let run = Simulation.run(Choices(tape: []))
    #expect(run.violation == nil)
    #expect(run.totals.delivered > 0 && run.totals.packetsLost == 0 && run.totals.crashes == 0)
  }

  private static var isOptimized: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  @Test(.enabled(if: isOptimized), arguments: Sabotage.allCases)
  func mistakesOfTheApplicationComeOut(sabotage: Sabotage) throws {
    // In a small world: it is run many times.
    let seed = (UInt64(1)...200).first {
      let run = Simulation.run(Choices(seed: $0), sabotage: sabotage)
      return run.violation != nil && run.totals.packets < 10_000
    }
    let found = try #require(seed)
    let tape = try #require(Simulation.reproducer(of: found, attempts: 60, sabotage: sabotage))
    let full = Simulation.run(Choices(seed: found, records: true), sabotage: sabotage)
    let shrunk = Simulation.run(Choices(tape: tape), sabotage: sabotage)
    #expect(shrunk.violation?.kind == full.violation?.kind)
    #expect(tape.count < full.tape.count)
    #expect(Simulation.run(Choices(tape: tape)).violation == nil, "without the mistake nothing is wrong")
  }
}
