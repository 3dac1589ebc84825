import Delivery
import Sequencer
import Testing

/// Batches, skips, clearing, closing, limits and bodies that throw: each by itself.
@Suite struct FanOutRuleTests {
  private struct Refused: Error {}

  /// What a subscriber is given, in a form that can be compared.
  private enum Heard: Equatable {
    case messages([String], from: UInt64)
    case lagged(ClosedRange<UInt64>)
    case closed

    init(_ delivery: borrowing FanOutDelivery<String>) {
      switch delivery {
      case .messages(let texts, from: let first): self = .messages(texts.indices.map { texts[$0] }, from: first)
      case .lagged(let numbers): self = .lagged(numbers)
      case .closed: self = .closed
      }
    }
  }

  private func hear(_ reader: inout FanOutReader<String>, _ subscription: inout FanOutSubscription) -> [Heard] {
    var heard: [Heard] = []
    reader.drain(&subscription) { heard.append(Heard($0)) }
    return heard
  }

  private func publish(_ texts: [String], _ publisher: inout FanOutPublisher<String>) -> Int {
    publisher.publish(contentsOf: texts.span)
  }

  private func text(_ number: Int) -> String { "a text too long to lie in the string itself: \(number)" }

  @Test(arguments: [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (1_000, 1_024), (1_024, 1_024)])
  func capacitiesAreRoundedUp(asked: Int, given: Int) {
    let ring = FanOutRing<UInt8>(capacity: asked, readers: 1)
    #expect(ring.capacity == given && ring.head == 0 && ring.epoch == 1 && !ring.isClosed)
  }

  @Test(arguments: [1, 2, 4, 8, 16, 64, 1_024])
  func theNewestSevenEighthsAreAlwaysThere(capacity: Int) {
    let ring = FanOutRing<UInt64>(capacity: capacity, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    for number in 1...UInt64(3 * capacity + 3) {
      _ = publisher.publish(number)
      var (subscription, _) = reader.subscribe(from: Position(epoch: 1, number: 0))
      let count = reader.drain(&subscription) { _ in }
      #expect(count >= min(Int(number), max(1, capacity - capacity / 8)) && count <= capacity)
      #expect(subscription.delivered + subscription.lagged == number)
    }
  }

  @Test func aBatchComesOutInOrderAndAlone() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    #expect(publish([], &publisher) == 0)
    #expect(publish((1...3).map(text), &publisher) == 3)
    #expect(hear(&reader, &subscription) == [.messages([text(1), text(2), text(3)], from: 1)])
    #expect(publish((4...20).map(text), &publisher) == 17, "more than the ring keeps")
    #expect(hear(&reader, &subscription) == [.lagged(4...12), .messages((13...20).map(text), from: 13)])
    publisher.close()
    #expect(publish([text(21)], &publisher) == 0)
  }

