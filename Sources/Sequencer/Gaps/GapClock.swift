/// The clock of the numbers that one arrival (or tip, or void) left missing below it.
///
/// It covers the numbers from behind the stream's clock before it up to `last`; those of them that are missing are its gaps.
/// What arrives in between splits a gap without touching the clock, so both halves keep its start.
@unsafe
@usableFromInline
struct GapClock {
  /// Neighbours among all clocks, by start.
  @usableFromInline var earlier: UnsafeMutablePointer<GapClock>? = nil
  @usableFromInline var later: UnsafeMutablePointer<GapClock>? = nil
  /// Neighbours among the stream's clocks, by number.
  @usableFromInline var below: UnsafeMutablePointer<GapClock>? = nil
  @usableFromInline var above: UnsafeMutablePointer<GapClock>? = nil
  /// The header of the stream.
  @usableFromInline let stream: UnsafeMutableRawPointer
  /// When it started, in the sequencer's own time.
  @usableFromInline let start: UInt64
  @usableFromInline var last: UInt64
  /// The low half of `lowest`: so a clock is one cache line.
  @usableFromInline var lowestBits: UInt32
  /// How often its gaps have been asked for.
  @usableFromInline var asked: UInt16 = 0
  /// How many cursors of the queue stand on it.
  @usableFromInline var cursors: UInt16 = 0

  @usableFromInline
  init(stream: UnsafeMutableRawPointer, start: UInt64, numbers: ClosedRange<UInt64>) {
    unsafe self.stream = stream
    unsafe self.start = start
    unsafe last = numbers.upperBound
    unsafe lowestBits = UInt32(truncatingIfNeeded: numbers.lowerBound)
  }

  /// A number below which nothing that it covers is missing; at most `last`, and less than 2³² below.
  @inlinable var lowest: UInt64 {
    get { unsafe last &- UInt64(UInt32(truncatingIfNeeded: last) &- lowestBits) }
    set { unsafe lowestBits = UInt32(truncatingIfNeeded: newValue) }
  }
}
