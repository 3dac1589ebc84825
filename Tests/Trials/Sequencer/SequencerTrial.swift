package import Choosing
import Sequencer
package import SequencerModel

/// The sequencer beside the oracle: losses, duplicates, disorder, leaps of the clock, pauses, tips, voids, epochs, evictions,
/// snapshots and hostile numbers, in a mix of its own each time.
package enum SequencerTrial: Trial {
  package static let name = "sequencer"
  package static let operations = 3_000

  package static func play(_ choices: inout Choices) -> String? { play(&choices, damage: nil) }

  /// With `damage`, the sequencer's answers have a planted bug, to see that the comparison notices.
  package static func play(_ choices: inout Choices, damage: Damage?) -> String? {
    switch choices.below(4) {
    case 0, 1: play(&choices, damage, UInt64.self)
    case 2: play(&choices, damage, StreamPair.self)
    default: play(&choices, damage, String.self)
    }
  }

  private static func play<Key: NumberedKey>(_ choices: inout Choices, _ damage: Damage?, _ key: Key.Type) -> String? {
    let hashSeed = choices.upTo(255)
    var generator = OperationGenerator(choices)
    defer { choices = generator.random }
    let machine = SequencerMachine<Key>(generator.configuration, hashSeed: hashSeed)
    guard let damage else { return play(&generator, on: machine) }
    return play(&generator, on: DamagedMachine(machine, damage: damage, after: 0))
  }

  private static func play(_ generator: inout OperationGenerator, on machine: some Machine) -> String? {
    var machine = machine
    var oracle = NaiveSequencer(generator.configuration)
    var account = MessageAccount(generator.configuration)
    for index in 0..<operations {
      if generator.isOver { return nil }
      let operation = generator.next()
      let expected = oracle.apply(operation)
      let actual = machine.apply(operation)
      if actual != expected {
        return "operation \(index): \(operation)\n  expected \(expected)\n  actual   \(actual)"
      }
      if let complaint = account.enter(operation, actual) { return "operation \(index): \(operation): \(complaint)" }
      generator.observe(operation, actual)
    }
    return nil
  }
}
