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
  /// How often its gaps have been asked for.
  @usableFromInline var asked: UInt32 = 0
  /// How many cursors of the queue stand on it.
  @usableFromInline var cursors: UInt32 = 0

  @usableFromInline
  init(stream: UnsafeMutableRawPointer, start: UInt64, last: UInt64) {
    unsafe self.stream = stream
    unsafe self.start = start
    unsafe self.last = last
  }
}
