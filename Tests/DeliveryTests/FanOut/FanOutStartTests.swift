import Delivery
import Sequencer
import Testing

/// What a subscriber is told when it comes back, each answer by its name.
@Suite struct FanOutStartTests {
  /// A ring of epoch 3 that keeps 8 messages, and whose head is 120: 113 … 120 are there.
  private func answer(_ token: Position?) -> (FanOutSubscription, FanOutStart) {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 1, epoch: 3, after: 100)
    var publisher = ring.makePublisher()
    for number in 101...120 { #expect(publisher.publish(UInt64(number)) == .published(UInt64(number))) }
    return ring.makeReader().subscribe(from: token)
  }

  @Test func fromNowOnNothingIsMissed() {
    let (subscription, start) = answer(nil)
    #expect(start == .nothingMissed)
    #expect(subscription.start == 120 && subscription.position == 120 && subscription.lagged == 0)
  }

  @Test func whoHasSeenTheLastMessageMissedNothing() {
    let (subscription, start) = answer(Position(epoch: 3, number: 120))
    #expect(start == .nothingMissed && subscription.position == 120)
  }

  @Test(arguments: UInt64(112)...119)
  func whatIsStillThereIsReplayed(number: UInt64) {
    let (subscription, start) = answer(Position(epoch: 3, number: number))
    #expect(start == .replay(number + 1...120))
    #expect(subscription.start == number && subscription.position == number && subscription.lagged == 0)
  }

  @Test(arguments: UInt64(0)...111)
  func whatIsGoneIsAGapThatCountsAsLagged(number: UInt64) {
    let (subscription, start) = answer(Position(epoch: 3, number: number))
    #expect(start == .gap(number + 1...112, replay: 113...120))
    #expect(subscription.start == number && subscription.position == 112 && subscription.lagged == 112 - number)
  }

  @Test(arguments: [Position(epoch: 2, number: 115), Position(epoch: 4, number: 1), Position(epoch: 0, number: .max)])
  func anotherEpochStartsFromNowOn(token: Position) {
    let (subscription, start) = answer(token)
    #expect(start == .otherEpoch && subscription.start == 120 && subscription.lagged == 0)
  }

  @Test func whoHasSeenMoreThanThisInstanceWaitsForItsOwnPlace() {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var (subscription, start) = reader.subscribe(from: Position(epoch: 1, number: 3))
    #expect(start == .ahead && subscription.start == 3)
    for number in UInt64(1)...3 {
      _ = publisher.publish(number)
      #expect(reader.next(&subscription) == .empty)
    }
    _ = publisher.publish(4)
    #expect(reader.next(&subscription) == .message(number: 4, 4))
    #expect(subscription.delivered == 1 && subscription.lagged == 0)
  }

  @Test(arguments: [Position.lastNumber, Position.lastNumber + 1, .max])
  func aNumberThatCannotBeIsAnsweredLikeAnyOther(number: UInt64) {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var (subscription, start) = reader.subscribe(from: Position(epoch: 1, number: number))
    #expect(start == .ahead && subscription.start == Position.lastNumber)
    #expect(publisher.publish(1) == .published(1))
    #expect(publisher.skip(through: .max) == .skipped)
    #expect(publisher.publish(2) == .exhausted(2))
    #expect(reader.next(&subscription) == .empty)
    publisher.close()
    #expect(reader.next(&subscription) == .closed)
  }

  @Test func afterClearingThereIsAGapAndNothingToReplay() {
    let ring = FanOutRing<UInt64>(capacity: 8, readers: 1)
    var publisher = ring.makePublisher()
    let reader = ring.makeReader()
    for number in UInt64(1)...5 { _ = publisher.publish(number) }
    #expect(publisher.clear() == true)
    let (subscription, start) = reader.subscribe(from: Position(epoch: 1, number: 2))
    #expect(start == .gap(3...5, replay: nil))
    #expect(subscription.position == 5 && subscription.lagged == 3)
    #expect(reader.token(of: subscription) == Position(epoch: 1, number: 5))
  }

  @Test func aTokenBringsASubscriberBackWhereItWas() {
    let ring = FanOutRing<UInt64>(capacity: 64, readers: 1, epoch: 9)
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var first = reader.subscribe(from: nil).subscription
    for number in UInt64(1)...10 { _ = publisher.publish(number) }
    #expect(reader.drain(&first, limit: 4) { _ in } == 4)
    let token = reader.token(of: first)
    #expect(token == Position(epoch: 9, number: 4))
    let (second, start) = reader.subscribe(from: token)
    #expect(start == .replay(5...10) && second.position == first.position)
  }
}
