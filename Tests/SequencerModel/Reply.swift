/// All that a call shows to the outside: its outcome, what it emitted, and when to call again.
package struct Reply: Equatable, Sendable {
  package var outcome: Outcome
  package var events: [Event]
  /// `nextDeadline` after the call.
  package var deadline: UInt64?

  package init(_ outcome: Outcome, _ events: [Event] = [], deadline: UInt64? = nil) {
    self.outcome = outcome
    self.events = events
    self.deadline = deadline
  }
}

/// Whatever takes operations: the oracle, and the adapters of what is tested against it.
package protocol Machine {
  mutating func apply(_ operation: Operation) -> Reply
}

/// What a call answers, over all calls; the words are those of the tapes.
package enum Outcome: Equatable, Sendable {
  case delivered, buffered, late, stale, duplicateBuffered, duplicateEmitted
  case noted, clamped, known, voided
  case advanced, paused, resumed, suspended
  case opened, alreadyOpen, closed, resynchronized, restored
  /// The stream that `close`, `suspend` or `resumeStream` names is not known.
  case unknown
  case rejected(Rejection)
  case position(epoch: Int64, next: UInt64)
  case progress(Record)
  /// `position` and `progress` of a stream that is not known.
  case none
  /// Of `evictIdle` and `snapshot`: a set, kept sorted so that equality is that of sets.
  case records([Record])

  package static func sorted(_ records: [Record]) -> Outcome {
    .records(records.sorted { $0.stream < $1.stream })
  }
}

/// Why a call was refused.
package enum Rejection: String, Equatable, Sendable, CaseIterable {
  case invalidNumber, staleEpoch, unknownStream, beyondWindow, tooManyStreams, overCapacity, behind, invalidRecord
}

/// Why numbers were skipped.
package enum Reason: String, Equatable, Sendable, CaseIterable {
  case timeout, void, epoch, closed, resync
}

/// What a call emitted.
package enum Event: Equatable, Sendable {
  case delivered(stream: UInt64, epoch: Int64, number: UInt64, payload: UInt64)
  case late(stream: UInt64, epoch: Int64, number: UInt64, payload: UInt64)
  case skipped(stream: UInt64, epoch: Int64, first: UInt64, last: UInt64, reason: Reason)
  case missing(stream: UInt64, epoch: Int64, first: UInt64, last: UInt64, attempt: Int)
}

/// A run of numbers, both ends included; `ClosedRange` would trap on a hostile record before it could be refused.
package struct Run: Equatable, Sendable {
  package var first: UInt64
  package var last: UInt64

  package init(_ first: UInt64, _ last: UInt64) {
    self.first = first
    self.last = last
  }

  package func contains(_ number: UInt64) -> Bool { first <= number && number <= last }
}

/// What eviction, `open` and the snapshot say of a stream.
package struct Record: Equatable, Sendable {
  package var stream: UInt64
  package var epoch: Int64
  package var next: UInt64
  package var floor: UInt64
  package var ranges: [Run]

  package init(stream: UInt64, epoch: Int64 = 0, next: UInt64 = 1, floor: UInt64 = 0, ranges: [Run] = []) {
    self.stream = stream
    self.epoch = epoch
    self.next = next
    self.floor = floor
    self.ranges = ranges
  }
}

extension Outcome: CustomStringConvertible {
  /// The cases that are one plain word.
  static let words: [String: Outcome] = [
    "delivered": .delivered, "buffered": .buffered, "late": .late, "stale": .stale,
    "duplicate.buffered": .duplicateBuffered, "duplicate.emitted": .duplicateEmitted,
    "noted": .noted, "noted.clamped": .clamped, "known": .known, "voided": .voided,
    "advanced": .advanced, "paused": .paused, "resumed": .resumed, "suspended": .suspended,
    "opened": .opened, "alreadyOpen": .alreadyOpen, "closed": .closed, "resynchronized": .resynchronized,
    "restored": .restored, "unknown": .unknown,
  ]

  package var description: String {
    switch self {
    case .rejected(let rejection): #""rejected.\#(rejection.rawValue)""#
    case .position(let epoch, let next): "[\(epoch),\(next)]"
    case .progress(let record): "\(record)"
    case .none: "null"
    case .records(let records): "[" + records.map(\.description).joined(separator: ",") + "]"
    default: #""\#(Self.words.first { $0.value == self }?.key ?? "?")""#
    }
  }
}

extension Event: CustomStringConvertible {
  package var description: String {
    switch self {
    case .delivered(let stream, let epoch, let number, let payload):
      #"["delivered",\#(stream),\#(epoch),\#(number),"\#(payload)"]"#
    case .late(let stream, let epoch, let number, let payload):
      #"["late",\#(stream),\#(epoch),\#(number),"\#(payload)"]"#
    case .skipped(let stream, let epoch, let first, let last, let reason):
      #"["skipped",\#(stream),\#(epoch),\#(first),\#(last),"\#(reason.rawValue)"]"#
    case .missing(let stream, let epoch, let first, let last, let attempt):
      #"["missing",\#(stream),\#(epoch),\#(first),\#(last),\#(attempt)]"#
    }
  }
}

extension Record: CustomStringConvertible {
  package var description: String {
    "[\(stream),\(epoch),\(next),\(floor),[" + ranges.map { "[\($0.first),\($0.last)]" }.joined(separator: ",") + "]]"
  }
}

extension Reply: CustomStringConvertible {
  package var description: String {
    let list = events.map(\.description).joined(separator: ",")
    return #""outcome":\#(outcome),"events":[\#(list)],"deadline":\#(deadline.map(String.init) ?? "null")"#
  }
}
