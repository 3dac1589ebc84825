import Choosing
import Delivery
import Foundation
import Sequencer
import SequencerModel
import Testing

/// Real threads, with payloads that notice when they are read torn or after their end.
@Suite(.serialized) struct FanOutStressTests {
  #if DEBUG
    static let messages: UInt64 = 30_000
  #else
    static let messages: UInt64 = 300_000
  #endif

  struct Cast: Sendable, CustomTestStringConvertible {
    var capacity: Int
    var readers: Int
    var subscribers: Int
    var testDescription: String { "capacity \(capacity), \(readers) readers with \(subscribers) subscribers" }
  }

  /// What a reader found: how many accounts it closed, what came, and what was wrong.
  struct Found {
    var accounts = 0
    var delivered: UInt64 = 0
    var faults = 0
  }

  /// What all readers found. ThreadSanitizer sees the order that this lock makes, and not that of a `Mutex`.
  final class Findings: @unchecked Sendable {
    private let lock = NSLock()
    private var sum = Found()

    func add(_ found: Found) {
      lock.withLock {
        sum.accounts += found.accounts
        sum.delivered += found.delivered
        sum.faults += found.faults
      }
    }

    var found: Found { lock.withLock { sum } }
  }

  @Test(arguments: [
    Cast(capacity: 1, readers: 1, subscribers: 1), Cast(capacity: 2, readers: 1, subscribers: 1),
    Cast(capacity: 64, readers: 1, subscribers: 1), Cast(capacity: 1_024, readers: 1, subscribers: 3),
    Cast(capacity: 4, readers: 3, subscribers: 4), Cast(capacity: 128, readers: 3, subscribers: 20),
  ])
  func everyAccountCloses(cast: Cast) {
    let counter = Parcel.Counter()
    let all = Findings()
    do {
      let ring = FanOutRing<Parcel>(capacity: cast.capacity, readers: cast.readers)
      // The wedged one, which reads nothing until all is over.
      var wedged = FanOutSubscription.none
      do { wedged = ring.makeReader().subscribe(from: nil).subscription }
      let threads = Threads()
      for index in 0..<cast.readers {
        threads.start { [counter] in
          all.add(read(ring, cast, seed: UInt64(index + 1), counter))
        }
      }
      let busy = publish(to: ring, counter)
      threads.join()
      let found = all.found
      #expect(found.faults == 0 && found.accounts >= cast.readers * cast.subscribers)
      #expect(found.delivered > 0)
      #expect(busy < Self.messages, "a reader that is in the way must be so for moments only")
      var reader = ring.makeReader()
      reader.drain(&wedged) { _ in }
      #expect(wedged.position == ring.head && wedged.delivered + wedged.lagged == ring.head)
      #expect(wedged.delivered <= UInt64(ring.capacity))
    }
    #expect(counter.alive == 0)
  }

  /// Publishes all, one by one, in batches, with holes and clearings in between. Returns how often a reader was in the way.
  private func publish(to ring: FanOutRing<Parcel>, _ counter: Parcel.Counter) -> UInt64 {
    var publisher = ring.makePublisher()
    var random = Choices(seed: 99)
    var busy: UInt64 = 0
    while publisher.head < Self.messages {
      switch random.below(100) {
      case 0: if publisher.skip(through: publisher.head + 1 + UInt64(random.below(5))) == .busy { busy += 1 }
      case 1 where random.chance(10): if !publisher.clear() { busy += 1 }
      case 2..<10:
        let parcels = (1...UInt64(1 + random.below(20))).map { Parcel(publisher.head + $0, counter) }
        if publisher.publish(contentsOf: parcels.span) < parcels.count { busy += 1 }
      default:
        if case .busy = publisher.publish(Parcel(publisher.head + 1, counter)) {
          busy += 1
          Threads.yield()
        }
      }
      // Now and then everybody gets the chance to catch up.
      if random.chance(2) { Threads.yield() }
    }
    publisher.close()
    return busy
  }

