import Foundation
import Testing

@testable import bench

/// The claim that hostile traffic costs at most twice what normal traffic does, held against the clock.
///
/// Both are measured in turns, in one process and on one core, and compared round by round: what else the machine does hits
/// both. A flood that seems to be too dear is measured again before that is believed.
@Suite("Floods", .serialized)
struct FloodTests {
  /// Beside other tests, which have the caches and the cores, time means little: CI runs these alone.
  private static let isAlone = ProcessInfo.processInfo.environment["FLOODS"] != nil
  private static let attempts = 5

  @Test(
    "A message of a flood costs at most twice a normal one",
    .enabled(if: isAlone, "FLOODS=1 swift test -c release --filter FloodTests"))
  func costs() async {
    var suspects = Flood.all
    var ratios: [String: Double] = [:]
    for _ in 0..<Self.attempts where !suspects.isEmpty {
      let measured = await Self.ratios(of: suspects)
      ratios.merge(measured) { $1 }
      suspects = suspects.filter { measured[$0.name]! > Flood.claim }
    }
    for flood in Flood.all { print("flood \(flood.name): \(Report.fixed(ratios[flood.name]!)) × normal") }
    for flood in suspects { Issue.record("\(flood.name) costs \(ratios[flood.name]!) × \(flood.normal)") }
  }

  /// How many times its normal scenario's time a message of each takes: the median of three rounds.
  private static func ratios(of floods: [Flood]) async -> [String: Double] {
    let names = Set(floods.map(\.normal)).union(floods.map(\.scenario))
    let scenarios = Scenario.all.filter { names.contains($0.name) }
    return await Thread.run {
      Affinity.pin(toCore: 0)
      // Long enough for the windows of a million streams to be in use, as they are in normal traffic.
      let runner = Runner(scenarios: scenarios, repetitions: 3, warmsUp: false)
      let measured = runner.run(Context(Plan(messages: 4_000_000)), progress: .none)
      let values = Dictionary(uniqueKeysWithValues: measured.map { ($0.scenario.name, $0.values) })
      return Dictionary(
        uniqueKeysWithValues: floods.map { flood in
          let rounds = zip(values[flood.scenario]!, values[flood.normal]!).map { $0 / $1 }
          return (flood.name, Statistics(rounds).median)
        })
    }
  }
}
