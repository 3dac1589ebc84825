import Delivery
import Sequencer
import Synchronization
import Testing

/// How long a message lives: as long as the ring or a reader's copy keeps it, and no longer.
@Suite struct FanOutLifetimeTests {
  private let counter = Parcel.Counter()

  @Test func theRingKeepsItsCapacityAndLetsGoOfTheRest() {
    do {
      let ring = FanOutRing<Parcel>(capacity: 8, readers: 1)
      var publisher = ring.makePublisher()
      for number in UInt64(1)...30 {
        _ = publisher.publish(Parcel(number, counter))
        #expect(counter.alive == min(Int(number), 8))
      }
      #expect(publisher.skip(through: 33) == .skipped)
      #expect(counter.alive == 5, "a number that will not come takes a message's place, too")
      #expect(publisher.clear() == true && counter.alive == 0)
      _ = publisher.publish(Parcel(34, counter))
    }
    #expect(counter.alive == 0)
  }

  @Test func aReadersCopyLivesUntilItIsReleased() {
    let ring = FanOutRing<Parcel>(capacity: 64, readers: 2)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in UInt64(1)...5 { _ = publisher.publish(Parcel(number, counter)) }
    reader.drain(&subscription) { _ in }
    #expect(publisher.clear() == true && counter.alive == 5)
    reader.release()
    #expect(counter.alive == 0)
  }

  @Test func aReaderThatFindsNothingNewLetsGoOfWhatTheRingHasLetGo() {
    let ring = FanOutRing<Parcel>(capacity: 64, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in UInt64(1)...5 { _ = publisher.publish(Parcel(number, counter)) }
    reader.drain(&subscription) { _ in }
    reader.drain(&subscription) { _ in }
    #expect(publisher.clear() == true && counter.alive == 5)
    if case .message = reader.next(&subscription) { Issue.record("there is nothing new") }
    #expect(counter.alive == 0)
  }

  @Test func soDoesOneThatServesAllTogether() {
    let ring = FanOutRing<Parcel>(capacity: 64, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscriptions = [reader.subscribe(from: nil).subscription]
    for number in UInt64(1)...5 { _ = publisher.publish(Parcel(number, counter)) }
    for _ in 1...2 {
      var span = subscriptions.mutableSpan
      reader.drain(&span) { _, _ in }
      #expect(publisher.clear() == true)
    }
    #expect(subscriptions[0].delivered == 5 && counter.alive == 0)
  }

  @Test func aReaderThatEndsLetsGo() {
    let ring = FanOutRing<Parcel>(capacity: 64, readers: 1)
    var publisher = ring.makePublisher()
    do {
      var reader = ring.makeReader()
      var subscription = reader.subscribe(from: nil).subscription
      for number in UInt64(1)...5 { _ = publisher.publish(Parcel(number, counter)) }
      reader.drain(&subscription) { _ in }
      #expect(publisher.clear() == true && counter.alive == 5)
    }
    #expect(counter.alive == 0)
  }

  @Test func aRefusedMessageComesBack() {
    let ring = FanOutRing<Parcel>(capacity: 4, readers: 1)
    var publisher = ring.makePublisher()
    publisher.close()
    do {
      guard case .closed(let parcel) = publisher.publish(Parcel(1, counter)) else { return #expect(Bool(false)) }
      #expect(parcel.isIntact && counter.alive == 1)
    }
    #expect(counter.alive == 0)
  }

  @Test func aMessageThatASubscriberKeepsOutlivesTheRing() {
    var kept: Parcel?
    do {
      let ring = FanOutRing<Parcel>(capacity: 2, readers: 1)
      var publisher = ring.makePublisher()
      var reader = ring.makeReader()
      var subscription = reader.subscribe(from: nil).subscription
      for number in UInt64(1)...2 { _ = publisher.publish(Parcel(number, counter)) }
      if case .message(_, let parcel) = reader.next(&subscription) { kept = parcel }
    }
    #expect(kept?.isIntact == true && kept?.number == 1 && counter.alive == 1)
  }

  /// The end of an overwritten message runs code that publishes elsewhere, reads this ring and looks at it.
  @Test(arguments: [1, 2, 8])
  func theEndOfAMessageMayLookAtTheRing(capacity: Int) {
    let ring = FanOutRing<Parcel>(capacity: capacity, readers: 2)
    let elsewhere = Elsewhere()
    let seen = Atomic<UInt64>(0)
    var publisher = ring.makePublisher()
    for number in UInt64(1)...40 {
      let parcel = Parcel(number, counter) { [weak ring] in
        guard let ring else { return }
        seen.wrappingAdd(1, ordering: .relaxed)
        elsewhere.publish(ring.head)
        var reader = ring.makeReader()
        var (subscription, _) = reader.subscribe(from: Position(epoch: 1, number: 0))
        reader.drain(&subscription) { delivery in
          switch delivery {
          case .messages(let parcels, from: _): for index in parcels.indices { #expect(parcels[index].isIntact) }
          default: break
          }
        }
        #expect(subscription.position == ring.head)
      }
      guard case .published(number) = publisher.publish(parcel) else { return #expect(Bool(false)) }
    }
    #expect(publisher.skip(through: 42) == .skipped)
    #expect(publisher.clear() == true)
    #expect(seen.load(ordering: .relaxed) == 40 && elsewhere.head == 40)
  }

  /// A ring that another's messages publish to as they end.
  private final class Elsewhere: @unchecked Sendable {
    private let ring = FanOutRing<UInt64>(capacity: 4, readers: 1)
    private var publisher: FanOutPublisher<UInt64>
    init() { publisher = ring.makePublisher() }
    func publish(_ word: UInt64) { _ = publisher.publish(word) }
    var head: UInt64 { ring.head }
  }

  @Test func payloadsOfEveryShapeComeBackWhole() {
    check { UInt8(truncatingIfNeeded: $0) }
    check { SIMD16<UInt32>(repeating: UInt32($0)) }
    check { $0 % 3 == 0 ? nil : $0 }
    check { Array(0..<$0) }
    check { "a text too long to lie in the string itself: \($0)" }
    check { [$0: "number \($0)"] }
  }

  private func check<Element: Sendable & Equatable>(_ make: (Int) -> Element) {
    let ring = FanOutRing<Element>(capacity: 128, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in 1...300 {
      _ = publisher.publish(make(number))
      if number % 100 == 0 {
        reader.drain(&subscription) { delivery in
          switch delivery {
          case .messages(let elements, from: let first):
            for index in elements.indices { #expect(elements[index] == make(Int(first) + index)) }
          default: Issue.record("nothing was lost")
          }
        }
      }
    }
    #expect(subscription.delivered == 300)
  }

  @Test func payloadsWithoutASizeAreCounted() {
    let ring = FanOutRing<Void>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for _ in 0..<5 { _ = publisher.publish(()) }
    #expect(reader.drain(&subscription) { _ in } == 5)
  }
}
