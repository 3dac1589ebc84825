import Delivery
import Sequencer

/// A ring and the oracle, told the same; `complaint` is the first thing in which they differ.
struct FanOutPair: ~Copyable {
  private let ring: FanOutRing<Parcel>
  private var publisher: FanOutPublisher<Parcel>
  private var reader: FanOutReader<Parcel>
  private var oracle: NaiveFanOut
  private let counter = Parcel.Counter()
  /// Whether the reader lets go of its copies before it is asked. If not, it may still have what the ring has lost.
  private let isExact: Bool
  private var subscriptions: [FanOutSubscription] = []
  private(set) var complaint: String?
  private(set) var lagged: UInt64 = 0

  init(
    capacity: Int, head: UInt64 = 0, epoch: UInt32 = 7, isExact: Bool = true, damage: NaiveFanOut.Damage = .none
  ) {
    ring = FanOutRing(capacity: capacity, readers: 1, epoch: epoch, after: head)
    publisher = ring.makePublisher()
    reader = ring.makeReader()
    oracle = NaiveFanOut(capacity: ring.capacity, epoch: epoch, head: head)
    oracle.damage = damage
    self.isExact = isExact
  }

  var head: UInt64 { oracle.head }
  var subscriptionCount: Int { subscriptions.count }

  mutating func publish() {
    let parcel = Parcel(oracle.head + 1, counter)
    let expected = oracle.publish()
    switch publisher.publish(parcel) {
    case .published(let number): if number != expected { complain("published \(number), not \(expected as Any)") }
    case .closed: if !oracle.isClosed { complain("closed") }
    case .exhausted: if oracle.isClosed || oracle.head < Position.lastNumber { complain("exhausted") }
    case .busy: complain("busy")
    }
    check("publish")
  }

  mutating func publish(_ count: Int) {
    let first = oracle.head + 1
    var expected = 0
    while expected < count, oracle.publish() != nil { expected += 1 }
    let published = publishParcels(from: first, count)
    if published != expected { complain("published \(published) of \(count), not \(expected)") }
    check("publish \(count)")
  }

  private mutating func publishParcels(from first: UInt64, _ count: Int) -> Int {
    let parcels = (0..<count).map { Parcel(first + UInt64($0), counter) }
    return publisher.publish(contentsOf: parcels.span)
  }

  mutating func skip(_ count: UInt64) {
    let number = oracle.head &+ count
    let expected = oracle.skip(through: min(number, Position.lastNumber))
    let outcome = publisher.skip(through: number)
    if outcome != expected { complain("skip \(count): \(outcome), not \(expected)") }
    check("skip \(count)")
  }

  mutating func clear() {
    oracle.clear()
    if !publisher.clear() { complain("clear: busy") }
    check("clear")
  }

  mutating func close() {
    oracle.close()
    publisher.close()
    check("close")
  }

  mutating func subscribe(from token: Position?) {
    let (subscription, start) = reader.subscribe(from: token)
    let expected = oracle.start(from: token)
    if start != expected.2 || subscription.position != expected.position || subscription.lagged != expected.lagged {
      complain("subscribe from \(token as Any): \(start) at \(subscription), not \(expected)")
    }
    if let token, token.epoch == oracle.epoch, subscription.start != min(token.number, Position.lastNumber) {
      complain("subscribe from \(token): started at \(subscription.start)")
    }
    subscriptions.append(subscription)
  }

  /// Subscribes from every position near the head and of other epochs, and drains it.
  mutating func subscribeFromEverywhere() {
    let reach = UInt64(ring.capacity) + 3
    for number in (head - min(head, reach))...head + 2 {
      subscribe(from: Position(epoch: oracle.epoch, number: number))
      drain(subscriptions.count - 1)
      subscriptions.removeLast()
    }
    for token in [nil, Position(epoch: oracle.epoch, number: .max), Position(epoch: 8, number: 1)] {
      subscribe(from: token)
      drain(subscriptions.count - 1)
      subscriptions.removeLast()
    }
  }

  mutating func drain(_ index: Int, limit: Int = .max) {
    let before = subscriptions[index]
    if isExact { reader.release() }
    var events: [FanOutEvent] = []
    let count = reader.drain(&subscriptions[index], limit: limit) { events.add($0) }
    if count != events.messages { complain("\(count) delivered, not \(events.messages)") }
    compare(events, of: subscriptions[index], before, limit: limit)
  }

