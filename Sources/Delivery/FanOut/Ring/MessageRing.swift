/// The slots of a ring that one thread writes and any number of threads read: what ``FanOutRing`` and ``Hub`` are built of.
///
/// Positions run on for ever; the message at a position stands in the slot `position & mask`, and `nil` stands for one that
/// does not exist. A message is overwritten when the ring comes round again, whether it was read or not, so that no reader
/// ever holds up the writer. What makes this safe for payloads of any kind is one *claim* for each reader (a thread, which
/// may serve thousands of subscribers) and one *floor* of the writer's:
///
/// - Before a reader copies, it exchanges its claim for the lowest position that it wants, and then reads the floor: below
///   it nothing may be touched any more. It copies at most ``ReadingWindow/limit`` messages and exchanges the claim for
///   *none*. Nobody else's code runs in between.
/// - Before the writer overwrites, it raises the floor, an eighth of the ring at a time, and then looks at each claim by a
///   read-modify-write that changes nothing. Whatever stands below the floor and below no claim it may overwrite.
///
/// So either the writer's look comes after the exchange and sees the claim, or it comes before, and then the exchange has
/// read what the look wrote and the reader knows of the new floor. **Every** write to a claim has to be a read-modify-write
/// that acquires and releases, the clearing too: only such writes continue the chain in which the second half of that
/// sentence holds. With a plain store in it, a reader that claims again can read an old floor, and then a slot that is being
/// overwritten; the interleaving tests show it.
///
/// A ring can be retired and leased again, by another *tenant* or by nobody. That, too, is the floor's protocol: the tenant
/// is changed first, then all claims are looked at, and a reader that has claimed looks whose the ring is.
@safe
@usableFromInline
package final class MessageRing<Element: Sendable, Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  /// What stands in a claim of a reader that reads nothing.
  @inlinable static var unclaimed: UInt64 { .max }

  @usableFromInline package let capacity: Int
  @usableFromInline let mask: UInt64
  /// How far the floor is raised at a time. A message is kept until `capacity - stride` newer ones are there.
  @usableFromInline let stride: UInt64

  /// A word for each reader, on lines of their own.
  @usableFromInline let claims: WordLines<Word>
  /// The floor, and the tenant: words that the writer seldom writes and readers read before they copy.
  @usableFromInline let rarelyWritten: WordLines<Word>
  /// Links for the lists of a ``RingPool``, as addresses.
  @usableFromInline var nextOfAll: UInt64 = 0
  @usableFromInline var nextSpare: UInt64 = 0

  /// What only the writer changes, apart from what others write; and it is not for the compiler to check that nobody else does.
  @usableFromInline let own: UnsafeMutablePointer<Own>

  @usableFromInline
  @safe
  struct Own {
    /// Present while the ring is leased. Readers that have claimed and found their tenant may read it.
    @usableFromInline var slots: UnsafeMutablePointer<Element?>?
    /// What was last stored in the floor.
    @usableFromInline var floorStored: UInt64 = 0
    /// Positions below it may be written without looking at anything.
    @usableFromInline var limit: UInt64 = 0

    @usableFromInline
    init() { unsafe slots = nil }
  }

  /// Creates a ring that nobody has leased.
  ///
  /// - Parameter capacity: how many messages it keeps, a power of two.
  package init(capacity: Int, readers: Int) {
    assert(capacity > 0 && capacity & (capacity - 1) == 0 && readers > 0)
    self.capacity = capacity
    mask = UInt64(capacity) - 1
    stride = max(1, UInt64(capacity) / 8)
    unsafe claims = WordLines(count: readers, Self.unclaimed, .claim)
    unsafe rarelyWritten = WordLines(count: 2, 0) { $0 == 0 ? .floor : .tenant }
    unsafe own = .allocate(capacity: 1)
    unsafe own.initialize(to: Own())
  }

  deinit {
    freeSlots()
    unsafe own.deallocate()
    unsafe claims.deallocate()
    unsafe rarelyWritten.deallocate()
  }

  @inlinable
  func freeSlots() {
    guard let slots = unsafe slots else { return }
    unsafe Word.willWrite(own)
    unsafe slots.deinitialize(count: capacity)
    unsafe slots.deallocate()
    unsafe self.slots = nil
  }

  @inlinable
  var slots: UnsafeMutablePointer<Element?>? {
    get { unsafe own.pointee.slots }
    set { unsafe own.pointee.slots = newValue }
  }

  @inlinable
  var floorStored: UInt64 {
    get { unsafe own.pointee.floorStored }
    set { unsafe own.pointee.floorStored = newValue }
  }

  @inlinable
  var limit: UInt64 {
    get { unsafe own.pointee.limit }
    set { unsafe own.pointee.limit = newValue }
  }

  @inlinable
  var readers: Int { unsafe claims.count }

  @inlinable
  func withFloor<Result>(_ body: (borrowing Word) -> Result) -> Result { unsafe body(rarelyWritten[0].pointee) }

  @inlinable
  func withTenant<Result>(_ body: (borrowing Word) -> Result) -> Result { unsafe body(rarelyWritten[1].pointee) }

  @inlinable
  func withClaim<Result>(of reader: Int, _ body: (borrowing Word) -> Result) -> Result {
    unsafe body(claims[reader].pointee)
  }
}

// MARK: - Leasing

extension MessageRing where Word: ~Copyable {
  /// Makes it the ring of `tenant`, which is not 0, whose next message will have the number `position`.
  @inlinable
  package func lease(to tenant: UInt64, at position: UInt64) {
    assert(tenant != 0)
    unsafe Word.willWrite(own)
    let slots = UnsafeMutablePointer<Element?>.allocate(capacity: capacity)
    unsafe slots.initialize(repeating: nil, count: capacity)
    unsafe self.slots = slots
    floorStored = position
    limit = position &+ UInt64(capacity)
    withFloor { $0.storeReleasing(position) }
    withTenant { $0.storeReleasing(tenant) }
  }

  /// Takes the ring from its tenant. Returns whether that is done: until then a reader is in the middle of copying, and it
  /// has to be called again.
  @inlinable
  package func retire() -> Bool {
    withTenant { $0.storeReleasing(0) }
    for reader in 0..<readers where withClaim(of: reader, { $0.or(0) }) != Self.unclaimed { return false }
    freeSlots()
    return true
  }
}

extension Int {
  /// The capacity of a ring for so many messages.
  ///
  /// - Precondition: it is 1 … 2⁶².
  var roundedUpToPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
