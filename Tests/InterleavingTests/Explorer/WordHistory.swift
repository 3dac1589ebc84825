import Delivery

/// Every value that a word has had in one execution, in modification order, and who is known to have seen which.
struct WordHistory {
  struct Store {
    var value: UInt64
    /// What an acquiring load of it learns: the clocks of all the releases whose release sequence it stands in.
    var release: Clock?
  }

  /// A thread read or wrote a store at a time of its own. Whoever that time has reached never reads an older store again.
  private struct Sighting {
    var thread: Int
    var time: UInt32
    var store: Int
  }

  let role: WordRole
  /// Counts the words of a role in the order in which the execution made them.
  let ordinal: Int
  private(set) var stores: [Store]
  private var sightings: [Sighting] = []

  init(_ value: UInt64, _ role: WordRole, ordinal: Int, madeBy thread: Int, at clock: Clock) {
    self.role = role
    self.ordinal = ordinal
    stores = [Store(value: value, release: nil)]
    see(0, by: thread, at: clock)
  }

  var newest: Int { stores.count - 1 }
  var newestValue: UInt64 { stores[newest].value }

  /// The oldest store that a thread with this clock may still read. Coherence forbids those before it, of all four kinds
  /// (read or write, then read or write): each store and each load leaves a sighting.
  func oldestReadable(at clock: Clock) -> Int {
    var oldest = 0
    for sighting in sightings.reversed() {
      if sighting.store > oldest, clock.hasReached(sighting.time, of: sighting.thread) { oldest = sighting.store }
      if oldest == newest { break }
    }
    return oldest
  }

  mutating func see(_ store: Int, by thread: Int, at clock: Clock) {
    sightings.append(Sighting(thread: thread, time: clock[thread], store: store))
  }

  mutating func append(_ store: Store, by thread: Int, at clock: Clock) {
    stores.append(store)
    see(newest, by: thread, at: clock)
  }
}
