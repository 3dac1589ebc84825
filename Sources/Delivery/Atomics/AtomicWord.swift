/// A word that several threads share.
///
/// The lock-free types are written against this protocol rather than against `Atomic`. Everybody's build has
/// ``HardwareWord`` in its place, which costs nothing; the tests put in a word that answers whatever the memory model allows,
/// and walk through the schedules.
///
/// There is a method for each ordering that the library uses, and no fence. All read-modify-write operations both acquire
/// and release: a chain of them on one word is what hands memory from one thread to the next.
@usableFromInline
package protocol AtomicWord: ~Copyable {
  init(_ value: UInt64, _ role: WordRole)

  borrowing func loadRelaxed() -> UInt64
  borrowing func loadAcquiring() -> UInt64
  borrowing func storeRelaxed(_ value: UInt64)
  borrowing func storeReleasing(_ value: UInt64)

  // Each returns what the word was.
  borrowing func exchange(_ value: UInt64) -> UInt64
  borrowing func add(_ value: UInt64) -> UInt64
  borrowing func or(_ bits: UInt64) -> UInt64
  borrowing func and(_ bits: UInt64) -> UInt64
  /// Stores `desired` if the word is `expected`.
  borrowing func compareExchange(expected: UInt64, desired: UInt64) -> UInt64

  /// Called before what the words protect is read or written: where threads must not meet.
  static func willRead(_ address: UnsafeRawPointer)
  static func willWrite(_ address: UnsafeRawPointer)
}

/// What a word is for. A test that fails says so in these words, and a test of the tests weakens one of them.
@usableFromInline
package enum WordRole: UInt8, Sendable, Hashable, CaseIterable {
  /// Whether a slot, or a block of them, is full.
  case slot
  /// How far the producers of a queue, or its consumer, have come.
  case producerPosition, consumerPosition
  /// Whether a queue is closed.
  case closed
  /// Whether the one end of a queue or ring that may be taken is.
  case end
  /// Whether a consumer is parked.
  case doorbell
  /// Those who wait for news, one of them, and how many of them have given up.
  case waiters, waiter, abandoned
  /// How far a ring has been published.
  case head
  /// Below it, a ring must not be read any more.
  case floor
  /// What a reader of a ring is reading.
  case claim
  /// Whose a ring is.
  case tenant
  /// Which loops have subscribers of a topic, and which have been told.
  case topic
  /// Where a topic's ring is.
  case ring
  /// The topics that a loop has been told about.
  case list
}
