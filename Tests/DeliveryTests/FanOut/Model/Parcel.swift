import Synchronization

/// A payload that is counted, and that notices when it is read after its end.
final class Parcel: Sendable {
  /// How many there are, of one test.
  final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var alive: Int { count.load(ordering: .acquiring) }
    func add(_ difference: Int) { count.wrappingAdd(difference, ordering: .acquiringAndReleasing) }
  }

  static let intact: UInt64 = 0xA11_600D

  let number: UInt64
  /// Always the number, again: a reference that was torn would hardly lead to two equal words.
  private let again: UInt64
  private let canary = Atomic<UInt64>(intact)
  private let counter: Counter
  /// User code that runs in the end.
  private let atEnd: (@Sendable () -> Void)?

  init(_ number: UInt64, _ counter: Counter, atEnd: (@Sendable () -> Void)? = nil) {
    self.number = number
    self.counter = counter
    self.atEnd = atEnd
    again = ~number
    counter.add(1)
  }

  deinit {
    canary.store(0xDEAD, ordering: .relaxed)
    counter.add(-1)
    atEnd?()
  }

  var isIntact: Bool { canary.load(ordering: .relaxed) == Self.intact && again == ~number }
}
