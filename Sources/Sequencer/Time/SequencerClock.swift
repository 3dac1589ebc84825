/// The sequencer's own time: the caller's, less what it stood still. Pausing every clock is one subtraction.
@usableFromInline
struct SequencerClock {
  /// The newest moment the caller named. It never runs backwards.
  @usableFromInline var newest: UInt64 = 0
  /// How long it has stood still in all, up to the last `resume`.
  @usableFromInline var frozen: UInt64 = 0
  /// When it was stopped, by the caller's clock; nil while it runs.
  @usableFromInline var pausedAt: UInt64? = nil

  @inlinable
  init() {}

  @inlinable @inline(__always)
  mutating func note(_ now: Instant) {
    if now.nanoseconds > newest { newest = now.nanoseconds }
  }

  /// The sequencer's own time.
  @inlinable var own: UInt64 { (pausedAt ?? newest) &- frozen }

  @inlinable
  mutating func pause() {
    if pausedAt == nil { pausedAt = newest }
  }

  @inlinable
  mutating func resume() {
    guard let since = pausedAt else { return }
    frozen &+= newest &- since
    pausedAt = nil
  }

  /// When, by the caller's clock, a moment of the sequencer's own time comes; nil if it does not, as things stand.
  @inlinable
  func callerTime(of moment: UInt64) -> Instant? {
    // What was due when the clock was stopped stays due; nothing else becomes due.
    if moment <= own { return Instant(unchecked: newest) }
    if pausedAt != nil { return nil }
    let time = moment &+ frozen
    return time <= Instant.max.nanoseconds ? Instant(unchecked: time) : nil
  }
}
