package import Choosing

/// Random traffic with losses, refusals, outages at any point, restarts, damaged stores and hostile peers.
extension OutboxTrial: Trial {
  package static let name = "outbox"
  package static let operations = 1_000

  package static func play(_ choices: inout Choices) -> String? {
    var sightings: [OutboxSighting: Int] = [:]
    return play(&choices, &sightings)
  }

  /// Adds up how often things were seen to happen.
  package static func play(_ choices: inout Choices, _ sightings: inout [OutboxSighting: Int]) -> String? {
    let seed = choices.upTo(255)
    var generator = OutboxGenerator(choices)
    defer { choices = generator.random }
    var trial = OutboxTrial(generator.world, seed: seed)
    for index in 0..<operations where !generator.random.isOver {
      if let failure = trial.step(generator.next(trial.oracle)) { return "operation \(index): \(failure)" }
    }
    let failure = trial.finish()
    sightings.merge(trial.sightings, uniquingKeysWith: +)
    return failure
  }
}
