/// Streams as a whole: looking at them, opening, closing and moving them.
extension Sequencer where Message: ~Copyable {
  /// The stream's epoch and the number that it emits next; `nil` if it is unknown.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func position(of stream: Key) -> Position? {
    guard let reference = table.find(stream, hash: table.hash(stream)) else { return nil }
    let standing = Standing<Key>(reference.cell)
    return Position(epoch: standing.epoch, number: standing.next)
  }

  /// What has been emitted of a stream, and may be acknowledged; `nil` if it is unknown. What is only buffered is not in it.
  ///
  /// - Complexity: O(*k*) in the number of skipped ranges, which it copies.
  ///
  /// ```swift
  /// if let progress = sequencer.progress(of: "alice") { socket.send(acknowledgement: progress) }
  /// ```
  @inlinable
  public func progress(of stream: Key) -> StreamProgress? {
    guard let record = record(of: stream) else { return nil }
    return StreamProgress(epoch: record.epoch, above: record.floor, through: record.next &- 1, except: record.skipped)
  }

  /// What is worth keeping of a stream; `nil` if it is unknown.
  ///
  /// - Complexity: O(*k*) in the number of skipped ranges.
  @inlinable
  public func record(of stream: Key) -> StreamRecord<Key>? {
    guard let reference = table.find(stream, hash: table.hash(stream)) else { return nil }
    return Standing(reference.cell).record(of: stream)
  }

  /// Calls `body` with the record of every stream, in no particular order.
  ///
  /// - Complexity: O(*n*) in the number of streams.
  @inlinable
  public func forEachRecord(_ body: (StreamRecord<Key>) -> Void) {
    table.forEach { key, cell in body(Standing(cell).record(of: key)) }
  }

  /// Opens a stream where its record says, whatever the start policy. A record with more ranges than the ledger holds loses
  /// the lowest.
  ///
  /// - Complexity: O(*k*) in the number of skipped ranges.
  ///
  /// ```swift
  /// if case .rejected(.unknownStream) = outcome {
  ///   _ = sequencer.open(database.load("alice") ?? StreamRecord(stream: "alice"))
  /// }
  /// ```
  @inlinable
  public mutating func open(_ record: StreamRecord<Key>) -> OpenOutcome {
    guard record.isValid else { return .rejected(.invalidRecord) }
    let hash = table.hash(record.stream)
    if table.find(record.stream, hash: hash) != nil { return .alreadyOpen }
    if table.count >= streamLimit { return .rejected(.tooManyStreams) }
    counters.opened &+= 1
    if record.epoch <= Cell.largestEpoch, record.floor == 0, record.skipped.isEmpty {
      _ = table.insert(record.stream, hash: hash, Cell(next: record.next, epoch: record.epoch))
      return .opened
    }
    let stream = store.makeStream(record.stream, next: record.next, epoch: record.epoch, hasSlots: false)
    let reference = unsafe table.insert(record.stream, hash: hash, Cell(header: stream.block))
    stream.floor = record.floor
    for range in record.skipped { remember(range.lowerBound, range.upperBound, stream) }
    settle(reference, stream)
    return .opened
  }

  /// Ends a stream: emits what waits, names what is missing (reason `.closed`), and forgets it.
  ///
  /// - Returns: false if the stream is unknown.
  /// - Complexity: O(*k*) in the number of messages that waited.
  ///
  /// ```swift
  /// sequencer.close("alice") { event in handle(event) }
  /// ```
  @inlinable
  @discardableResult
  public mutating func close(_ stream: Key, _ emit: (consuming Event) -> Void) -> Bool {
    guard let reference = table.find(stream, hash: table.hash(stream)) else { return false }
    if let header = Standing<Key>(reference.cell).stream {
      end(header, .closed, emit)
      store.release(header)
    }
    table.remove(reference)
    return true
  }

  /// Makes `next` the stream's next number, because whoever knows says so: a server's history, a resume token.
  ///
  /// Within the epoch it only goes forwards: what is missing before `next` is skipped (reason `.resync`), what is held before
  /// it is emitted. In a higher epoch, and for an unknown stream, it starts at `next` and takes what lies below as emitted.
  ///
  /// - Complexity: O(*k*) in the number of messages that are let through.
  ///
  /// ```swift
  /// _ = sequencer.resynchronize("alice", next: history.next) { event in handle(event) }
  /// ```
  @inlinable
  public mutating func resynchronize(
    _ stream: Key, next: UInt64, epoch: UInt32 = 0, _ emit: (consuming Event) -> Void
  ) -> ResynchronizeOutcome {
    guard next >= 1, next <= Position.lastNumber &+ 1 else { return .rejected(.invalidNumber) }
    let hash = table.hash(stream)
    guard let reference = table.find(stream, hash: hash) else {
      if case .rejected(let rejection) = open(StreamRecord(stream: stream, epoch: epoch, next: next)) {
        return .rejected(rejection)
      }
      return .resynchronized
    }
    let known = Standing<Key>(reference.cell)
    if epoch < known.epoch { return .rejected(.staleEpoch) }
    if epoch == known.epoch, next < known.next { return .rejected(.behind) }
    reference.touch()
    if epoch == known.epoch, next == known.next { return .resynchronized }
    let header = header(of: reference, known, stream, hasSlots: false)
    if epoch > known.epoch {
      beginEpoch(epoch, header, emit)
      header.next = next
      header.top = next &- 1
    } else {
      release(header, through: next &- 1, .resync, emit)
    }
    settle(reference, header)
    return .resynchronized
  }

  /// Hands back the records of the streams that nothing has touched since the last call and that hold nothing ahead, and
  /// forgets them. With the start policy `.reject`, and a store that the records go to, a server can know ten million
  /// conversations and keep those in memory that are awake.
  ///
  /// - Complexity: O(*n*) in the number of streams known. The order of visiting is not specified.
  ///
  /// ```swift
  /// sequencer.evictIdle { record in database.save(record) }
  /// ```
  @inlinable
  public mutating func evictIdle(_ body: (StreamRecord<Key>) -> Void) {
    var evicted: UInt64 = 0
    table.removeAll { key, reference in
      let cell = reference.cell
      let standing = Standing<Key>(cell)
      if cell.isTouched || standing.isWaiting {
        reference.clearTouched()
        return false
      }
      body(standing.record(of: key))
      if let stream = standing.stream {
        unsafe stream.header.pointee.ledger.clear(&quota, &store.sizes)
        store.release(stream)
      }
      evicted &+= 1
      return true
    }
    counters.evicted &+= evicted
  }
}
