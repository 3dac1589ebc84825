import Foundation
import Sequencer
import Testing

@testable import bench

/// Every scenario runs small with the tests, so that none can rot.
@Suite("Benchmarks", .serialized)
struct BenchTests {
  /// ThreadSanitizer does not see the order that a `Mutex` makes, and takes the baseline that has one for a race.
  private static let scenarios = Scenario.all.filter { !isSanitized || $0.name != "baseline/mutex-array" }
  private static let isSanitized = unsafe dlsym(dlopen(nil, RTLD_NOW), "__tsan_init") != nil

  /// Runs scenarios on the benchmarks' own thread, and answers what the runner found wrong.
  private func errors(in scenarios: [Scenario]) async -> [String] {
    await Thread.run {
      let runner = Runner(scenarios: scenarios, repetitions: 2, warmsUp: true)
      return Runner.errors(in: runner.run(Context(.tiny), progress: .none))
    }
  }

  @Test("Each scenario gives one result, whatever the repetition", arguments: scenarios.map(\.name))
  func repeats(name: String) async {
    #expect(await errors(in: Scenario.all.filter { $0.name == name }) == [])
  }

  @Test("Scenarios that do the same work give the same result")
  func agrees() async {
    #expect(await errors(in: Self.scenarios) == [])
  }

  @Test("The runner notices a result that changes, one that differs, and refused messages")
  func runnerIsChecked() async {
    let changing = ChangingHash()
    var refusing = Tally()
    refusing.note(.rejected(.overCapacity))
    let refused = Sample(nanoseconds: 1, count: 1, tally: refusing)
    let errors = await errors(in: [
      Scenario("changing", unit: "x", "") { _ in { Sample(value: 1, hash: changing.next()) } },
      Scenario("one", unit: "x", "", work: "same") { _ in { Sample(value: 1, hash: 8) } },
      Scenario("other", unit: "x", "", work: "same") { _ in { Sample(value: 1, hash: 9) } },
      Scenario("refused", unit: "x", "") { _ in { refused } },
    ])
    #expect(errors.count == 3)
  }

  @Test(
    "Unknown switches, missing values and filters that match nothing are usage errors",
    arguments: [
      ["--nope"], ["--filter", "nothing-matches"], ["--format", "xml"], ["--repeat"], ["--repeat", "0"],
      ["--check", "--quick"], ["--check", "--format", "json"], ["--check", "--filter", "limit/clock"],
      ["--check", "--filter", "scale/threads/1"], ["--check", "--update"], ["report", "--filter", "spsc"],
      ["report", "--size", "5"], ["--draw"], ["compare"], ["reprot"], ["soak", "--quick"], ["soak", "--seconds", "0"],
      ["soak", "--tape", "0"], ["soak", "--tape", "+1"], ["soak", "--tape", "00", "--seed", "1"], ["--seed", "1"],
      ["soak", "--seed", "-1"],
    ])
  func usageErrors(arguments: [String]) {
    #expect(Bench.run(arguments) == 64)
  }

  @Test("Names are unique, and every scenario says what it measures")
  func names() {
    #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
    #expect(Scenario.all.allSatisfy { !$0.unit.isEmpty && !$0.summary.isEmpty })
  }
}

private final class ChangingHash: @unchecked Sendable {
  private var hash: UInt64 = 0

  func next() -> UInt64 {
    hash += 1
    return hash
  }
}
