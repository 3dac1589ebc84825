import Synchronization
import Testing

/// How many messages of a test are alive, and how many there ever were.
final class Census: Sendable {
  private let born = Atomic(0)
  private let died = Atomic(0)

  var total: Int { born.load(ordering: .relaxed) }
  var alive: Int { total - died.load(ordering: .relaxed) }

  func add() { born.wrappingAdd(1, ordering: .relaxed) }
  func remove() { died.wrappingAdd(1, ordering: .relaxed) }
}

/// A message that knows where it belongs, and whether it is still there: one that was freed too early, or twice, says so.
final class CountedMessage: Sendable {
  let topic: UInt64
  let number: UInt64
  let serial: UInt64
  private let census: Census
  private let seal: Atomic<UInt64>

  init(topic: UInt64, number: UInt64, serial: UInt64 = 0, _ census: Census) {
    self.topic = topic
    self.number = number
    self.serial = serial
    self.census = census
    seal = Atomic(Self.mix(topic, number))
    census.add()
  }

  deinit {
    precondition(isIntact, "a message ends twice")
    seal.store(0, ordering: .relaxed)
    census.remove()
  }

  var isIntact: Bool { seal.load(ordering: .relaxed) == Self.mix(topic, number) }

  private static func mix(_ topic: UInt64, _ number: UInt64) -> UInt64 {
    (topic << 48 ^ number) &* 0x9E37_79B9_7F4A_7C15 | 1
  }
}
