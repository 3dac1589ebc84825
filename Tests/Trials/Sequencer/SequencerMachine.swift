package import Sequencer
package import SequencerModel

/// A key that stands for a plain number, so that any kind of key can be tested against the oracle.
package protocol NumberedKey: PersistentStreamKey {
  init(numbered number: UInt64)
  var plainNumber: UInt64 { get }
}

extension UInt64: NumberedKey {
  package init(numbered number: UInt64) { self = number }
  package var plainNumber: UInt64 { self }
}

extension UInt128: NumberedKey {
  package init(numbered number: UInt64) { self = UInt128(number) << 64 | 7 }
  package var plainNumber: UInt64 { UInt64(truncatingIfNeeded: self >> 64) }
}

extension StreamPair: NumberedKey {
  package init(numbered number: UInt64) { self.init(number, ~number) }
  package var plainNumber: UInt64 { first }
}

extension String: NumberedKey {
  /// Longer than what fits into a string without storage of its own.
  package init(numbered number: UInt64) { self = "a conversation with a long name, \(number)" }
  package var plainNumber: UInt64 { UInt64(split(separator: " ").last!)! }
}

/// The library's sequencer as a machine that takes the oracle's operations, through its public API alone.
package final class SequencerMachine<Key: NumberedKey>: Machine {
  package private(set) var sequencer: Sequencer<Key, UInt64>
  private let configuration: SequencerConfiguration
  private let hashSeed: UInt64
  /// Tapes hold an epoch of −1; epochs of the library are unsigned.
  private let epochShift: Int64
  private var latestSnapshot: [UInt8]?

  package init(_ configuration: ModelConfiguration, epochShift: Int64 = 0, hashSeed: UInt64 = 1) {
    self.configuration = SequencerConfiguration(configuration)
    self.epochShift = epochShift
    self.hashSeed = hashSeed
    sequencer = Sequencer(self.configuration, hashSeed: hashSeed)
  }

  /// Begins with a snapshot.
  package init(restoring snapshot: [UInt8], _ configuration: ModelConfiguration, hashSeed: UInt64) throws(SnapshotError)
  {
    self.configuration = SequencerConfiguration(configuration)
    epochShift = 0
    self.hashSeed = hashSeed
    latestSnapshot = snapshot
    sequencer = try Sequencer(restoring: snapshot, self.configuration, hashSeed: hashSeed)
  }

  package func apply(_ operation: Operation) -> Reply {
    var events: [Event] = []
    let outcome = perform(operation) { events.append(event($0)) }
    return Reply(outcome, events, deadline: sequencer.nextDeadline?.nanoseconds)
  }

  /// Hands in several messages at once; the deadline of all replies is the one after the last.
  package func apply(batch arrivals: [Arrival<Key, UInt64>], at now: Instant) -> [Reply] {
    var events: [Event] = []
    var replies: [Reply] = []
    sequencer.receive(arrivals.span, at: now) {
      events.append(event($0))
    } outcome: { index, outcome in
      precondition(index == replies.count, "outcomes come in order")
      replies.append(Reply(Outcome(outcome), events))
      events = []
    }
    return replies
  }

  package func arrival(_ operation: Operation) -> (Arrival<Key, UInt64>, Instant)? {
    guard case .receive(let number, let epoch, let base, let payload, let stream, let at) = operation else {
      return nil
    }
    let arrival = Arrival(
      message: payload, number: number, epoch: shifted(epoch), base: base, stream: Key(numbered: stream))
    return (arrival, Instant(nanoseconds: at))
  }

  private func perform(
    _ operation: Operation, _ emit: (consuming SequencerEvent<Key, UInt64>) -> Void
  ) -> Outcome {
    switch operation {
    case .receive(let number, let epoch, let base, let payload, let stream, let at):
      return Outcome(
        sequencer.receive(
          payload, number: number, epoch: shifted(epoch), base: base, from: Key(numbered: stream),
          at: Instant(nanoseconds: at), emit))
    case .noteTip(let number, let epoch, let stream, let at):
      return Outcome(
        sequencer.noteTip(
          number, epoch: shifted(epoch), of: Key(numbered: stream), at: Instant(nanoseconds: at), emit))
    case .void(let first, let last, let epoch, let stream, let at):
      // A range that ends before it begins has no value in Swift; an empty one answers alike.
      let (key, now) = (Key(numbered: stream), Instant(nanoseconds: at))
      if first > last {
        return Outcome(sequencer.void(first..<first, epoch: shifted(epoch), of: key, at: now, emit))
      }
      return Outcome(sequencer.void(first...last, epoch: shifted(epoch), of: key, at: now, emit))
    case .advance(let at):
      sequencer.advance(to: Instant(nanoseconds: at), emit)
      return .advanced
    case .pause(let at):
      sequencer.pause(at: Instant(nanoseconds: at))
      return .paused
    case .resume(let at):
      sequencer.resume(at: Instant(nanoseconds: at))
      return .resumed
    case .suspend(let stream):
      return sequencer.suspend(Key(numbered: stream)) ? .suspended : .unknown
    case .resumeStream(let stream, let at):
      return sequencer.resume(Key(numbered: stream), at: Instant(nanoseconds: at)) ? .resumed : .unknown
    case .position(let stream):
      guard let position = sequencer.position(of: Key(numbered: stream)) else { return .none }
      return .position(epoch: Int64(position.epoch) - epochShift, next: position.number)
    case .progress(let stream):
      guard let progress = sequencer.progress(of: Key(numbered: stream)) else { return .none }
      return .progress(
        Record(
          stream: stream, epoch: Int64(progress.epoch) - epochShift, next: progress.through + 1, floor: progress.above,
          ranges: progress.except.map { Run($0.lowerBound, $0.upperBound) }))
    case .open(let record):
      return Outcome(sequencer.open(StreamRecord(record, epochShift: epochShift)))
    case .close(let stream):
      return sequencer.close(Key(numbered: stream), emit) ? .closed : .unknown
    case .resynchronize(let next, let epoch, let stream):
      return Outcome(
        sequencer.resynchronize(Key(numbered: stream), next: next, epoch: shifted(epoch), emit))
    case .evictIdle:
      var records: [Record] = []
      sequencer.evictIdle { records.append(Record($0, epochShift: epochShift)) }
      return .sorted(records)
    case .snapshot:
      latestSnapshot = sequencer.snapshot()
      var records: [Record] = []
      sequencer.forEachRecord { records.append(Record($0, epochShift: epochShift)) }
      return .sorted(records)
    case .restore:
      if let latestSnapshot {
        sequencer = try! Sequencer(restoring: latestSnapshot, configuration, hashSeed: hashSeed)
      } else {
        sequencer = Sequencer(configuration, hashSeed: hashSeed)
      }
      return .restored
    }
  }

  private func shifted(_ epoch: Int64) -> UInt32 { UInt32(epoch + epochShift) }

  private func event(_ event: SequencerEvent<Key, UInt64>) -> Event {
    switch event {
    case .delivered(let stream, let position, let message):
      .delivered(
        stream: stream.plainNumber, epoch: Int64(position.epoch) - epochShift, number: position.number,
        payload: message)
    case .late(let stream, let position, let message):
      .late(
        stream: stream.plainNumber, epoch: Int64(position.epoch) - epochShift, number: position.number,
        payload: message)
    case .skipped(let stream, let epoch, let numbers, let reason):
      .skipped(
        stream: stream.plainNumber, epoch: Int64(epoch) - epochShift, first: numbers.lowerBound,
        last: numbers.upperBound, reason: Reason(reason))
    case .missing(let stream, let epoch, let numbers, let attempt):
      .missing(
        stream: stream.plainNumber, epoch: Int64(epoch) - epochShift, first: numbers.lowerBound,
        last: numbers.upperBound, attempt: attempt)
    }
  }
}
