internal import Sequencer

/// Makes a record's stream known by one kind of key or another.
protocol KeySource: Sendable {
  associatedtype Key: StreamKey
  func key(of record: Record) -> Key
}

/// 64-bit ids.
struct WordKeys: KeySource {
  @inline(__always) func key(of record: Record) -> UInt64 { record.key }
}

/// 128-bit ids, as UUIDs are.
struct WideKeys: KeySource {
  @inline(__always) func key(of record: Record) -> UInt128 { UInt128(record.key) &<< 64 | UInt128(~record.key) }
}

/// Textual ids, made before the clock starts.
struct TextKeys: KeySource {
  let names: [String]
  @inline(__always) func key(of record: Record) -> String { names[Int(record.conversation)] }
}

/// How messages get from an input into a sequencer. These loops are what a server's would be: the clock is read once a
/// burst, and `advance` follows it.
///
/// A function that is measured has a name that begins with `timed` and is never inlined, so that a profile shows it.
enum Feeding {
  /// Hands the messages in one by one.
  @inline(never)
  static func timedReceive<Keys: KeySource>(
    _ sequencer: inout Sequencer<Keys.Key, UInt64>, _ records: borrowing Span<Record>, by keys: Keys,
    _ clock: inout SimulatedClock, _ tally: inout Tally
  ) {
    var total = tally
    var index = 0
    while index < records.count {
      let end = min(index + SimulatedClock.burst, records.count)
      let now = clock.now
      while index < end {
        let record = records[index]
        let outcome = sequencer.receive(
          record.payload, number: UInt64(record.number), from: keys.key(of: record), at: now
        ) { event in total.add(event) }
        total.note(outcome)
        index += 1
      }
      sequencer.advance(to: now) { event in total.add(event) }
      clock.pass(SimulatedClock.burst)
    }
    tally = total
  }

  /// Hands the messages in 64 at a time. Filling the batch is measured, too: whoever reads from a socket has to.
  @inline(never)
  static func timedReceiveBatches<Keys: KeySource>(
    _ sequencer: inout Sequencer<Keys.Key, UInt64>, _ records: borrowing Span<Record>, by keys: Keys,
    _ clock: inout SimulatedClock, _ tally: inout Tally
  ) {
    guard !records.isEmpty else { return }
    var total = tally
    let empty = Arrival(message: 0 as UInt64, number: 0, stream: keys.key(of: records[0]))
    var batch = [Arrival<Keys.Key, UInt64>](repeating: empty, count: SimulatedClock.burst)
    var index = 0
    while index < records.count {
      let count = min(SimulatedClock.burst, records.count - index)
      let now = clock.now
      fill(&batch, with: records.extracting(index..<index + count), by: keys)
      sequencer.receive(batch.span.extracting(0..<count), at: now) { event in
        total.add(event)
      } outcome: { _, outcome in
        total.note(outcome)
      }
      sequencer.advance(to: now) { event in total.add(event) }
      clock.pass(SimulatedClock.burst)
      index += count
    }
    tally = total
  }

  @inline(__always)
  private static func fill<Keys: KeySource>(
    _ batch: inout [Arrival<Keys.Key, UInt64>], with records: borrowing Span<Record>, by keys: Keys
  ) {
    var arrivals = batch.mutableSpan
    for index in records.indices {
      let record = records[index]
      arrivals[index] = Arrival(
        message: record.payload, number: UInt64(record.number), stream: keys.key(of: record))
    }
  }
}
