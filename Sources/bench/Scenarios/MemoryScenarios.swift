internal import Sequencer

/// What a sequencer takes at most, by the table of the README, for keys of 8 bytes and messages of 16.
struct DocumentedMemory {
  static let stream = 32
  /// More, if its epoch is above 255, it is suspended, or something of it was skipped.
  static let header = 112
  /// A remembered range, at a time; and with what is kept for reuse of every size that ledgers ever had.
  static let range = 72
  static let rangeOverTime = 200
  /// A stream that holds one message far ahead: the block, the gap's clock, the page, and the page's directory.
  static let held = 180 + 16 * 16 + 72 + 32 + 16 * 16
  static func directory(_ window: Int) -> Int { window + 72 }
  static func directoryOverTime(_ window: Int) -> Int { 2 * window + 72 }
  /// What an empty one has.
  static let base = 4_096

  static func quiet(_ streams: Int) -> Int { base + streams * stream }

  /// Every limit reached, all at once.
  static func full(_ limits: SequencerConfiguration) -> Int {
    base + limits.streamLimit * (stream + header) + limits.totalLedgerLimit * range
      + limits.bufferLimit * (held + directory(limits.window))
  }

  /// Every limit reached, each in all the ways there are, one after the other.
  static func overTime(_ limits: SequencerConfiguration) -> Int {
    base + limits.streamLimit * (stream + header) + limits.totalLedgerLimit * rangeOverTime
      + limits.bufferLimit * (held + directoryOverTime(limits.window))
  }
}

/// What peers can make a sequencer keep, with the default limits.
struct MemoryAttack: ~Copyable {
  var sequencer: Sequencer<UInt64, String>
  private let limits: SequencerConfiguration
  private let keys: [UInt64]

  init(_ limits: SequencerConfiguration) {
    self.limits = limits
    sequencer = Sequencer(limits, hashSeed: SequencerScenarios.hashSeed)
    keys = (0..<UInt32(limits.streamLimit)).map { Inputs.key(ofConversation: $0) }
  }

  /// The default limits, or smaller ones in the same proportion.
  static func limits(streams: Int) -> SequencerConfiguration {
    var limits = SequencerConfiguration()
    let part = max(1, limits.streamLimit / streams)
    limits.streamLimit = streams
    limits.bufferLimit /= part
    limits.totalLedgerLimit /= part
    return limits
  }

  /// Every stream has had one message.
  mutating func open(epoch: UInt32) {
    for key in keys { send(1, epoch, key) }
  }

  /// As many ranges as may be are remembered, one of each of so many streams.
  mutating func skip(epoch: UInt32) {
    for key in keys.prefix(limits.totalLedgerLimit) { skip(2, epoch, key) }
  }

  /// The buffer is full of single messages, each in a stream of its own and so far ahead that what is behind it needs
  /// as many pages; those are the last streams, of which nothing was skipped.
  mutating func hold(ahead distance: UInt64) {
    for key in keys.suffix(limits.bufferLimit) {
      guard let position = sequencer.position(of: key) else { continue }
      send(position.number + distance, position.epoch, key)
    }
  }

  /// Each kind of thing there is once at its limit: ledgers of every size, each with as few ranges as keep it from
  /// shrinking, and at the same time directories, of the same size where there are such.
  mutating func takeTurns() {
    let turns: [(made: UInt64, kept: UInt64, distance: UInt64)] = [
      (1, 1, 1_023), (2, 1, 512), (3, 2, 16), (5, 3, 128), (9, 5, 256),
    ]
    for (turn, (made, kept, distance)) in turns.enumerated() {
      // A higher epoch forgets what was skipped, and lets go of what was held.
      let epoch = 256 + UInt32(turn)
      open(epoch: epoch)
      for key in keys.prefix(limits.totalLedgerLimit / Int(kept)) {
        for index in 0..<made { skip(2 + 2 * index, epoch, key) }
        for index in 0..<made - kept { send(2 + 2 * index, epoch, key) }
      }
      hold(ahead: distance)
    }
  }

  private mutating func send(_ number: UInt64, _ epoch: UInt32, _ key: UInt64) {
    _ = sequencer.receive("", number: number, epoch: epoch, from: key, at: .zero) { _ in }
  }

  private mutating func skip(_ number: UInt64, _ epoch: UInt32, _ key: UInt64) {
    _ = sequencer.void(number...number, epoch: epoch, of: key, at: .zero) { _ in }
    send(number + 1, epoch, key)
  }
}

/// The memory of 2²⁰ streams, in peace and under attack: resident, as the library counts it, and as the README promises.
enum MemoryScenarios {
  static var all: [Scenario] {
    [
      scenario("quiet", "a million streams that have had a message each", { DocumentedMemory.quiet($0.streamLimit) }) {
        $0.open(epoch: 0)
      },
      scenario("full", "every stream in a high epoch, all ledgers and the buffer full", DocumentedMemory.full) {
        $0.open(epoch: 256)
        $0.skip(epoch: 256)
        $0.hold(ahead: 1_023)
      },
      scenario("over-time", "the same, and before it ledgers and directories of every size", DocumentedMemory.overTime)
      {
        $0.takeTurns()
      },
    ]
  }

  private static func scenario(
    _ name: String, _ summary: String, _ documented: @escaping @Sendable (SequencerConfiguration) -> Int,
    _ attack: @escaping @Sendable (inout MemoryAttack) -> Void
  ) -> Scenario {
    Scenario("memory/\(name)", unit: "bytes/stream", "resident: \(summary)", isOnRequest: true) { context in
      let streams = ScaleScenarios.pieces(1 << 20, context.plan)
      let limits = MemoryAttack.limits(streams: streams)
      let promise = documented(limits)
      return {
        var attacked = MemoryAttack(limits)
        Memory.trim()
        let before = Memory.residentBytes()
        attack(&attacked)
        let resident = Memory.residentBytes() - before
        let statistics = attacked.sequencer.statistics
        var sample = Sample(
          value: Double(resident) / Double(streams), hash: digest(UInt64(statistics.streams), UInt64(statistics.held)))
        sample.further = [("allocated", statistics.allocatedBytes), ("documented", promise)].map {
          Figure(name: $0.0, unit: "bytes/stream", value: Double($0.1) / Double(streams))
        }
        // Memory comes in chunks, of which a small run hardly uses the first.
        if streams == 1 << 20, max(resident, statistics.allocatedBytes) > promise {
          sample.fault = "\(resident) bytes resident, \(statistics.allocatedBytes) allocated, \(promise) documented"
        }
        return sample
      }
    }
  }
}
