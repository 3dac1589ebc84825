import Delivery
import Sequencer

/// What publishers do.
extension HubTrial {
  func open(_ place: Int, after: UInt64) -> NaiveTopic {
    opened += 1
    let owner = place % world.publishers
    let handle = publishers[owner].publisher.open(opened, epoch: 1, after: after)
    return NaiveTopic(handle, capacity: world.capacity, owner: owner, after: after)
  }

  /// The topic, and who may publish to it.
  private func topic(_ name: Int) -> (NaiveTopic, PublisherSeat) {
    let topic = topics[name % topics.count]
    return (topic, publishers[topic.owner])
  }

  private func message(_ topic: NaiveTopic, _ number: UInt64) -> CountedMessage {
    serial += 1
    return CountedMessage(topic: topic.id, number: number, serial: serial, census)
  }

  func publish(_ name: Int, _ count: Int) {
    let (topic, seat) = topic(name)
    for _ in 0..<count { publish(topic, seat, topic.next, busy: false) }
  }

  func publishAhead(_ name: Int, _ gap: UInt64) {
    let (topic, seat) = topic(name)
    publish(topic, seat, topic.next + gap, busy: false)
  }

  /// Publishes a message and holds the answer against what it must be.
  private func publish(_ topic: NaiveTopic, _ seat: PublisherSeat, _ number: UInt64, busy: Bool) {
    switch seat.publisher.publish(message(topic, number), number: number, to: topic.handle) {
    case .published(let given):
      expect(!busy && !topic.isClosed && number <= Position.lastNumber, "\(number) was published after all")
      expect(given == number, "\(number) was published as \(given)")
      topic.published(number, serial: serial, at: now)
    case .busy(let element):
      expect(busy && element.serial == serial, "\(number) is refused, though nobody copies")
      topic.refused(below: number + 1)
      see(.busy)
    case .closed: expect(topic.isClosed, "the topic is not closed")
    case .exhausted:
      expect(number > Position.lastNumber, "\(number) is a number like others")
      see(.exhausted)
    case .old: expect(false, "\(number) is said to be old")
    }
  }

  func publishOld(_ name: Int) {
    let (topic, seat) = topic(name)
    guard !topic.isClosed else { return }
    guard case .old = seat.publisher.publish(message(topic, 0), number: topic.next - 1, to: topic.handle) else {
      return expect(false, "an old number was taken")
    }
    see(.refusedOld)
  }

  func publishBatch(_ name: Int, _ count: Int) {
    let (topic, seat) = topic(name)
    let first = topic.next
    let batch = (0..<count).map { message(topic, first + UInt64($0)) }
    let taken = seat.publisher.publish(contentsOf: batch.span, to: topic.handle)
    let room = topic.isClosed ? 0 : Int(min(UInt64(count), Position.lastNumber + 1 - first))
    expect(taken == room, "\(taken) of \(count) were taken, not \(room)")
    for index in 0..<taken { topic.published(first + UInt64(index), serial: batch[index].serial, at: now) }
  }

  func publishLatest(_ name: Int, _ key: UInt64) {
    let (topic, seat) = topic(name)
    let taken = seat.publisher.publishLatest(message(topic, topic.newsEnd), key: key, to: topic.handle)
    expect(taken == !topic.isClosed, "news of a key: \(taken)")
    if taken { topic.announced(key: key, serial: serial, at: now) }
  }

  func skip(_ name: Int, _ count: UInt64) {
    let (topic, seat) = topic(name)
    guard count > 0 else { return }
    let last = min(topic.next + count - 1, Position.lastNumber)
    expect(seat.publisher.skip(through: last, to: topic.handle), "a skip is refused, though nobody copies")
    if !topic.isClosed { topic.skipped(below: last + 1, at: now) }
  }

  func publishWhileCopying(_ name: Int, _ back: UInt64, _ gap: UInt64, _ count: Int) {
    let (topic, seat) = topic(name)
    guard !topic.mayHaveNoRing, !topic.isClosed else { return }
    let copied = topic.next - min(topic.next - 1, back + 1)
    // Positions from here on stand where it copies.
    let end = copied + UInt64(world.capacity)
    guard !topic.mayBeGone(copied) else { return }
    topic.handle.whileCopying(from: copied, by: world.loops) {
      let number = topic.next + gap
      guard number <= Position.lastNumber else { return }
      if number > end {
        guard case .busy = seat.publisher.publish(message(topic, number), number: number, to: topic.handle) else {
          return expect(false, "a hole was made where a loop copies")
        }
        // As much of it is made as readers have lost in any case.
        let head = topic.handle.head.number
        expect(topic.next - 1...max(topic.next - 1, number - 1) ~= head, "a hole up to \(head)")
        topic.skipped(below: head + 1, at: now)
        topic.refused(below: number)
        return see(.busyInAHole)
      }
      if number >= end { topic.skipped(below: number, at: now) }
      publish(topic, seat, number, busy: number >= end)
      for _ in 0..<count { publish(topic, seat, topic.next, busy: topic.next >= end) }
    }
  }

  func handOver(_ name: Int) {
    let (topic, seat) = topic(name)
    seat.publisher.release(topic.handle)
    topic.owner = (topic.owner + 1) % world.publishers
    publishers[topic.owner].publisher.adopt(topic.handle)
    see(.handedOver)
  }

  func forgetWhileCopying(_ name: Int) {
    let (topic, _) = topic(name)
    guard !topic.mayHaveNoRing, !topic.isClosed else { return }
    topic.handle.whileCopying(from: topic.next - 1, by: world.loops) {
      for _ in 0..<2 { now = now.advanced(by: world.retention + .nanoseconds(1)); advance(topic.owner) }
      publish(name, world.capacity + 1)
      see(.ringRetiredWhileRead)
    }
  }

  func close(_ name: Int) {
    let (topic, seat) = topic(name)
    seat.publisher.close(topic.handle)
    topic.isClosed = true
  }

  /// Another topic takes its place; the old one's subscribers stay.
  func reopen(_ name: Int, _ after: UInt64) {
    let place = name % topics.count
    letGo(place)
    earlierTopics.append(topics[place])
    topics[place] = open(place, after: after)
  }

  /// Closes a topic that somebody owns.
  func letGo(_ place: Int) { close(place) }

  func endPublisher(_ index: Int, _ releasing: Bool) {
    let mine = (topics + earlierTopics).filter { $0.owner == index }
    for topic in mine where releasing { publishers[index].publisher.release(topic.handle) }
    publishers[index] = PublisherSeat(hub.makePublisher())
    for topic in mine { publishers[index].publisher.adopt(topic.handle) }
    see(.publisherEnded)
  }

  func advance(_ index: Int) {
    let before = publishers[index].publisher.statistics.rings
    publishers[index].publisher.advance(to: now)
    if publishers[index].publisher.statistics.rings < before { see(.ringForgotten) }
    for topic in topics + earlierTopics
    where topic.owner == index && topic.lastNews.advanced(by: world.retention) <= now {
      topic.forgot(certainly: false)
    }
  }
}
