import Choosing
import Delivery
import Foundation
import Sequencer
import SequencerModel
import Synchronization
import Testing

/// Threads that publish, hand topics over and end; threads that serve subscribers who come, go and stand still, and that end
/// and are replaced. `HUB_STRESS_SECONDS=60 swift test -c release --filter HubStressTests` runs longer.
@Suite(.serialized) struct HubStressTests {
  static let seconds = ProcessInfo.processInfo.environment["HUB_STRESS_SECONDS"].flatMap(Double.init) ?? 0.7

  @Test(arguments: [2, 64])
  func everyAccountCloses(capacity: Int) {
    let census = Census()
    let report = Board.Report()
    // A busy machine may have to be asked again before everything has happened once.
    for _ in 0..<10 where !report.hasSeenEverything { play(capacity, census, report) }
    #expect(report.faults.isEmpty, "\(report.faults.prefix(10))")
    #expect(report.hasSeenEverything)
    #expect(census.alive == 0)
  }

  private func play(_ capacity: Int, _ census: Census, _ report: Board.Report) {
    var configuration = HubConfiguration()
    configuration.loops = 3
    configuration.ringCapacity = capacity
    configuration.retention = .milliseconds(5)
    configuration.ringLimit = 3
    let board = Board(Hub(configuration), publishers: 2, until: Self.seconds)
    let publishers = (0..<2).map { index in { @Sendable in publish(board, index, census, report) } }
    let listeners = (0..<3).map { index in { @Sendable in listen(board, index, report) } }
    concurrently(publishers + listeners)
  }

  // MARK: - Publishing

  private func publish(_ board: Board, _ index: Int, _ census: Census, _ report: Board.Report) {
    var random = Choices(seed: UInt64(index))
    var publisher = board.hub.makePublisher()
    var mine = (0..<3).map { _ in publisher.open(board.newID()) }
    board.announce(mine)
    while !board.isOver {
      let topic = mine[random.below(mine.count)]
      let next = topic.head.number + 1
      switch random.below(1_000) {
      case 0..<4:
        publisher.close(topic)
        mine.removeAll { $0 == topic }
        mine.append(publisher.open(board.newID(), after: random.number(0...1_000)))
        board.withdraw(topic, for: mine.last!)
      case 4..<12 where mine.count > 1:
        publisher.release(topic)
        if board.handOver(topic, to: 1 - index) {
          mine.removeAll { $0 == topic }
          report.add { $0.handovers += 1 }
        } else {
          publisher.adopt(topic)
        }
      case 12, 13:
        publisher.notify { board.wake($0) }
        publisher = board.hub.makePublisher()
        for topic in mine { publisher.adopt(topic) }
      case 14..<30: _ = publisher.skip(through: next + random.number(0...5), to: topic)
      case 30..<50:
        let number = next + random.number(1...100)
        _ = publisher.publish(CountedMessage(topic: topic.id, number: number, census), number: number, to: topic)
      case 50..<150:
        _ = publisher.publishLatest(
          CountedMessage(topic: topic.id, number: next - 1, census), key: random.next() % 4, to: topic)
      case 150..<250:
        let batch = (0..<UInt64(random.below(20))).map { CountedMessage(topic: topic.id, number: next + $0, census) }
        _ = publisher.publish(contentsOf: batch.span, to: topic)
      default: _ = publisher.publish(CountedMessage(topic: topic.id, number: next, census), to: topic)
      }
      if random.chance(20) { publisher.notify { board.wake($0) } }
      if random.chance(1) {
        publisher.advance(to: board.now)
        yieldThread()
      }
      for topic in board.inbox(of: index) {
        publisher.adopt(topic)
        mine.append(topic)
      }
    }
    for topic in board.finish(index) {
      publisher.adopt(topic)
      mine.append(topic)
    }
    for topic in mine { publisher.close(topic) }
    publisher.notify { board.wake($0) }
    board.hasFinished()
  }

  // MARK: - Listening

  private func listen(_ board: Board, _ index: Int, _ report: Board.Report) {
    var random = Choices(seed: 100 + UInt64(index))
    let listener = HubListener(board.hub)
    func answer(_ count: Int) -> HubAnswer {
      guard random.chance(8) else { return .ready }
      switch random.below(10) {
      case 0: return .disconnect
      case 1, 2: return .leave
      case 3..<6: return .took(random.below(count + 1))
      default: return .blocked
      }
    }
    while !board.allHaveFinished {
      let topic = board.anyTopic(&random)
      switch random.below(100) {
      case 0..<25:
        if listener.connections.count < 30 { listener.connect(Self.policy(&random)) }
        guard let topic, let connection = listener.connections.randomElement(using: &random) else { break }
        listener.subscribe(connection, to: topic, back: random.chance(50) ? random.number(0...20) : nil)
      case 25..<35:
        if let subscription = listener.books.keys.randomElement(using: &random) { listener.unsubscribe(subscription) }
      case 35..<38:
        if let connection = listener.connections.randomElement(using: &random) { listener.disconnect(connection) }
      case 38..<60:
        if let connection = listener.connections.randomElement(using: &random) { listener.resume(connection) }
      case 60: if random.chance(20) { listener.replaceLoop(keeping: 10) }
      default: break
      }
      listener.drain(at: board.now, answer)
      if random.chance(20) { board.sleep(listener) }
    }
    // All topics are closed. Whoever takes what there is gets it all, or hears of it, and ends.
    for _ in 0..<2 {
      for connection in listener.blocked { listener.resume(connection) }
      listener.drain(at: board.now) { _ in .ready }
    }
    if !listener.books.isEmpty { listener.fault("\(listener.books.count) subscriptions are left") }
    report.add(listener)
  }

  private static func policy(_ random: inout Choices) -> HubPolicy {
    var policy = HubPolicy()
    if random.chance(30) { policy.hardLimit = random.number(100...10_000) }
    if random.chance(30) {
      policy.softLimit = random.number(10...1_000)
      policy.softDuration = .milliseconds(Int64(random.number(1...20)))
    }
    return policy
  }
}
