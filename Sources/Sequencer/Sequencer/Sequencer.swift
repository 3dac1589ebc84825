/// Puts the messages of many streams back in order, whatever the network did to them.
///
/// Hand in each message with its number, act on what is emitted, and call `advance(to:_:)` when `nextDeadline` has come. A
/// message comes out when all before it have, or were given up; nothing comes out twice, and nothing disappears unnamed.
///
/// ```swift
/// var sequencer = Sequencer<String, String>()
/// for (text, number) in [("world", 2), ("hello", 1)] as [(String, UInt64)] {
///   _ = sequencer.receive(text, number: number, from: "alice", at: .zero) { event in
///     if case .delivered(_, _, let message) = event { print(message) }   // hello, then world
///   }
/// }
/// ```
///
/// A sequencer is owned by one thread. It reads no clock and takes no lock; every limit is finite.
///
/// Memory, for keys of 8 bytes and messages of *m* bytes: 21 to 32 bytes a quiet stream; 112 more for one in an epoch above
/// 255 or with a ledger, and at most 72 a remembered range; 180 + 16 *m* for one that holds something ahead; 72 a gap clock; and
/// for what came 16 or more numbers ahead, 32 + 16 *m* a page of sixteen, and less than `window` + 72 for their directory. Ledgers
/// and directories are kept for reuse by size: with every size once at its most, it is 200 a range and 2 × `window` + 72.
public struct Sequencer<Key: StreamKey, Message: ~Copyable>: ~Copyable {
  public typealias Event = SequencerEvent<Key, Message>

  @usableFromInline var table: StreamTable<Key>
  @usableFromInline var store: MessageStore<Key, Message>
  @usableFromInline var gaps: GapQueue<Key>
  @usableFromInline var clock = SequencerClock()
  @usableFromInline var quota: LedgerQuota
  @usableFromInline var counters = Counters()
  @usableFromInline var scratch = BatchScratch()
  /// Places taken in the buffer over all streams.
  @usableFromInline var heldCount = 0
  @usableFromInline let window: UInt64
  @usableFromInline let bufferLimit: Int
  @usableFromInline let streamLimit: Int
  @usableFromInline let start: StartPolicy

  /// Creates a sequencer whose hashing is keyed by `hashSeed`. The seed changes no result, only who can predict collisions.
  ///
  /// - Precondition: the gap timeout and the first repair wait are positive, there are 1 … 16 repair attempts, the window is
  ///   1 … 65,536, a ledger has 0 … 4,096 ranges, and no limit is negative.
  /// - Complexity: O(1)
  @inlinable
  public init(_ configuration: SequencerConfiguration = SequencerConfiguration(), hashSeed: UInt64) {
    configuration.check()
    table = StreamTable(seed: hashSeed)
    store = MessageStore()
    gaps = GapQueue(GapSchedule(timeout: configuration.gapTimeout, repair: configuration.repair))
    quota = LedgerQuota(perStream: configuration.ledgerLimit, total: configuration.totalLedgerLimit)
    window = UInt64(configuration.window)
    bufferLimit = configuration.bufferLimit
    streamLimit = configuration.streamLimit
    start = configuration.start
  }

  /// Creates a sequencer with a hash seed from the system's random numbers.
  ///
  /// - Precondition: as for `init(_:hashSeed:)`.
  /// - Complexity: O(1)
  @inlinable
  public init(_ configuration: SequencerConfiguration = SequencerConfiguration()) {
    self.init(configuration, hashSeed: .random(in: 0 ... .max))
  }

  @inlinable
  deinit {
    table.forEach { _, cell in
      guard cell.hasHeader else { return }
      let stream = unsafe Stream<Key>(cell.header)
      store.destroyMessages(of: stream)
      unsafe stream.header.deinitialize(count: 1)
    }
  }

  /// Makes room for `streams` streams in all, so that the table need not grow while they open.
  ///
  /// - Precondition: `streams` is not negative.
  /// - Complexity: O(*n*) in the number of streams known.
  @inlinable
  public mutating func reserve(streams: Int) {
    precondition(streams >= 0, "the number of streams must not be negative")
    table.reserve(min(streams, streamLimit))
  }
}

extension Sequencer: @unchecked Sendable where Key: Sendable, Message: Sendable & ~Copyable {}

extension SequencerConfiguration {
  /// Traps on what only a programmer can have got wrong.
  @usableFromInline
  func check() {
    if let gapTimeout { precondition(gapTimeout.saturatedNanoseconds > 0, "the gap timeout must be positive") }
    if let repair {
      precondition(repair.first.saturatedNanoseconds > 0, "the first repair wait must be positive")
      precondition(1...16 ~= repair.attempts, "there must be 1 to 16 repair attempts")
    }
    precondition(1...65_536 ~= window, "the window must be 1 to 65,536")
    precondition(0...4_096 ~= ledgerLimit, "a ledger must have 0 to 4,096 ranges")
    precondition(totalLedgerLimit >= 0, "the limit of all ledgers must not be negative")
    precondition(bufferLimit >= 0, "the buffer limit must not be negative")
    precondition(streamLimit >= 0, "the stream limit must not be negative")
  }
}