  mutating func next(_ index: Int) {
    let before = subscriptions[index]
    if isExact { reader.release() }
    var events: [FanOutEvent] = []
    var limit = 1
    switch reader.next(&subscriptions[index]) {
    case .message(let number, let parcel):
      events.append(.message(parcel.isIntact && parcel.number == number ? number : .max))
    case .lagged(let numbers):
      events.add(lagged: numbers)
      limit = 0
    case .closed: events.append(.closed)
    case .empty: break
    }
    guard limit > 0 else {
      // Only what is lost was told, as far as it was known to be, and not the message behind it.
      var position = before.position
      let expected = oracle.drain(after: &position, limit: 1)
      if isExact, !events.isBeginning(of: expected) { complain("next: \(events), not \(expected)") }
      return account(events, of: subscriptions[index], before)
    }
    compare(events, of: subscriptions[index], before, limit: 1)
  }

  /// All subscriptions at once.
  mutating func drainTogether() {
    let before = subscriptions
    if isExact { reader.release() }
    var events = [[FanOutEvent]](repeating: [], count: subscriptions.count)
    var after = subscriptions
    var span = after.mutableSpan
    reader.drain(&span) { events[$0].add($1) }
    subscriptions = after
    for index in subscriptions.indices {
      compare(events[index], of: subscriptions[index], before[index], limit: .max)
    }
  }

  private mutating func compare(
    _ events: [FanOutEvent], of subscription: FanOutSubscription, _ before: FanOutSubscription, limit: Int
  ) {
    account(events, of: subscription, before)
    var position = before.position
    let expected = oracle.drain(after: &position, limit: limit)
    if isExact {
      if events != expected || position != subscription.position {
        complain("drain \(before), limit \(limit): \(events), not \(expected)")
      }
    } else if limit == .max {
      // It may have had more than the oracle has, but not less, and it comes equally far.
      let had = Set(events.numbers)
      if !had.isSuperset(of: expected.numbers) || !had.isSubset(of: oracle.messages)
        || position != subscription.position
      {
        complain("drain \(before): \(events), not \(expected)")
      }
    }
  }

  /// Whether the account of a subscription is that of what it was told, and every number came in turn.
  private mutating func account(
    _ events: [FanOutEvent], of subscription: FanOutSubscription, _ before: FanOutSubscription
  ) {
    var position = before.position
    for event in events {
      switch event {
      case .message(let number):
        if number != position + 1 { complain("\(number) after \(position)") }
        position = number
      case .lagged(let numbers):
        if numbers.lowerBound != position + 1 { complain("\(numbers) after \(position)") }
        position = numbers.upperBound
        lagged += UInt64(numbers.count)
      case .closed: break
      }
    }
    let delivered = UInt64(events.messages)
    if subscription.position != position || subscription.start != before.start
      || subscription.delivered != before.delivered + delivered
      || subscription.delivered + subscription.lagged != subscription.position - subscription.start
    {
      complain("\(subscription) after \(before) and \(events)")
    }
  }

  private mutating func check(_ operation: String) {
    if ring.head != oracle.head || publisher.head != oracle.head || ring.isClosed != oracle.isClosed {
      complain("\(operation): head \(ring.head), not \(oracle.head)")
    }
    // The ring keeps what can be read, and what lies up to an eighth below it; the reader keeps up to a window.
    let kept = oracle.messages.count { oracle.isKept($0) }
    if counter.alive < kept || counter.alive > ring.capacity + 64 {
      complain("\(operation): \(counter.alive) alive, of which \(kept) can be read")
    }
  }

  private mutating func complain(_ what: String) {
    if complaint == nil { complaint = what }
  }
}

extension [FanOutEvent] {
  var numbers: [UInt64] {
    compactMap { if case .message(let number) = $0 { number } else { nil } }
  }
  var messages: Int { numbers.count }

  /// Whether it is one loss that `other` begins with, if not all of it.
  func isBeginning(of other: Self) -> Bool {
    guard case .lagged(let told)? = first, case .lagged(let lost)? = other.first else { return false }
    return told.lowerBound == lost.lowerBound && told.upperBound <= lost.upperBound
  }
}
