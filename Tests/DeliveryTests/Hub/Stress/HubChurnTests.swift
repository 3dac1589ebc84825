import Choosing
import Delivery
import Foundation
import Sequencer
import SequencerModel
import Synchronization
import Testing

/// The acceptance test of the hub: subscribers come and go all the time, one is wedged, every account closes exactly, and the
/// publisher is as fast as without the wedged one.
///
/// `CHURN_SECONDS=60 swift test -c release --filter HubChurnTests` is the long one.
@Suite(.serialized) struct HubChurnTests {
  /// What stands still.
  enum Wedge: CaseIterable {
    case nothing
    /// A connection that has answered that it takes nothing more, and is not resumed.
    case connection
    /// A loop in the middle of a delivery.
    case loop
  }

  /// What a debug build takes says nothing.
  static let comparesTimes: Bool = {
    #if DEBUG
      false
    #else
      true
    #endif
  }()

  static let seconds = ProcessInfo.processInfo.environment["CHURN_SECONDS"].flatMap(Double.init) ?? 2

  @Test func aWedgedSubscriberHoldsUpNobody() {
    // A machine that does other things can spoil an attempt; a publisher that waits for the wedged one spoils all of them.
    var ratios: [String] = []
    for _ in 0..<(Self.comparesTimes ? 3 : 1) {
      var percentiles: [Wedge: [Int]] = [:]
      let rounds = max(3, min(15, Int(Self.seconds * 2)))
      for round in 0..<rounds {
        // In turn, and every round another one first, so that whatever else goes on meets all alike.
        for offset in Wedge.allCases.indices {
          let wedge = Wedge.allCases[(round + offset) % Wedge.allCases.count]
          let churn = Churn(wedge, seconds: Self.seconds / Double(rounds * Wedge.allCases.count))
          churn.run()
          #expect(churn.faults.isEmpty, "\(churn.faults.prefix(10))")
          #expect(churn.accounts > 10 && churn.delivered > 0)
          #expect(churn.wedgedWasTold == (wedge != .nothing))
          percentiles[wedge, default: []].append(churn.latency(ofPercent: 99))
        }
      }
      guard Self.comparesTimes else { return }
      let medians = percentiles.mapValues { Double($0.sorted()[$0.count / 2]) }
      let usual = medians[.nothing] ?? 0
      let line = Wedge.allCases.map { "\($0): \(Int(medians[$0] ?? 0)) ns" }.joined(separator: ", ")
      ratios.append(line)
      if medians.values.allSatisfy({ $0 <= 1.5 * usual }) { return print("p99 of publish with a wedged \(line)") }
    }
    Issue.record("publishing takes longer beside something wedged: \(ratios)")
  }
}

/// One round: a publisher that does nothing else, a loop whose subscribers come and go, and what is wedged.
final class Churn: @unchecked Sendable {
  private let wedge: HubChurnTests.Wedge
  private let nanoseconds: UInt64
  private let hub: Hub<CountedMessage>
  private let census = Census()
  private let isOver = Atomic(false)
  private let isWedged = Atomic(false)
  private let lock = NSLock()
  /// How many publications took so many nanoseconds.
  private var histogram = [Int](repeating: 0, count: 1 << 17)
  private(set) var faults: [String] = []
  private(set) var accounts = 0
  private(set) var delivered: UInt64 = 0
  /// Whether the wedged one has heard at last of what it missed.
  private(set) var wedgedWasTold = false

  init(_ wedge: HubChurnTests.Wedge, seconds: Double) {
    self.wedge = wedge
    nanoseconds = UInt64(seconds * 1e9)
    var configuration = HubConfiguration()
    configuration.loops = 2
    hub = Hub(configuration)
  }

  func latency(ofPercent percent: Int) -> Int {
    var left = histogram.reduce(0, +) * percent / 100
    for (nanoseconds, count) in histogram.enumerated() {
      left -= count
      if left < 0 { return nanoseconds }
    }
    return histogram.count
  }

  func run() {
    var publisher = hub.makePublisher()
    let topic = publisher.open(7)
    publisher.release(topic)
    var threads: [@Sendable () -> Void] = [{ [self] in publish(topic) }, { [self] in serve(topic) }]
    if wedge == .loop { threads.append { [self] in standStill(topic) } }
    concurrently(threads)
    // The ring keeps its last messages as long as the topic.
    if census.alive > 1_024 { faults.append("\(census.alive) messages are alive") }
  }

  private func publish(_ topic: HubTopic<CountedMessage>) {
    var publisher = hub.makePublisher()
    publisher.adopt(topic)
    var number: UInt64 = 1
    func publishNext() {
      let message = CountedMessage(topic: 7, number: number, census)
      let start = DispatchTime.now().uptimeNanoseconds
      while case .busy = publisher.publish(message, to: topic) {}
      let time = DispatchTime.now().uptimeNanoseconds - start
      histogram[min(Int(time), histogram.count - 1)] += 1
      number += 1
    }
    // Until it is wedged that is to be.
    while wedge != .nothing, !isWedged.load(ordering: .acquiring) {
      publishNext()
      yieldThread()
    }
    for count in histogram.indices { histogram[count] = 0 }
    let end = DispatchTime.now().uptimeNanoseconds + nanoseconds
    while DispatchTime.now().uptimeNanoseconds < end {
      for _ in 0..<100 { publishNext() }
    }
    publisher.close(topic)
    isOver.store(true, ordering: .releasing)
  }

  /// Subscribers come and go; the connection that is wedged is one of theirs.
  private func serve(_ topic: HubTopic<CountedMessage>) {
    var random = Choices(seed: 1)
    let listener = HubListener(hub)
    var wedged: HubSubscription?
    if wedge == .connection, let connection = listener.connect() {
      wedged = listener.subscribe(connection, to: topic)
      while listener.loop?.isBlocked(connection) == false { listener.drain(at: .zero) { _ in .took(1) } }
      isWedged.store(true, ordering: .releasing)
    }
    while !isOver.load(ordering: .acquiring) {
      if listener.books.count > 100 {
        for subscription in listener.books.keys.filter({ $0 != wedged }).prefix(50) {
          listener.unsubscribe(subscription)
        }
      }
      if let connection = listener.connect() {
        listener.subscribe(connection, to: topic, back: random.chance(50) ? random.number(0...100) : nil)
      }
      listener.drain(at: .zero) { _ in .ready }
    }
    finish(listener, laggedBefore: wedge == .connection ? listener.lagged : nil)
  }

  /// A loop of its own that sleeps in the middle of its first delivery.
  private func standStill(_ topic: HubTopic<CountedMessage>) {
    let listener = HubListener(hub)
    if let connection = listener.connect() { listener.subscribe(connection, to: topic) }
    while !isWedged.load(ordering: .acquiring) {
      listener.drain(at: .zero) { [self] _ in
        isWedged.store(true, ordering: .releasing)
        while !isOver.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.001) }
        return .ready
      }
    }
    finish(listener, laggedBefore: 0)
  }

  private func finish(_ listener: HubListener, laggedBefore: UInt64?) {
    for connection in listener.blocked { listener.resume(connection) }
    for _ in 0..<2 { listener.drain(at: .zero) { _ in .ready } }
    if !listener.books.isEmpty { listener.fault("\(listener.books.count) subscriptions are left") }
    lock.withLock {
      faults += listener.faults
      accounts += listener.accounts
      delivered += listener.delivered
      if let laggedBefore, listener.lagged > laggedBefore { wedgedWasTold = true }
    }
  }
}
