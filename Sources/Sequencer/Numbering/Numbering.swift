/// Gives out the numbers of conversations: 1, 2, 3 …, each once.
///
/// A client numbers what it sends with it, a server the messages of a room.
///
/// ```swift
/// var numbering = Numbering<String>()
/// try numbering.next(in: "lobby")   // 1
/// try numbering.next(in: "lobby")   // 2
/// ```
///
/// Memory: 21–32 bytes a conversation with a key of 8 bytes.
public struct Numbering<Key: StreamKey>: ~Copyable {
  @usableFromInline var table: StreamTable<Key>
  @usableFromInline let limit: Int

  /// Creates a numbering for at most `limit` conversations, whose hashing is keyed by `hashSeed`.
  ///
  /// - Precondition: `limit` is not negative.
  /// - Complexity: O(1)
  @inlinable
  public init(limit: Int = 1 << 20, hashSeed: UInt64) {
    precondition(limit >= 0, "the limit of conversations must not be negative")
    table = StreamTable(seed: hashSeed)
    self.limit = limit
  }

  /// Creates a numbering with a hash seed from the system's random numbers.
  ///
  /// - Precondition: `limit` is not negative.
  /// - Complexity: O(1)
  @inlinable
  public init(limit: Int = 1 << 20) {
    self.init(limit: limit, hashSeed: .random(in: 0 ... .max))
  }

  /// The number of conversations known.
  ///
  /// - Complexity: O(1)
  public var count: Int { table.count }

  /// The next number of a conversation. It is never given out again.
  ///
  /// - Complexity: O(1)
  @inlinable
  public mutating func next(in conversation: Key) throws(NumberingError) -> UInt64 {
    let hash = table.hash(conversation)
    guard let reference = table.find(conversation, hash: hash) else {
      if table.count >= limit { throw .tooManyConversations }
      _ = table.insert(conversation, hash: hash, Cell(next: 2, epoch: 0))
      return 1
    }
    let next = reference.cell.next
    guard Position.isValid(number: next) else { throw .exhausted }
    reference.cell = Cell(next: next &+ 1, epoch: 0)
    return next
  }

  /// The last number given out in a conversation; 0 if none was.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func last(in conversation: Key) -> UInt64 {
    guard let reference = table.find(conversation, hash: table.hash(conversation)) else { return 0 }
    return reference.cell.next &- 1
  }

  /// Goes on behind `number`, which was given out before, here or by a predecessor. It never goes backwards.
  ///
  /// - Complexity: O(1)
  ///
  /// ```swift
  /// try numbering.resume("lobby", after: database.lastNumber("lobby"))
  /// ```
  @inlinable
  public mutating func resume(_ conversation: Key, after number: UInt64) throws(NumberingError) {
    guard number <= Position.lastNumber else { throw .invalidNumber }
    let hash = table.hash(conversation)
    if let reference = table.find(conversation, hash: hash) {
      if number >= reference.cell.next { reference.cell = Cell(next: number &+ 1, epoch: 0) }
    } else {
      if table.count >= limit { throw .tooManyConversations }
      _ = table.insert(conversation, hash: hash, Cell(next: number &+ 1, epoch: 0))
    }
  }

  /// Forgets a conversation. Keep the answer and `resume` with it, or its numbers are given out again.
  ///
  /// - Returns: the last number given out; `nil` if the conversation is unknown.
  /// - Complexity: O(1)
  @inlinable
  public mutating func forget(_ conversation: Key) -> UInt64? {
    guard let reference = table.find(conversation, hash: table.hash(conversation)) else { return nil }
    let last = reference.cell.next &- 1
    table.remove(reference)
    return last
  }
}

extension Numbering: @unchecked Sendable where Key: Sendable {}

/// Why a number cannot be given out.
public enum NumberingError: Error, Sendable, Hashable {
  /// The conversation has used its last number, 2⁵³ − 1.
  case exhausted
  /// The conversation is new, and as many as the limit are known.
  case tooManyConversations
  /// The number lies above 2⁵³ − 1.
  case invalidNumber
}

extension Numbering where Key: PersistentStreamKey {
  /// What was given out, as bytes: versioned, checksummed, and the same for the same state.
  ///
  /// - Complexity: O(*n* log *n*) in the number of conversations.
  public func snapshot() -> [UInt8] {
    var encoder = SnapshotFormat.Encoder<Key>()
    table.forEach { key, cell in encoder.append(StreamRecord(stream: key, next: cell.next)) }
    return encoder.finish(.numbering)
  }

  /// Creates a numbering that goes on behind a snapshot. What was given out after it was written is given out again: write
  /// it before the numbers are used.
  ///
  /// - Throws: `SnapshotError`, whatever is wrong with the bytes.
  /// - Complexity: O(*n*) in the number of conversations.
  public init(restoring snapshot: [UInt8], limit: Int = 1 << 20, hashSeed: UInt64) throws(SnapshotError) {
    self.init(limit: limit, hashSeed: hashSeed)
    try SnapshotFormat.decode(snapshot, .numbering, limit: limit) {
      (record: StreamRecord<Key>) throws(SnapshotError) in
      guard record == StreamRecord(stream: record.stream, next: record.next) else { throw .malformed }
      let hash = table.hash(record.stream)
      guard table.find(record.stream, hash: hash) == nil else { throw .malformed }
      _ = table.insert(record.stream, hash: hash, Cell(next: record.next, epoch: 0))
    }
  }
}
