extension Sequencer where Key: PersistentStreamKey, Message: ~Copyable {
  /// The records of all streams as bytes: versioned, checksummed, and the same for the same state.
  ///
  /// Messages that wait are not in it. They were never acknowledged, so their senders send them again.
  ///
  /// - Complexity: O(*n* log *n*) in the number of streams.
  ///
  /// ```swift
  /// file.write(sequencer.snapshot())
  /// ```
  public func snapshot() -> [UInt8] {
    var encoder = SnapshotFormat.Encoder<Key>()
    forEachRecord { encoder.append($0) }
    return encoder.finish(.sequencer)
  }

  /// Creates a sequencer with the streams of a snapshot. Its clock starts anew.
  ///
  /// - Throws: `SnapshotError`, whatever is wrong with the bytes. Ranges beyond the ledger's limit are dropped, lowest first.
  /// - Precondition: as for `init(_:hashSeed:)`.
  /// - Complexity: O(*n*) in the number of streams.
  ///
  /// ```swift
  /// var sequencer = try Sequencer<UInt64, String>(restoring: file.read(), hashSeed: secret)
  /// ```
  public init(
    restoring snapshot: [UInt8], _ configuration: SequencerConfiguration = SequencerConfiguration(), hashSeed: UInt64
  ) throws(SnapshotError) {
    self.init(configuration, hashSeed: hashSeed)
    try restore(snapshot)
  }

  /// The same with a hash seed from the system's random numbers.
  ///
  /// - Complexity: O(*n*) in the number of streams.
  public init(
    restoring snapshot: [UInt8], _ configuration: SequencerConfiguration = SequencerConfiguration()
  ) throws(SnapshotError) {
    try self.init(restoring: snapshot, configuration, hashSeed: .random(in: 0 ... .max))
  }

  mutating func restore(_ snapshot: [UInt8]) throws(SnapshotError) {
    try SnapshotFormat.decode(snapshot, .sequencer, limit: streamLimit) { record throws(SnapshotError) in
      // A stream that is there twice was not written by a sequencer.
      guard open(record) == .opened else { throw .malformed }
    }
  }
}
