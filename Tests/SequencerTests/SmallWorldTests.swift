import Sequencer
import SequencerModel
import Testing
import Trials

/// Small worlds, all of them: every order in which up to seven messages can arrive with one lost and one repeated, in small
/// windows, with the sender's epoch changing anywhere. The oracle walks the tree of arrivals and is copied at each fork; the
/// sequencer, which cannot be copied, plays each path from its start.
@Suite("Small worlds")
struct SmallWorldTests {
  struct World: Sendable, CustomStringConvertible {
    /// How many messages were sent.
    var sent: UInt64
    var window: UInt64
    /// The first message of the higher epoch; one more than were sent: there is none.
    var epochStart: UInt64
    /// Whether `advance` is called after each arrival, and not only in the end.
    var advancesAlways: Bool

    var description: String {
      "\(sent) messages, window \(window), epoch 1 from \(epochStart)\(advancesAlways ? ", advancing always" : "")"
    }
  }

  static func worlds(_ sent: UInt64, advancesAlways: Bool) -> [World] {
    [1, 2, 4, 8].flatMap { window in
      (1...sent + 1).map { World(sent: sent, window: window, epochStart: $0, advancesAlways: advancesAlways) }
    }
  }

  #if DEBUG
    static let all = (1...5).flatMap { worlds($0, advancesAlways: true) } + worlds(5, advancesAlways: false)
  #else
    static let all = (1...6).flatMap { worlds($0, advancesAlways: true) } + worlds(7, advancesAlways: false)
  #endif

  @Test("Every reply is the oracle's, and every message is accounted for", arguments: all)
  func world(_ world: World) {
    let explorer = Explorer(world)
    explorer.explore()
    #expect(explorer.failure == nil)
    // n! orders without a repetition, and n · (n − 1) · n! ∕ 2 with one lost and another repeated.
    let factorial = (1...Int(world.sent)).reduce(1, *)
    #expect(explorer.paths == factorial + Int(world.sent * (world.sent - 1)) * factorial / 2)
  }
}

/// Walks the tree of arrivals of one world.
private final class Explorer {
  let world: SmallWorldTests.World
  let configuration: ModelConfiguration
  private(set) var paths = 0
  private(set) var failure: String?

  /// The path from the root to where the walk stands, and what the oracle answered.
  private var operations: [SequencerModel.Operation] = []
  private var replies: [Reply] = []
  /// How much of the path the sequencer has been compared on.
  private var compared = 0

  init(_ world: SmallWorldTests.World) {
    self.world = world
    var configuration = ModelConfiguration()
    configuration.window = world.window
    configuration.ledgerRanges = 2
    self.configuration = configuration
  }

  func explore() {
    visit(NaiveSequencer(configuration), MessageAccount(configuration), arrived: 0, repeated: nil, count: 0)
  }

  private func visit(
    _ oracle: NaiveSequencer, _ account: MessageAccount, arrived: UInt64, repeated: UInt64?, count: UInt64
  ) {
    if failure != nil { return }
    let length = operations.count
    if count == world.sent {
      finish(oracle, account, arrived)
      forget(from: length)
      return
    }
    for message in 1...world.sent {
      let isRepetition = arrived & 1 << message != 0
      if isRepetition, repeated != nil { continue }
      var oracle = oracle
      var account = account
      // Slow enough that requests and timeouts of the first gaps are due before the last message comes.
      play(arrival(of: message, count), on: &oracle, &account)
      if world.advancesAlways { play(.advance(at: 2 * count), on: &oracle, &account) }
      visit(
        oracle, account, arrived: arrived | 1 << message, repeated: isRepetition ? message : repeated, count: count + 1)
      forget(from: length)
    }
  }

  /// The end of a path: time runs out for every gap, and then whatever was lost comes after all.
  private func finish(_ oracle: NaiveSequencer, _ account: MessageAccount, _ arrived: UInt64) {
    var oracle = oracle
    var account = account
    play(.advance(at: 1_000), on: &oracle, &account)
    for message in 1...world.sent where arrived & 1 << message == 0 {
      play(arrival(of: message, 500 + message), on: &oracle, &account)
    }
    play(.progress(stream: 7), on: &oracle, &account)
    if failure == nil { compare() }
    paths += 1
  }

  private func arrival(of message: UInt64, _ count: UInt64) -> SequencerModel.Operation {
    let isNew = message >= world.epochStart
    return .receive(
      number: isNew ? message - world.epochStart + 1 : message, epoch: isNew ? 1 : 0, base: nil, payload: count + 1,
      stream: 7, at: 2 * count)
  }

  private func play(
    _ operation: SequencerModel.Operation, on oracle: inout NaiveSequencer, _ account: inout MessageAccount
  ) {
    let reply = oracle.apply(operation)
    operations.append(operation)
    replies.append(reply)
    if let complaint = account.enter(operation, reply), failure == nil { failure = "\(operations): \(complaint)" }
  }

  private func forget(from length: Int) {
    operations.removeLast(operations.count - length)
    replies.removeLast(replies.count - length)
    compared = min(compared, length)
  }

  /// Plays the path on a new sequencer, and compares what no earlier path has compared.
  private func compare() {
    let machine = SequencerMachine<UInt64>(configuration)
    for index in operations.indices {
      let reply = machine.apply(operations[index])
      if index < compared || reply == replies[index] { continue }
      failure = "\(operations[...index])\n  expected \(replies[index])\n  actual   \(reply)"
      return
    }
    compared = operations.count
  }
}
