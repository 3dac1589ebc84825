import Delivery
import Sequencer

/// All messages that there ever were, and from where on they can be read: what a ring has to look like from outside.
struct NaiveFanOut {
  let capacity: UInt64
  let epoch: UInt32
  private(set) var head: UInt64
  /// What lies below it is gone.
  private(set) var floor: UInt64
  private(set) var isClosed = false
  private(set) var messages: Set<UInt64> = []
  /// A bug to plant, so that the comparison is itself tested.
  var damage = Damage.none

  enum Damage: CaseIterable { case none, keepsOneMore, keepsOneLess, forgetsSkips, replaysOneLess, closesEarly }

  init(capacity: Int, epoch: UInt32, head: UInt64) {
    self.capacity = UInt64(capacity)
    self.epoch = epoch
    self.head = head
    floor = head + 1
  }

  /// An eighth is given up at a time.
  private mutating func makeRoom(for number: UInt64) {
    guard number >= floor + capacity else { return }
    floor = number - capacity + max(1, capacity / 8)
    if damage == .keepsOneMore { floor -= 1 }
    if damage == .keepsOneLess { floor += 1 }
  }

  mutating func publish() -> UInt64? {
    guard !isClosed, head < Position.lastNumber else { return nil }
    head += 1
    makeRoom(for: head)
    messages.insert(head)
    return head
  }

  mutating func skip(through number: UInt64) -> SkipOutcome {
    if isClosed { return .closed }
    guard number > head else { return .behind }
    if damage == .forgetsSkips { messages.formUnion(head + 1...min(number, head + 64)) }
    makeRoom(for: number)
    head = number
    return .skipped
  }

  mutating func clear() { floor = head + 1 }
  mutating func close() { isClosed = true }

  func isKept(_ number: UInt64) -> Bool { number >= floor && messages.contains(number) }

  func start(from token: Position?) -> (position: UInt64, lagged: UInt64, FanOutStart) {
    guard let token else { return (head, 0, .nothingMissed) }
    guard token.epoch == epoch else { return (head, 0, .otherEpoch) }
    if token.number > head { return (min(token.number, Position.lastNumber), 0, .ahead) }
    if token.number == head { return (head, 0, .nothingMissed) }
    let next = token.number + 1
    if next >= floor {
      return (token.number, 0, .replay((damage == .replaysOneLess ? min(next + 1, head) : next)...head))
    }
    let gap = next...floor - 1
    return (floor - 1, floor - next, .gap(gap, replay: floor <= head ? floor...head : nil))
  }

  /// What a subscriber hears, whose reader has nothing in hand.
  func drain(after position: inout UInt64, limit: Int) -> [FanOutEvent] {
    var events: [FanOutEvent] = []
    var left = limit
    while position < head, left > 0 {
      // A run of numbers that were skipped may be of any length; what is gone below the floor, too.
      let number = position + 1
      if number < floor {
        events.add(lagged: number...floor - 1)
        position = floor - 1
      } else if messages.contains(number) {
        events.append(.message(number))
        position = number
        left -= 1
      } else {
        position = (messages.filter { $0 > number }.min() ?? head + 1) - 1
        events.add(lagged: number...position)
      }
    }
    if isClosed, left > 0 || damage == .closesEarly { events.append(.closed) }
    return events
  }
}

/// What a subscriber was told, message by message.
enum FanOutEvent: Equatable {
  case message(UInt64)
  case lagged(ClosedRange<UInt64>)
  case closed
}

extension [FanOutEvent] {
  /// Neighbouring numbers may be told together or one after the other.
  mutating func add(lagged numbers: ClosedRange<UInt64>) {
    if case .lagged(let before)? = last, before.upperBound + 1 == numbers.lowerBound {
      self[count - 1] = .lagged(before.lowerBound...numbers.upperBound)
    } else {
      append(.lagged(numbers))
    }
  }

  /// Takes down what a subscriber is given. A parcel carries its number, so that a wrong one is noticed.
  mutating func add(_ delivery: borrowing FanOutDelivery<Parcel>) {
    switch delivery {
    case .messages(let parcels, from: let first):
      for index in parcels.indices {
        let parcel = parcels[index]
        let isRight = parcel.isIntact && parcel.number == first + UInt64(index)
        append(.message(isRight ? parcel.number : .max))
      }
    case .lagged(let numbers): add(lagged: numbers)
    case .closed: append(.closed)
    }
  }
}
