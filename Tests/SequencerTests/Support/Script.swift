import Sequencer

/// A sequencer whose events a test reads as words: what a script says, line by line.
///
///     5                       delivered 5, with the message that `receive(5)` hands in
///     5=x                     the same with the message x
///     late 5                  emitted late
///     skip 2-4 timeout        skipped, and why
///     ask 2-4 #1              missing, first request
///
/// Of another stream than "a", ` of b` follows, and of another epoch than 0, ` in epoch 1`.
final class Script {
  private(set) var sequencer: Sequencer<String, String>
  /// The time of every call.
  var now = Instant.zero
  private var events: [String] = []

  init(hashSeed: UInt64 = 1, _ configure: (inout SequencerConfiguration) -> Void = { _ in }) {
    var configuration = SequencerConfiguration()
    configure(&configuration)
    sequencer = Sequencer(configuration, hashSeed: hashSeed)
  }

  /// A script in which nothing is asked for.
  static func withoutRepair(_ configure: (inout SequencerConfiguration) -> Void = { _ in }) -> Script {
    Script {
      $0.repair = nil
      configure(&$0)
    }
  }

  /// What was emitted since the last time.
  func heard() -> [String] {
    defer { events = [] }
    return events
  }

  var isPaused: Bool { sequencer.isPaused }
  var deadline: Instant? { sequencer.nextDeadline }
  var statistics: SequencerStatistics { sequencer.statistics }

  /// All statistics by their names.
  var readings: [String: String] {
    Dictionary(
      uniqueKeysWithValues: Mirror(reflecting: statistics).children.map { ($0.label ?? "", "\($0.value)") })
  }

  func receive(
    _ number: UInt64, _ message: String? = nil, epoch: UInt32 = 0, base: UInt64? = nil, from stream: String = "a"
  ) -> ReceiveOutcome {
    sequencer.receive(
      message ?? "\(number)", number: number, epoch: epoch, base: base, from: stream, at: now
    ) { note($0) }
  }

  /// Hands in several messages whose outcomes do not matter.
  func receiveAll(_ numbers: [UInt64], from stream: String = "a") {
    for number in numbers { _ = receive(number, from: stream) }
  }

  func tip(_ number: UInt64, epoch: UInt32 = 0, of stream: String = "a") -> TipOutcome {
    sequencer.noteTip(number, epoch: epoch, of: stream, at: now) { note($0) }
  }

  func void(_ numbers: ClosedRange<UInt64>, epoch: UInt32 = 0, of stream: String = "a") -> VoidOutcome {
    sequencer.void(numbers, epoch: epoch, of: stream, at: now) { note($0) }
  }

  func void(_ numbers: Range<UInt64>, epoch: UInt32 = 0, of stream: String = "a") -> VoidOutcome {
    sequencer.void(numbers, epoch: epoch, of: stream, at: now) { note($0) }
  }

  /// What `advance` emits at a moment that becomes the time of the calls that follow.
  func advance(to moment: Instant) -> [String] {
    now = moment
    sequencer.advance(to: moment) { note($0) }
    return heard()
  }

  func pause() { sequencer.pause(at: now) }
  func resume() { sequencer.resume(at: now) }
  func suspend(_ stream: String = "a") -> Bool { sequencer.suspend(stream) }
  func resume(_ stream: String) -> Bool { sequencer.resume(stream, at: now) }
  func open(_ record: StreamRecord<String>) -> OpenOutcome { sequencer.open(record) }
  func close(_ stream: String = "a") -> Bool { sequencer.close(stream) { note($0) } }

  func resynchronize(next: UInt64, epoch: UInt32 = 0, _ stream: String = "a") -> ResynchronizeOutcome {
    sequencer.resynchronize(stream, next: next, epoch: epoch) { note($0) }
  }

  func position(_ stream: String = "a") -> Position? { sequencer.position(of: stream) }
  func progress(_ stream: String = "a") -> StreamProgress? { sequencer.progress(of: stream) }
  func record(_ stream: String = "a") -> StreamRecord<String>? { sequencer.record(of: stream) }

  func evictIdle() -> [StreamRecord<String>] {
    var records: [StreamRecord<String>] = []
    sequencer.evictIdle { records.append($0) }
    return records.sorted { $0.stream < $1.stream }
  }

  private func note(_ event: consuming SequencerEvent<String, String>) {
    switch event {
    case .delivered(let stream, let position, let message):
      events.append(name(position.number, message) + place(stream, position.epoch))
    case .late(let stream, let position, let message):
      events.append("late " + name(position.number, message) + place(stream, position.epoch))
    case .skipped(let stream, let epoch, let numbers, let reason):
      events.append("skip \(name(numbers)) \(reason)" + place(stream, epoch))
    case .missing(let stream, let epoch, let numbers, let attempt):
      events.append("ask \(name(numbers)) #\(attempt)" + place(stream, epoch))
    }
  }

  private func name(_ number: UInt64, _ message: String) -> String {
    message == "\(number)" ? message : "\(number)=\(message)"
  }

  private func name(_ numbers: ClosedRange<UInt64>) -> String {
    numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound)-\(numbers.upperBound)"
  }

  private func place(_ stream: String, _ epoch: UInt32) -> String {
    (stream == "a" ? "" : " of \(stream)") + (epoch == 0 ? "" : " in epoch \(epoch)")
  }
}

extension Instant {
  static func seconds(_ count: UInt64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }
  static func milliseconds(_ count: UInt64) -> Instant { Instant(nanoseconds: count * 1_000_000) }
  /// One nanosecond before.
  var before: Instant { advanced(by: .nanoseconds(-1)) }
}
