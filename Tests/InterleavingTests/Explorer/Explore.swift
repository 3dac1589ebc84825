import Choosing
import Foundation
import Testing

/// Explores a scenario, which must hold, and prints how many executions that took.
///
/// - `EXPLORE_BOUND` raises the number of preemptions for long runs, and `EXPLORE_RANDOM` adds so many executions at random.
func explore(
  _ scenario: Scenario, preemptions: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
) {
  var explorer = Explorer(scenario: scenario)
  if Settings.bound > preemptions { explorer.executionLimit = .max }
  if Replay.answers(explorer, sourceLocation) { return }
  report(explorer, explorer.exhaust(preemptions: max(preemptions, Settings.bound)), sourceLocation)
  if Settings.executions > 0 { exploreAtRandom(scenario, executions: 0, sourceLocation: sourceLocation) }
}

/// Explores a scenario that is too large for all of its schedules.
func exploreAtRandom(_ scenario: Scenario, executions: Int, sourceLocation: SourceLocation = #_sourceLocation) {
  let explorer = Explorer(scenario: scenario)
  if Replay.answers(explorer, sourceLocation) { return }
  let findings = explorer.sample(seed: Settings.seed, executions: max(executions, Settings.executions))
  report(explorer, findings, sourceLocation)
}

/// Explores a scenario with a fault, which must be found, if given in this kind of failure.
@discardableResult
func expectFound(
  _ fault: Fault, in scenario: Scenario, as kind: Failure.Kind? = nil, preemptions: Int = 2,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Failure? {
  let explorer = Explorer(scenario: scenario, fault: fault)
  if Replay.answers(explorer, sourceLocation) { return nil }
  return expectFailure(explorer, as: kind, preemptions: preemptions, sourceLocation)
}

/// Explores a scenario that is wrong in itself: a planted bug that no ``Fault`` can express.
@discardableResult
func expectFound(
  in scenario: Scenario, as kind: Failure.Kind? = nil, preemptions: Int = 2,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Failure? {
  let explorer = Explorer(scenario: scenario)
  if Replay.answers(explorer, sourceLocation) { return nil }
  return expectFailure(explorer, as: kind, preemptions: preemptions, sourceLocation)
}

private func expectFailure(
  _ explorer: Explorer, as kind: Failure.Kind?, preemptions: Int, _ sourceLocation: SourceLocation
) -> Failure? {
  let findings = explorer.exhaust(preemptions: preemptions)
  guard let failure = findings.failure, failure.kind != .unfinished else {
    let message = "\(explorer.name): not found in \(findings.description)"
    Issue.record(Comment(rawValue: message), sourceLocation: sourceLocation)
    return nil
  }
  print("◇ \(explorer.name): \(failure.kind), found in execution \(findings.executions), \(findings.extent)")
  if let kind, failure.kind != kind {
    Issue.record("found, but not as a \(kind): \(failure)", sourceLocation: sourceLocation)
  }
  return failure
}

private func report(_ explorer: Explorer, _ findings: Explorer.Findings, _ sourceLocation: SourceLocation) {
  print("◇ \(explorer.name): \(findings.description)")
  guard let failure = findings.failure else { return }
  let message = "\(explorer.name), execution \(findings.executions): \(failure)"
  Issue.record(Comment(rawValue: message), sourceLocation: sourceLocation)
}

/// What the environment asks of a long run.
enum Settings {
  private static let environment = ProcessInfo.processInfo.environment
  static let bound = setting("EXPLORE_BOUND").map(Int.init) ?? 0
  static let executions = setting("EXPLORE_RANDOM").map(Int.init) ?? 0
  static let seed = setting("EXPLORE_SEED") ?? 1
  static let only = environment["EXPLORE_ONLY"]
  /// Preemptions, a slash, and the answers that were given.
  static let path = environment["EXPLORE_PATH"]
}

/// Shows one execution again.
enum Replay {
  static func command(path: String, preemptions: Int, exploration name: String) -> String {
    "EXPLORE_ONLY='\(name)' EXPLORE_PATH='\(preemptions)/\(path)' swift test --filter InterleavingTests"
  }

  static func command(seed: UInt64, exploration name: String) -> String {
    "EXPLORE_ONLY='\(name)' EXPLORE_SEED=\(seed) EXPLORE_RANDOM=1 swift test --filter InterleavingTests"
  }

  /// Whether the environment asks for one execution: then this is it, or another exploration's.
  static func answers(_ explorer: Explorer, _ sourceLocation: SourceLocation) -> Bool {
    guard let only = Settings.only else { return false }
    guard only == explorer.name else { return true }
    let parts = Settings.path?.split(separator: "/", omittingEmptySubsequences: false) ?? []
    if parts.count == 2, let bound = Int(parts[0]) {
      report(explorer, explorer.replay(path: String(parts[1]), preemptions: bound), sourceLocation)
    } else {
      let findings = explorer.sample(seed: Settings.seed, executions: max(Settings.executions, 1))
      report(explorer, findings, sourceLocation)
    }
    return true
  }
}
