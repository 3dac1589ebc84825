/// What a run came to. The first line is what the library promises; the others say what it was put through.
package struct Totals: Sendable, Equatable {
  package var worlds: UInt64 = 0
  /// Messages that people wrote, and of those: stored on their devices, told to have been sent, taken by the server.
  package var attempted: UInt64 = 0
  package var promised: UInt64 = 0
  package var acknowledged: UInt64 = 0
  package var emitted: UInt64 = 0
  /// Messages that members' devices showed, in order or late, and numbers that those were told to do without.
  package var delivered: UInt64 = 0
  package var late: UInt64 = 0
  package var skipped: UInt64 = 0
  /// Messages found again after a crash.
  package var recovered: UInt64 = 0
  /// Messages that failed, and people were told so.
  package var failed: UInt64 = 0

  package var packets: UInt64 = 0
  package var packetsLost: UInt64 = 0
  package var packetsRepeated: UInt64 = 0
  package var repetitionsDropped: UInt64 = 0
  package var refused: UInt64 = 0
  package var crashes: UInt64 = 0
  package var outages: UInt64 = 0
  package var clockFaults: UInt64 = 0
  package var attacks: UInt64 = 0
  package var lagged: UInt64 = 0

  // The promise.
  package var lost: UInt64 = 0
  package var duplicated: UInt64 = 0
  package var reordered: UInt64 = 0
  package var broken: UInt64 = 0

  package init() {}

  package static func += (left: inout Totals, right: Totals) {
    for field in fields { left[keyPath: field.path] += right[keyPath: field.path] }
  }

  /// All of them, with the words that a report uses.
  package static var fields: [(name: String, path: WritableKeyPath<Totals, UInt64>)] {
    [
      ("worlds", \.worlds), ("attempted", \.attempted), ("promised", \.promised), ("acknowledged", \.acknowledged),
      ("emitted", \.emitted), ("delivered", \.delivered), ("late", \.late), ("skipped", \.skipped),
      ("recovered", \.recovered), ("failed", \.failed), ("packets", \.packets), ("packets lost", \.packetsLost),
      ("packets repeated", \.packetsRepeated), ("repetitions dropped", \.repetitionsDropped), ("refused", \.refused),
      ("crashes", \.crashes), ("outages", \.outages), ("clock faults", \.clockFaults), ("attacks", \.attacks),
      ("lagged", \.lagged), ("lost", \.lost), ("duplicated", \.duplicated), ("reordered", \.reordered),
      ("broken", \.broken),
    ]
  }
}

/// What an invariant's failure means to a user.
package enum Breach: String, Sendable {
  case lost, duplicated, reordered, broken
}

/// The first thing that went wrong in a world.
package struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
  package let breach: Breach
  package let text: String
  /// The virtual time, in nanoseconds.
  package let time: UInt64

  /// What is wrong, whatever the numbers in it: shrinking must not come to another failure.
  package var kind: String { "\(breach.rawValue) " + text.filter { !$0.isNumber } }

  package var description: String { "\(breach.rawValue) at \(time) ns: \(text)" }
}
