/// What a sequencer may wait for, keep and take. Every limit is finite by default.
///
/// ```swift
/// var configuration = SequencerConfiguration()
/// configuration.gapTimeout = .seconds(60)
/// configuration.start = .firstSeen
/// var sequencer = Sequencer<UInt64, String>(configuration)
/// ```
public struct SequencerConfiguration: Sendable, Hashable {
  /// How long a gap may stay open before its numbers are skipped; `nil`: for ever.
  ///
  /// Five seconds outlast a TCP retransmission or a change of cell tower, and are about what a reader of a chat bears.
  public var gapTimeout: Duration? = .seconds(5)

  /// When to ask the sender for what is missing; `nil`: never.
  public var repair: RepairSchedule? = RepairSchedule()

  /// How many numbers from the next one on may be held: `next ..< next + window`.
  public var window = 1_024

  /// Most streams known at a time.
  public var streamLimit = 1 << 20

  /// Most numbers held ahead over all streams: a message, a voided number and a noted tip count one each.
  public var bufferLimit = 65_536

  /// Most skipped ranges remembered for one stream, so that what comes late is told from what comes twice. They are kept in
  /// order in one block: a range more, or a late message, moves as many as lie above it, so thousands cost a microsecond.
  public var ledgerLimit = 16

  /// Most skipped ranges remembered over all streams.
  public var totalLedgerLimit = 65_536

  /// What to do with a stream that is not known yet.
  public var start: StartPolicy = .one

  /// - Complexity: O(1)
  public init() {}
}

/// When a gap's missing numbers are asked for: after `first`, and then each wait twice the one before.
///
/// With the default of 0.2 s that is 0.2, 0.6, 1.4 and 3.0 s after the gap opened. Requests that would fall at or past the
/// gap timeout are left out.
///
/// ```swift
/// configuration.repair = RepairSchedule(first: .milliseconds(50), attempts: 3)
/// ```
public struct RepairSchedule: Sendable, Hashable {
  public var first: Duration
  /// Most requests for one gap, 1 … 16.
  public var attempts: Int

  /// - Complexity: O(1)
  public init(first: Duration = .milliseconds(200), attempts: Int = 8) {
    self.first = first
    self.attempts = attempts
  }
}

/// What a message of an unknown stream does.
public enum StartPolicy: Sendable, Hashable {
  /// The stream opens and expects number 1.
  case one
  /// The stream opens at the first message seen (at its `base`, if it carries one); what lies below counts as skipped, so
  /// that it comes out late and is not taken for a repetition. Tips and voids open no stream.
  case firstSeen
  /// It is refused as `.unknownStream`: load the stream's record, `open` it, and hand the message in again.
  case reject
}
