public import Synchronization

/// The word that everybody's build has: an `Atomic`, and nothing besides.
@frozen
@usableFromInline
package struct HardwareWord: ~Copyable, AtomicWord {
  @usableFromInline let value: Atomic<UInt64>

  @inlinable @inline(__always)
  package init(_ value: UInt64, _ role: WordRole) { self.value = Atomic(value) }

  @inlinable @inline(__always)
  package borrowing func loadRelaxed() -> UInt64 { value.load(ordering: .relaxed) }

  @inlinable @inline(__always)
  package borrowing func loadAcquiring() -> UInt64 { value.load(ordering: .acquiring) }

  @inlinable @inline(__always)
  package borrowing func storeRelaxed(_ value: UInt64) { self.value.store(value, ordering: .relaxed) }

  @inlinable @inline(__always)
  package borrowing func storeReleasing(_ value: UInt64) { self.value.store(value, ordering: .releasing) }

  @inlinable @inline(__always)
  package borrowing func exchange(_ value: UInt64) -> UInt64 {
    self.value.exchange(value, ordering: .acquiringAndReleasing)
  }

  @inlinable @inline(__always)
  package borrowing func add(_ value: UInt64) -> UInt64 {
    self.value.wrappingAdd(value, ordering: .acquiringAndReleasing).oldValue
  }

  @inlinable @inline(__always)
  package borrowing func or(_ bits: UInt64) -> UInt64 {
    value.bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue
  }

  @inlinable @inline(__always)
  package borrowing func and(_ bits: UInt64) -> UInt64 {
    value.bitwiseAnd(bits, ordering: .acquiringAndReleasing).oldValue
  }

  @inlinable @inline(__always)
  package borrowing func compareExchange(expected: UInt64, desired: UInt64) -> UInt64 {
    value.compareExchange(expected: expected, desired: desired, ordering: .acquiringAndReleasing).original
  }

  @inlinable @inline(__always)
  package static func willRead(_ address: UnsafeRawPointer) {}

  @inlinable @inline(__always)
  package static func willWrite(_ address: UnsafeRawPointer) {}
}
