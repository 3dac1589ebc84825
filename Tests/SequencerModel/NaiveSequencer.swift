/// The oracle: a sequencer as simple as it can be written, from the design's text and the tapes, sharing no code with the
/// library. Dictionaries, sorted arrays, loops over numbers.
///
/// What the text leaves open, it decides thus:
/// - Every call that names a moment moves the newest `now`, a refused one too.
/// - A tip counts as held from when it is noted until its own number comes or is passed.
/// - Every accepted call about a stream touches it, for `evictIdle`; a refused one, `position` and `advance` do not.
/// - `resynchronize` opens an unknown stream whatever the start policy, as `open` does.
package struct NaiveSequencer: Machine {
  package let configuration: ModelConfiguration
  let requestDelays: [UInt64]
  var streams: [UInt64: NaiveStream] = [:]
  var now: UInt64 = 0
  /// How long the clocks stood still so far.
  var standstill: UInt64 = 0
  /// The reading of the clocks while they stand still.
  var frozen: UInt64?
  var clocksStarted = 0
  var saved: [Record] = []
  /// What the call in progress has emitted.
  var events: [Event] = []

  package init(_ configuration: ModelConfiguration) {
    self.configuration = configuration
    requestDelays = configuration.requestDelays
  }

  package mutating func apply(_ operation: Operation) -> Reply {
    events = []
    now = max(now, operation.time ?? 0)
    let outcome = perform(operation)
    return Reply(outcome, events, deadline: deadline)
  }

  private mutating func perform(_ operation: Operation) -> Outcome {
    switch operation {
    case .receive(let number, let epoch, let base, let payload, let stream, _):
      receive(payload, number: number, epoch: epoch, base: base, from: stream)
    case .noteTip(let number, let epoch, let stream, _): noteTip(number, epoch: epoch, of: stream)
    case .void(let first, let last, let epoch, let stream, _): void(Run(first, last), epoch: epoch, of: stream)
    case .advance: advance()
    case .pause: pause()
    case .resume: resume()
    case .suspend(let stream): suspend(stream)
    case .resumeStream(let stream, _): resume(stream)
    case .position(let stream): streams[stream].map { .position(epoch: $0.epoch, next: $0.next) } ?? .none
    case .progress(let stream): streams[stream].map { .progress($0.record(of: stream)) } ?? .none
    case .open(let record): open(record)
    case .close(let stream): close(stream)
    case .resynchronize(let next, let epoch, let stream): resynchronize(stream, next: next, epoch: epoch)
    case .evictIdle: evictIdle()
    case .snapshot: snapshot()
    case .restore: restore()
    }
  }
}

// MARK: What changes whole streams

extension NaiveSequencer {
  private mutating func open(_ record: Record) -> Outcome {
    guard record.isValid else { return .rejected(.invalidRecord) }
    guard streams[record.stream] == nil else { return .alreadyOpen }
    guard streams.count < configuration.streamLimit else { return .rejected(.tooManyStreams) }
    insert(record)
    return .opened
  }

  private mutating func insert(_ record: Record) {
    var stream = NaiveStream(epoch: record.epoch, next: record.next)
    stream.floor = record.floor
    stream.ranges = record.ranges
    streams[record.stream] = stream
    trimLedger(of: record.stream)
  }

  private mutating func close(_ key: UInt64) -> Outcome {
    guard streams[key] != nil else { return .unknown }
    flush(key, as: .closed)
    streams[key] = nil
    return .closed
  }

  /// Emits all that is known of a stream, as before its end.
  mutating func flush(_ key: UInt64, as reason: Reason) {
    streams[key]!.emit(skippingThrough: streams[key]!.horizon - 1, as: reason, of: key, into: &events)
  }

  /// Ends a stream's epoch and starts it, or a stream that was not known, anew at `next`. Suspension belongs to the
  /// connection, so it outlives the epoch.
  mutating func begin(_ key: UInt64, epoch: Int64, next: UInt64 = 1) {
    if streams[key] != nil { flush(key, as: .epoch) }
    let isSuspended = streams[key]?.isSuspended ?? false
    streams[key] = NaiveStream(epoch: epoch, next: next)
    streams[key]!.isSuspended = isSuspended
  }

  private mutating func resynchronize(_ key: UInt64, next: UInt64, epoch: Int64) -> Outcome {
    guard 1...lastNumber + 1 ~= next else { return .rejected(.invalidNumber) }
    if let stream = streams[key] {
      guard epoch >= stream.epoch else { return .rejected(.staleEpoch) }
      guard epoch > stream.epoch || next >= stream.next else { return .rejected(.behind) }
    } else {
      guard streams.count < configuration.streamLimit else { return .rejected(.tooManyStreams) }
    }
    if streams[key]?.epoch == epoch {
      streams[key]!.emit(skippingThrough: next - 1, as: .resync, of: key, into: &events)
      trimLedger(of: key)
    } else {
      begin(key, epoch: epoch, next: next)
    }
    streams[key]!.isTouched = true
    return .resynchronized
  }

  private mutating func evictIdle() -> Outcome {
    var records: [Record] = []
    for (key, stream) in streams {
      if !stream.isTouched && stream.horizon == stream.next {
        records.append(stream.record(of: key))
        streams[key] = nil
      } else {
        streams[key]!.isTouched = false
      }
    }
    return .sorted(records)
  }

  private mutating func snapshot() -> Outcome {
    saved = streams.map { $0.value.record(of: $0.key) }
    return .sorted(saved)
  }

  private mutating func restore() -> Outcome {
    let records = saved
    self = NaiveSequencer(configuration)
    saved = records
    for record in records { insert(record) }
    return .restored
  }

  /// Keeps the highest ranges of a ledger: as many as one stream may have, and as all other streams leave room for.
  mutating func trimLedger(of key: UInt64) {
    guard let stream = streams[key], !stream.ranges.isEmpty else { return }
    let others = streams.reduce(0) { $0 + $1.value.ranges.count } - stream.ranges.count
    let limit = max(0, min(configuration.ledgerRanges, configuration.totalLedgerRanges - others))
    while streams[key]!.ranges.count > limit { streams[key]!.floor = streams[key]!.ranges.removeFirst().last }
  }
}

extension Record {
  /// Whether a sequencer can have written it.
  var isValid: Bool {
    guard 1...lastNumber + 1 ~= next, floor < next else { return false }
    var free = floor + 1
    for range in ranges {
      guard range.first >= free, range.first <= range.last, range.last < next else { return false }
      free = range.last + 2
    }
    return true
  }
}
