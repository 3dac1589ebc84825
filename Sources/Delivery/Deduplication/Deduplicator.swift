public import Sequencer

/// Does a thing once, however often it is asked for: webhooks, job results, whatever has a key but no sequence number.
///
/// ```swift
/// var seen = Deduplicator<String, Response>()
/// switch seen.begin(request.id, at: now) {
/// case .first(let lease):
///   if let response = perform(request) { _ = seen.complete(lease, response, at: later) } else { _ = seen.fail(lease) }
/// case .repeat(let response): answer(response)
/// case .inProgress(let moment): answerLater(moment)
/// case .full: refuse()
/// }
/// ```
///
/// Whoever gets the lease has the key until it completes, fails or runs out of time; then the next one is the first. A result
/// is kept for the retention time, or until its place is needed: the oldest goes first, what is in progress never does.
///
/// It covers one instance and its memory: what another instance does, and what was done before a restart, it does not know.
/// It is owned by one thread and reads no clock.
///
/// Memory: about 50 bytes a key beside the result and twice the key itself, with room to grow the double of that.
public struct Deduplicator<Key: Hashable, Result>: ~Copyable {
  @usableFromInline var places: [Key: Int32] = [:]
  @usableFromInline var slots: [DeduplicatorSlot<Key, Result>] = []
  @usableFromInline var freeSlots: [Int32] = []
  /// In progress, in the order in which the leases run out.
  @usableFromInline var leases = DeduplicatorLine()
  /// Done, in the order in which the results have been kept long enough.
  @usableFromInline var results = DeduplicatorLine()
  @usableFromInline var newest: UInt64 = 0
  @usableFromInline var lastLease: UInt64 = 0
  @usableFromInline let limit: Int
  @usableFromInline let leaseNanoseconds: UInt64
  @usableFromInline let retentionNanoseconds: UInt64

  /// The results that were given up before their time to make room: their keys, asked for again, are done again.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var evictionCount: UInt64 { evictions }
  @usableFromInline var evictions: UInt64 = 0

  /// Creates a deduplicator.
  ///
  /// - Parameters:
  ///   - limit: the most keys known at a time.
  ///   - leaseTime: how long the first may take. A minute is more than most requests are given.
  ///   - retention: how long a result is kept. Webhooks are repeated for hours, most within one day.
  /// - Precondition: `limit` is 0 … 2²⁸, and both times are at least a nanosecond.
  /// - Complexity: O(1)
  @inlinable
  public init(limit: Int = 65_536, leaseTime: Duration = .seconds(60), retention: Duration = .seconds(86_400)) {
    precondition(0...1 << 28 ~= limit, "the limit of keys must be 0 to 2^28")
    let (lease, kept) = (leaseTime.saturatedNanoseconds, retention.saturatedNanoseconds)
    precondition(lease > 0, "a lease must last at least a nanosecond")
    precondition(kept > 0, "a result must be kept at least a nanosecond")
    self.limit = limit
    (leaseNanoseconds, retentionNanoseconds) = (UInt64(lease), UInt64(kept))
  }

  /// The keys known: in progress or done.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var count: Int { places.count }

  /// When to call `advance(to:)` next: the first moment at which a lease or a result expires. `nil` if there is none.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var nextDeadline: Instant? {
    let expiry = min(leases.firstExpiry(in: slots), results.firstExpiry(in: slots))
    return expiry > Instant.max.nanoseconds ? nil : Instant(unchecked: max(expiry, newest))
  }
}

extension Deduplicator: @unchecked Sendable where Key: Sendable, Result: Sendable {}

extension Deduplicator {
  /// Asks whether to do what `key` stands for. A `now` before the newest one counts as that.
  ///
  /// - Complexity: O(1), amortised over the keys that have expired.
  @inlinable
  public mutating func begin(_ key: Key, at now: Instant) -> DeduplicatorOutcome<Result> {
    advance(to: now)
    if let place = places[key] {
      if let result = slots[Int(place)].result { return .repeat(result) }
      return .inProgress(until: Instant(unchecked: min(slots[Int(place)].expiry, Instant.max.nanoseconds)))
    }
    if count >= limit {
      guard results.first >= 0 else { return .full }
      forget(results.removeFirst(&slots))
      evictions += 1
    }
    lastLease += 1
    // A sum beyond the last instant never comes.
    let slot = DeduplicatorSlot<Key, Result>(key: key, lease: lastLease, expiry: newest + leaseNanoseconds)
    let place = freeSlots.popLast() ?? Int32(slots.count)
    if Int(place) == slots.count { slots.append(slot) } else { slots[Int(place)] = slot }
    places[key] = place
    leases.append(place, &slots)
    return .first(DeduplicatorLease(slot: place, number: lastLease))
  }

  /// Keeps the result of a key, and answers repeats with it from now on.
  ///
  /// - Returns: `.expired` if the lease ran out; then the result is not kept, as somebody else may have begun.
  /// - Complexity: O(1), amortised over the keys that have expired.
  @inlinable
  public mutating func complete(_ lease: DeduplicatorLease, _ result: Result, at now: Instant) -> LeaseOutcome {
    advance(to: now)
    guard holds(lease) else { return .expired }
    leases.remove(lease.slot, &slots)
    slots[Int(lease.slot)].result = result
    slots[Int(lease.slot)].expiry = newest + retentionNanoseconds
    results.append(lease.slot, &slots)
    return .accepted
  }

  /// Frees the key of a try that failed, so that it does not swallow the next one.
  ///
  /// - Complexity: O(1)
  @inlinable
  public mutating func fail(_ lease: DeduplicatorLease) -> LeaseOutcome {
    guard holds(lease) else { return .expired }
    leases.remove(lease.slot, &slots)
    forget(lease.slot)
    return .accepted
  }

  /// Forgets the leases and results that have expired by `now`.
  ///
  /// - Complexity: O(*k*) in their number.
  @inlinable
  public mutating func advance(to now: Instant) {
    newest = max(newest, now.nanoseconds)
    while leases.firstExpiry(in: slots) <= newest { forget(leases.removeFirst(&slots)) }
    while results.firstExpiry(in: slots) <= newest { forget(results.removeFirst(&slots)) }
  }

  /// Whether the lease still has its key.
  @inlinable
  func holds(_ lease: DeduplicatorLease) -> Bool {
    guard slots.indices.contains(Int(lease.slot)) else { return false }
    return slots[Int(lease.slot)].lease == lease.number && slots[Int(lease.slot)].result == nil
  }

  /// Frees the slot of a key that is in no line any more.
  @inlinable
  mutating func forget(_ place: Int32) {
    guard let key = slots[Int(place)].key else { return }
    places[key] = nil
    // What the slot held goes at once, and no lease is 0.
    slots[Int(place)] = DeduplicatorSlot(key: nil, lease: 0, expiry: 0)
    freeSlots.append(place)
  }
}
