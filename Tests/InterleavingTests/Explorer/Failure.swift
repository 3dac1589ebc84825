/// Why an execution is wrong, and all that it takes to see it again.
struct Failure: CustomStringConvertible {
  enum Kind {
    /// Two threads met at the same payload, and nothing ordered them.
    case race
    /// Every thread that is left waits.
    case deadlock
    /// A thread goes on and on.
    case livelock
    /// The body's own expectation.
    case expectation
    /// The body did something else when its path was walked again.
    case nondeterminism
    /// There were more executions than were allowed.
    case unfinished
  }

  var kind: Kind
  var message: String
  var schedule = Schedule(events: [], words: [])
  /// The command that shows it again.
  var replay = ""

  var description: String { "\(kind): \(message)\n\(schedule)\n\(replay)" }
}
