package import Choosing

/// A world of clients, a server and members, played from one source of choices to its end.
///
/// ```swift
/// let run = Simulation.run(Choices(seed: 17))
/// print(run.totals.delivered, run.violation ?? "nothing lost")
/// ```
package enum Simulation {
  /// What came of a world.
  package struct Run: Sendable, Equatable {
    package let totals: Totals
    package let sightings: Sightings
    /// The first promise that was broken; nil: all were kept.
    package let violation: Violation?
    /// A hash of everything that happened. The same choices give the same.
    package let trace: UInt64
    /// The choices, if they were recorded.
    package let tape: [UInt8]
  }

  /// - Parameters:
  ///   - narrates: prints what happens.
  ///   - sabotage: a mistake of the application around the library, which has to come out.
  package static func run(_ choices: Choices, narrates: Bool = false, sabotage: Sabotage? = nil) -> Run {
    let world = World(choices, narrates: narrates, sabotage: sabotage)
    world.run()
    return Run(
      totals: world.totals, sightings: world.sightings, violation: world.violation, trace: world.trace,
      tape: world.choices.tape)
  }

  /// The shortest tape found on which the same goes wrong as with a seed; nil: nothing does.
  package static func reproducer(
    of seed: UInt64, attempts: Int = 3_000, sabotage: Sabotage? = nil
  ) -> [UInt8]? {
    let run = run(Choices(seed: seed, records: true), sabotage: sabotage)
    guard let kind = run.violation?.kind else { return nil }
    return shrink(run.tape, attempts: attempts) {
      self.run(Choices(tape: $0), sabotage: sabotage).violation?.kind == kind
    }
  }
}

/// Mistakes that an application can make, planted to see whether the simulation notices.
package enum Sabotage: CaseIterable, Sendable {
  /// The server acknowledges what it has not stored.
  case acknowledgesEarly
  /// The server comes back without the records of its streams.
  case forgetsRecords
  /// A member's device comes back with the records of its sequencer, and has lost what it had shown.
  case forgetsScreen
  /// The server's tips never come, so that a loss at the end is never noticed.
  case keepsTipsToItself
}
