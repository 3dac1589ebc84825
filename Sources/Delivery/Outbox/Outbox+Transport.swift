public import Sequencer

/// Outages. While the transport is down nothing is sent and no attempt fails; only lifetimes run on.
extension Outbox {
  /// Notes that the transport was lost. What was in flight will be sent again, in the same attempt.
  ///
  /// - Complexity: O(*k*) in the number of messages in flight, and as for `advance(to:)` to put them back in line.
  ///
  /// ```swift
  /// outbox.transportDown(at: now)     // the socket closed
  /// outbox.transportUp(at: later)     // and is open again
  /// ```
  @inlinable
  public mutating func transportDown(at now: Instant) {
    note(now)
    guard !line.isDown else { return }
    line.goDown(at: newest)
    while !inFlight.isEmpty {
      let slot = inFlight.first
      let index = entries[slot].conversation
      ground(slot)
      makeDue(slot, index)
      updateTurn(index)
    }
    wakesAt = nextDue
  }

  /// Notes that the transport is back. The first transmission waits for a while drawn evenly from 0 to the length of the outage
  /// or two seconds, whichever is less, and what may be in flight begins small: a thousand clients that come back at the
  /// same moment do not all speak at once.
  ///
  /// - Returns: when the first transmission may be.
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// let first = outbox.transportUp(at: now)
  /// ```
  @inlinable
  @discardableResult
  public mutating func transportUp(at now: Instant) -> Instant {
    note(now)
    if line.isDown {
      let outage = newest &- line.lostAt
      line.goUp(at: min(newest &+ jitter.upTo(min(outage, limits.spread)), Instant.max.nanoseconds))
      line.allowed = limits.inFlightAfterOutage
      wakesAt = nextDue
    }
    return Instant(nanoseconds: max(line.opensAt, newest))
  }

  /// Whether the transport is down.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var isTransportDown: Bool { line.isDown }
}

/// The transport as an outbox sees it.
@usableFromInline
struct OutboxLine {
  @usableFromInline var isDown = false
  /// When the outage began, or the last one.
  @usableFromInline var lostAt: UInt64 = 0
  /// When the wait after the last outage ends.
  @usableFromInline var opensAt: UInt64 = 0
  /// What may be in flight.
  @usableFromInline var allowed = 0

  @inlinable
  init() {}

  @inlinable @inline(__always)
  func isOpen(at now: UInt64) -> Bool { !isDown && now >= opensAt }

  /// The end of the wait, if that is still to come.
  @inlinable
  func opening(after now: UInt64) -> UInt64? { !isDown && opensAt > now ? opensAt : nil }

  /// One that comes while the wait after the last one lasts only prolongs that one: a flapping transport must not turn a long
  /// outage into a short one, or the clients would come back together after all.
  @inlinable
  mutating func goDown(at now: UInt64) {
    if now >= opensAt { lostAt = now }
    isDown = true
  }

  @inlinable
  mutating func goUp(at moment: UInt64) {
    isDown = false
    opensAt = moment
  }
}