  /// Serves subscribers until the ring is closed; some leave early, and others come instead with a token.
  private func read(_ ring: FanOutRing<Parcel>, _ cast: Cast, seed: UInt64, _ counter: Parcel.Counter) -> Found {
    var found = Found()
    var random = Choices(seed: seed)
    var reader = ring.makeReader()
    var guests = (0..<cast.subscribers).map { _ in Guest(reader.subscribe(from: nil)) }
    var open = guests.count
    while open > 0 {
      let index = random.below(guests.count)
      if guests[index].isDone { continue }
      switch random.below(20) {
      case 0:
        // Leaves, and comes back with what it has, or an older token, or none.
        found.close(guests[index])
        let token = random.chance(30) ? nil : reader.token(of: guests[index].subscription)
        let older = token.map {
          Position(epoch: $0.epoch, number: $0.number - min($0.number, UInt64(random.below(50))))
        }
        guests[index] = Guest(reader.subscribe(from: older))
      case 1..<5: guests[index].next(&reader)
      case 5..<8: guests[index].drain(&reader, limit: random.below(70))
      case 8: reader.release()
      case 9: Threads.yield()
      default: guests[index].drain(&reader, limit: .max)
      }
      if guests[index].isDone {
        found.close(guests[index])
        open -= 1
      }
    }
    return found
  }
}

/// A subscriber that keeps its own account.
private struct Guest {
  var subscription: FanOutSubscription
  var isDone = false
  private(set) var position: UInt64
  private(set) var delivered: UInt64 = 0
  private(set) var lagged: UInt64
  private(set) var faults = 0

  init(_ answer: (subscription: FanOutSubscription, start: FanOutStart)) {
    subscription = answer.subscription
    lagged = 0
    position = subscription.start
    if case .gap(let numbers, _) = answer.start { lose(numbers) }
  }

  private mutating func lose(_ numbers: ClosedRange<UInt64>) {
    if numbers.lowerBound != position + 1 { faults += 1 }
    position = numbers.upperBound
    lagged += UInt64(numbers.count)
  }

  private mutating func take(_ parcel: borrowing Parcel, _ number: UInt64) {
    if !parcel.isIntact || parcel.number != number || number != position + 1 { faults += 1 }
    position = number
    delivered += 1
  }

  mutating func drain(_ reader: inout FanOutReader<Parcel>, limit: Int) {
    var copy = subscription
    reader.drain(&copy, limit: limit) { delivery in
      switch delivery {
      case .messages(let parcels, from: let first):
        for index in parcels.indices { take(parcels[index], first + UInt64(index)) }
      case .lagged(let numbers): lose(numbers)
      case .closed: isDone = true
      }
    }
    subscription = copy
  }

  mutating func next(_ reader: inout FanOutReader<Parcel>) {
    switch reader.next(&subscription) {
    case .message(let number, let parcel): take(parcel, number)
    case .lagged(let numbers): lose(numbers)
    case .closed: isDone = true
    case .empty: break
    }
  }

  var isRight: Bool {
    faults == 0 && delivered == subscription.delivered && lagged == subscription.lagged
      && position == subscription.position && delivered + lagged == position - subscription.start
  }
}

extension FanOutStressTests.Found {
  fileprivate mutating func close(_ guest: Guest) {
    accounts += 1
    delivered += guest.delivered
    if !guest.isRight { faults += 1 }
  }
}

extension FanOutSubscription {
  /// Of nobody, to be replaced.
  fileprivate static var none: Self {
    FanOutRing<Void>(capacity: 1, readers: 1).makeReader().subscribe(from: nil).subscription
  }
}

/// Threads of their own: tasks might share one, and wait for each other.
final class Threads: Sendable {
  private let group = DispatchGroup()

  /// What a thread does, and holds until it has done it.
  private final class Work: @unchecked Sendable {
    var body: (@Sendable () -> Void)?
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  func start(_ body: @escaping @Sendable () -> Void) {
    group.enter()
    let work = Work(body)
    let thread = Thread { [group] in
      work.body?()
      work.body = nil
      group.leave()
    }
    thread.start()
  }

  func join() { group.wait() }

  static func yield() { sched_yield() }
}