  @Test func skippedNumbersAreToldInTheirTurn() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    _ = publisher.publish(text(1))
    #expect(publisher.skip(through: 4) == .skipped)
    #expect(publisher.skip(through: 4) == .behind)
    #expect(publisher.publish(text(5)) == .published(5))
    #expect(
      hear(&reader, &subscription) == [.messages([text(1)], from: 1), .lagged(2...4), .messages([text(5)], from: 5)])
    #expect(subscription.delivered == 2 && subscription.lagged == 3 && subscription.position == 5)
    #expect(hear(&reader, &subscription) == [])
  }

  /// A hole of 2⁵³ numbers takes no longer than one as large as the ring.
  @Test(.timeLimit(.minutes(5)))
  func aHoleOfAnyLengthIsOneEvent() {
    let ring = FanOutRing<String>(capacity: 1_024, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    var other = subscription
    _ = publisher.publish(text(1))
    #expect(publisher.skip(through: 1 << 52) == .skipped)
    _ = publisher.publish(text(2))
    let last: UInt64 = 1 << 52 + 1
    #expect(hear(&reader, &subscription) == [.lagged(1...last - 1), .messages([text(2)], from: last)])
    #expect(hear(&reader, &other) == [.lagged(1...last - 1), .messages([text(2)], from: last)])
    #expect(subscription.lagged == last - 1 && subscription == other)
  }

  @Test func clearingKeepsHeadAndEpoch() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1, epoch: 4)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in 1...5 { _ = publisher.publish(text(number)) }
    #expect(publisher.clear() == true && ring.head == 5 && ring.epoch == 4)
    _ = publisher.publish(text(6))
    #expect(hear(&reader, &subscription) == [.lagged(1...5), .messages([text(6)], from: 6)])
  }

  @Test func whatWasInAClosedRingComesOutFirst() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    _ = publisher.publish(text(1))
    publisher.close()
    #expect(ring.isClosed && ring.head == 1 && publisher.head == 1)
    #expect(publisher.publish(text(2)) == .closed(text(2)))
    #expect(publisher.skip(through: 9) == .closed)
    #expect(hear(&reader, &subscription) == [.messages([text(1)], from: 1), .closed])
    #expect(hear(&reader, &subscription) == [.closed], "and again, whenever it asks")
    #expect(publisher.clear() == true)
    var late = reader.subscribe(from: Position(epoch: 1, number: 0)).subscription
    #expect(hear(&reader, &late) == [.closed] && late.lagged == 1)
  }

  @Test func aClosedRingStaysClosedForTheNextPublisher() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    do {
      var publisher = ring.makePublisher()
      _ = publisher.publish(text(1))
    }
    do {
      var publisher = ring.makePublisher()
      #expect(publisher.head == 1 && publisher.publish(text(2)) == .published(2))
      publisher.close()
    }
    var publisher = ring.makePublisher()
    #expect(publisher.publish(text(3)) == .closed(text(3)) && publisher.head == 2)
  }

  @Test func theLastNumberIsTheLast() {
    let ring = FanOutRing<String>(capacity: 2, readers: 1, after: Position.lastNumber - 1)
    var publisher = ring.makePublisher()
    #expect(publisher.publish(text(1)) == .published(Position.lastNumber))
    #expect(publisher.publish(text(2)) == .exhausted(text(2)))
    #expect(publish([text(2)], &publisher) == 0)
    #expect(publisher.skip(through: .max) == .behind)
    publisher.close()
    #expect(publisher.publish(text(2)) == .closed(text(2)))
  }

  @Test func aLimitCountsMessages() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in 1...20 { _ = publisher.publish(text(number)) }
    publisher.close()
    var heard: [Heard] = []
    #expect(reader.drain(&subscription, limit: 0) { heard.append(Heard($0)) } == 0 && heard == [])
    #expect(reader.drain(&subscription, limit: 3) { heard.append(Heard($0)) } == 3)
    #expect(heard == [.lagged(1...12), .messages((13...15).map(text), from: 13)])
    #expect(reader.drain(&subscription, limit: 5) { heard.append(Heard($0)) } == 5)
    #expect(heard.count == 3, "the end is told when there is room for more")
    #expect(reader.drain(&subscription, limit: 1) { heard.append(Heard($0)) } == 0 && heard.last == .closed)
  }

  @Test func whatABodyRefusesByThrowingComesAgain() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    for number in 1...10 { _ = publisher.publish(text(number)) }
    publisher.close()
    var heard: [Heard] = []
    func refuse(_ index: Int) {
      var told = 0
      #expect(throws: Refused.self) {
        try reader.drain(&subscription) { delivery throws(Refused) in
          if told == index { throw Refused() }
          told += 1
          heard.append(Heard(delivery))
        }
      }
    }
    refuse(0)
    #expect(heard == [] && subscription.position == 0)
    refuse(1)
    #expect(heard == [.lagged(1...2)] && subscription.position == 2 && subscription.lagged == 2)
    refuse(0)
    #expect(heard.count == 1 && subscription.delivered == 0)
    refuse(1)
    #expect(heard.last == .messages((3...10).map(text), from: 3) && subscription.delivered == 8)
    #expect(hear(&reader, &subscription) == [.closed])
    #expect(subscription.delivered + subscription.lagged == 10)
  }

  /// The body runs outside of any claim: it may publish as much as it likes, even round the ring.
  @Test func aBodyMayPublish() {
    let ring = FanOutRing<String>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscription = reader.subscribe(from: nil).subscription
    _ = publisher.publish(text(1))
    var heard: [Heard] = []
    reader.drain(&subscription) { delivery in
      for number in 2...30 { #expect(publisher.publish(text(number)) == .published(UInt64(number))) }
      heard.append(Heard(delivery))
    }
    #expect(heard == [.messages([text(1)], from: 1)], "what it published comes with the next call")
    #expect(hear(&reader, &subscription) == [.lagged(2...22), .messages((23...30).map(text), from: 23)])
  }

  @Test func subscribersInOneCallAreServedWindowByWindow() {
    let ring = FanOutRing<UInt64>(capacity: 1_024, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscriptions: [FanOutSubscription] = []
    for number in UInt64(1)...150 {
      if number % 50 == 1 { subscriptions.append(reader.subscribe(from: nil).subscription) }
      _ = publisher.publish(number)
    }
    publisher.close()
    var turns: [Int] = []
    var next: [UInt64] = [1, 51, 101]
    var span = subscriptions.mutableSpan
    reader.drain(&span) { index, delivery in
      switch delivery {
      case .messages(let numbers, from: let first):
        turns.append(index)
        #expect(first == next[index])
        for place in numbers.indices { #expect(numbers[place] == first + UInt64(place)) }
        next[index] += UInt64(numbers.count)
      case .lagged: Issue.record("nothing was lost")
      case .closed: turns.append(100 + index)
      }
    }
    #expect(next == [151, 151, 151])
    #expect(turns.suffix(3) == [100, 101, 102] && turns.dropLast(3).prefix(3) == [0, 1, 2])
    #expect(subscriptions.map(\.delivered) == [150, 100, 50])
  }

  /// Neighbours that stand together are served together, and yet each has an account of its own.
  @Test(arguments: [1, 3]) func aThrowAmongNeighboursLeavesItToThoseBehind(messages: Int) {
    let ring = FanOutRing<String>(capacity: 64, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscriptions = (0..<4).map { _ in reader.subscribe(from: nil).subscription }
    var heard = [[Heard]](repeating: [], count: 4)
    for number in 1...messages { _ = publisher.publish(text(number)) }
    var refusing = 2
    for round in 0...1 {
      do {
        var span = subscriptions.mutableSpan
        try reader.drain(&span) { index, delivery throws(Refused) in
          if index == refusing { throw Refused() }
          heard[index].append(Heard(delivery))
        }
        #expect(round == 1)
      } catch {
        #expect(round == 0 && subscriptions.map { Int($0.delivered) } == [messages, messages, 0, 0])
      }
      refusing = -1
    }
    #expect(subscriptions.allSatisfy { $0.delivered == UInt64(messages) })
    #expect(heard.allSatisfy { $0 == [.messages((1...messages).map(text), from: 1)] })
  }

  @Test func neighboursHearOfAHoleOneByOne() {
    let ring = FanOutRing<String>(capacity: 64, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscriptions = (0..<3).map { _ in reader.subscribe(from: nil).subscription }
    var heard = [[Heard]](repeating: [], count: 3)
    for number in 1...2 { _ = publisher.publish(text(number)) }
    #expect(publisher.skip(through: 5) == .skipped)
    _ = publisher.publish(text(6))
    var span = subscriptions.mutableSpan
    reader.drain(&span) { index, delivery in heard[index].append(Heard(delivery)) }
    let expected: [Heard] = [.messages([text(1), text(2)], from: 1), .lagged(3...5), .messages([text(6)], from: 6)]
    #expect(heard == [expected, expected, expected])
    #expect(subscriptions.allSatisfy { $0.position == 6 && $0.delivered == 3 && $0.lagged == 3 })
  }

  @Test func aSubscriptionIsTwentyFourBytes() {
    #expect(MemoryLayout<FanOutSubscription>.size == 24)
  }
}
