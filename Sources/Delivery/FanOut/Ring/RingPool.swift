/// The rings of a hub, handed from topic to topic by the publishers.
///
/// A ring lives as long as the hub, though its slots do not: a loop may follow the address of a ring that its topic had a
/// moment ago, and must find a ring there, if only to see that it is another's.
@safe
@usableFromInline
package final class RingPool<Element: Sendable, Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  @usableFromInline package typealias Ring = MessageRing<Element, Word>

  let capacity: Int
  let readers: Int
  /// All rings, each retained once.
  private let all = Word(0, .list)
  /// Those that publishers and topics have left behind as they ended.
  private let spare = Word(0, .list)

  package init(capacity: Int, readers: Int) {
    self.capacity = capacity
    self.readers = readers
  }

  deinit {
    var address = all.loadAcquiring()
    while let ring = unsafe Self.ring(at: address) {
      address = unsafe ring._withUnsafeGuaranteedRef { $0.nextOfAll }
      unsafe ring.release()
    }
  }

  @inlinable
  package static func ring(at address: UInt64) -> Unmanaged<Ring>? {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: address)) else { return nil }
    return unsafe Unmanaged.fromOpaque(pointer)
  }

  @inlinable
  package static func address(of ring: Unmanaged<Ring>) -> UInt64 {
    unsafe UInt64(UInt(bitPattern: ring.toOpaque()))
  }

  @usableFromInline
  func make() -> Unmanaged<Ring> {
    let ring = unsafe Unmanaged.passRetained(Ring(capacity: capacity, readers: readers))
    unsafe all.push(Self.address(of: ring)) { next in unsafe ring._withUnsafeGuaranteedRef { $0.nextOfAll = next } }
    return unsafe ring
  }

  /// Leaves a ring to whoever needs one next.
  func leave(_ ring: Unmanaged<Ring>) {
    unsafe spare.push(Self.address(of: ring)) { next in unsafe ring._withUnsafeGuaranteedRef { $0.nextSpare = next } }
  }

  /// Takes a ring from its tenant, and leaves it to whoever needs one next.
  func takeBack(_ ring: Unmanaged<Ring>) {
    _ = unsafe ring._withUnsafeGuaranteedRef { $0.retire() }
    unsafe leave(ring)
  }

  /// The rings that were left.
  @usableFromInline
  func takeSpare() -> [Unmanaged<Ring>] {
    var rings: [Unmanaged<Ring>] = unsafe []
    var address = spare.exchange(0)
    while let ring = unsafe Self.ring(at: address) {
      unsafe rings.append(ring)
      address = unsafe ring._withUnsafeGuaranteedRef { $0.nextSpare }
    }
    return unsafe rings
  }
}

/// The rings that one publisher has in hand.
@safe
@usableFromInline
package struct RingStock<Element: Sendable, Word: AtomicWord & ~Copyable> {
  @usableFromInline package typealias Ring = MessageRing<Element, Word>

  @usableFromInline let pool: RingPool<Element, Word>
  /// Rings that nobody has.
  @usableFromInline var idle: [Unmanaged<Ring>]
  /// Rings that their tenants have given up while a reader was in the middle of copying.
  @usableFromInline var leaving: [Unmanaged<Ring>]

  package init(_ pool: RingPool<Element, Word>) {
    self.pool = pool
    unsafe idle = []
    unsafe leaving = []
  }

  /// A ring whose next message will have the number `position`.
  @inlinable
  package mutating func lease(to tenant: UInt64, at position: UInt64) -> Unmanaged<Ring> {
    if unsafe idle.isEmpty { takeSpare() }
    let ring = unsafe idle.popLast() ?? pool.make()
    unsafe ring._withUnsafeGuaranteedRef { $0.lease(to: tenant, at: position) }
    return unsafe ring
  }

  /// Takes a ring from its tenant. Its slots are freed now, or by ``freeThoseLeft()``.
  @inlinable
  package mutating func retire(_ ring: Unmanaged<Ring>) {
    if unsafe ring._withUnsafeGuaranteedRef({ $0.retire() }) {
      unsafe idle.append(ring)
    } else {
      unsafe leaving.append(ring)
    }
  }

  /// Frees the slots of rings that were being read when they were given up.
  package mutating func freeThoseLeft() {
    guard unsafe !leaving.isEmpty else { return }
    var rings = unsafe leaving
    unsafe leaving.removeAll()
    while let ring = unsafe rings.popLast() { unsafe retire(ring) }
  }

  @usableFromInline
  mutating func takeSpare() {
    freeThoseLeft()
    var rings = unsafe pool.takeSpare()
    while let ring = unsafe rings.popLast() { unsafe retire(ring) }
  }

  package mutating func leaveAll() {
    while let ring = unsafe idle.popLast() { unsafe pool.leave(ring) }
    while let ring = unsafe leaving.popLast() { unsafe pool.leave(ring) }
  }
}
