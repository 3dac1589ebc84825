import Choosing
import Delivery
import Foundation
import Sequencer
import SequencerModel
import Synchronization

/// What the threads of a stress test share besides the hub: which topics there are, and who has been handed which.
final class Board: @unchecked Sendable {
  let hub: Hub<CountedMessage>
  private let start = DispatchTime.now().uptimeNanoseconds
  private let end: UInt64
  private let ids = Atomic<UInt64>(0)
  private let working: Atomic<Int>
  private let tokens: [SleepTokens]
  private let lock = NSLock()
  private var topics: [HubTopic<CountedMessage>] = []
  private var inboxes: [[HubTopic<CountedMessage>]?]

  init(_ hub: Hub<CountedMessage>, publishers: Int, until seconds: Double) {
    self.hub = hub
    end = start + UInt64(seconds * 1e9)
    working = Atomic(publishers)
    tokens = (0..<hub.configuration.loops).map { _ in SleepTokens() }
    inboxes = Array(repeating: [], count: publishers)
  }

  var now: Instant { Instant(nanoseconds: DispatchTime.now().uptimeNanoseconds - start) }
  var isOver: Bool { DispatchTime.now().uptimeNanoseconds >= end }
  var allHaveFinished: Bool { working.load(ordering: .acquiring) == 0 }
  func newID() -> UInt64 { ids.wrappingAdd(1, ordering: .relaxed).newValue }

  // MARK: - Topics

  func announce(_ added: [HubTopic<CountedMessage>]) { lock.withLock { topics += added } }

  func withdraw(_ topic: HubTopic<CountedMessage>, for other: HubTopic<CountedMessage>) {
    lock.withLock { topics.replace([topic], with: [other]) }
  }

  func anyTopic(_ random: inout Choices) -> HubTopic<CountedMessage>? {
    lock.withLock { topics.isEmpty ? nil : topics[random.below(topics.count)] }
  }

  /// Hands a topic over that its owner has released; false if the other one takes no more.
  func handOver(_ topic: HubTopic<CountedMessage>, to publisher: Int) -> Bool {
    lock.withLock {
      guard inboxes[publisher] != nil else { return false }
      inboxes[publisher]?.append(topic)
      return true
    }
  }

  func inbox(of publisher: Int) -> [HubTopic<CountedMessage>] {
    lock.withLock {
      defer { inboxes[publisher] = [] }
      return inboxes[publisher] ?? []
    }
  }

  /// The publisher takes no more; these are the last.
  func finish(_ publisher: Int) -> [HubTopic<CountedMessage>] { lock.withLock { inboxes[publisher].take() ?? [] } }

  /// It has closed its topics.
  func hasFinished() {
    if working.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { for token in tokens { token.put() } }
  }

  // MARK: - Sleeping

  func wake(_ loop: Int) { tokens[loop].put() }

  /// Sleeps until there is something to drain, or all have finished.
  func sleep(_ listener: HubListener) {
    guard listener.loop?.park() == true else { return }
    tokens[listener.index].take()
    // It may have been the last token, which comes without a notification.
    _ = listener.loop?.unpark()
  }

  // MARK: - The end

  final class Report: @unchecked Sendable {
    private let lock = NSLock()
    var (accounts, complete, handovers) = (0, 0, 0)
    var (delivered, lagged) = (UInt64(0), UInt64(0))
    var faults: [String] = []

    var hasSeenEverything: Bool { accounts > 0 && complete > 0 && handovers > 0 && delivered > 0 && lagged > 0 }

    func add(_ body: (Report) -> Void) { lock.withLock { body(self) } }

    func add(_ listener: HubListener) {
      add {
        $0.accounts += listener.accounts
        $0.complete += listener.complete
        $0.delivered += listener.delivered
        $0.lagged += listener.lagged
        $0.faults += listener.faults
      }
    }
  }
}
