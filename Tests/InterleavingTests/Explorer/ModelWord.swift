import Delivery

/// The word that explorations put in the place of `HardwareWord`: it answers anything that the memory model allows.
///
/// As large and as trivial as the real one, it only names its history, which the execution keeps; so storage that never
/// deinitializes its words leaks nothing here either.
struct ModelWord: ~Copyable, AtomicWord {
  private let name: UInt64

  init(_ value: UInt64, _ role: WordRole) { name = Execution.current.makeWord(value, role) }

  borrowing func loadRelaxed() -> UInt64 { Execution.current.load(name, acquiring: false) }
  borrowing func loadAcquiring() -> UInt64 { Execution.current.load(name, acquiring: true) }
  borrowing func storeRelaxed(_ value: UInt64) { Execution.current.store(name, value, releasing: false) }
  borrowing func storeReleasing(_ value: UInt64) { Execution.current.store(name, value, releasing: true) }

  borrowing func exchange(_ value: UInt64) -> UInt64 { modify("exchange") { _ in value } }
  borrowing func add(_ value: UInt64) -> UInt64 { modify("add") { $0 &+ value } }
  borrowing func or(_ bits: UInt64) -> UInt64 { modify("or") { $0 | bits } }
  borrowing func and(_ bits: UInt64) -> UInt64 { modify("and") { $0 & bits } }

  borrowing func compareExchange(expected: UInt64, desired: UInt64) -> UInt64 {
    Execution.current.compareExchange(name, expected: expected, desired: desired)
  }

  private borrowing func modify(_ operation: StaticString, _ change: (UInt64) -> UInt64) -> UInt64 {
    Execution.current.modify(name, operation, change)
  }

  static func willRead(_ address: UnsafeRawPointer) {
    Execution.current.willAccess(UInt(bitPattern: address), .read)
  }

  static func willWrite(_ address: UnsafeRawPointer) {
    Execution.current.willAccess(UInt(bitPattern: address), .write)
  }
}
