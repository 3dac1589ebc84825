/// How many messages of a batch are worked on together: enough to overlap their cache misses, few enough that what the first
/// pass fetched is still there for the last.
@usableFromInline let batchLength = 64

/// Room for the hashes of a batch.
@safe
@usableFromInline
struct BatchScratch: ~Copyable {
  @usableFromInline let hashes: UnsafeMutablePointer<UInt64>
  /// What the touching passes read, so that the reads are not left out.
  @usableFromInline var touched: UInt64 = 0

  @usableFromInline
  init() { unsafe hashes = .allocate(capacity: batchLength) }

  @inlinable
  deinit { unsafe hashes.deallocate() }
}

extension Sequencer {
  /// Takes many messages at once, with the same results as one by one, in the order given.
  ///
  /// A look-up in a large table waits for memory. Here the waiting overlaps: first the places of 64 streams are fetched, then
  /// what they point at, and only then are the messages taken.
  ///
  /// - Parameters:
  ///   - arrivals: what arrived.
  ///   - now: the caller's clock, the same for all.
  ///   - emit: is called with each event, in order.
  ///   - outcome: is called with the index of each message and what became of it, after the events that it caused.
  /// - Complexity: O(*n*) in the number of messages, and those that they let through.
  ///
  /// ```swift
  /// sequencer.receive(arrivals.span, at: now) { event in handle(event) } outcome: { index, outcome in
  ///   if outcome == .rejected(.overCapacity) { sendAgainLater(arrivals[index]) }
  /// }
  /// ```
  @inlinable
  public mutating func receive(
    _ arrivals: Span<Arrival<Key, Message>>, at now: Instant, _ emit: (consuming Event) -> Void,
    outcome: (Int, ReceiveOutcome) -> Void
  ) {
    if arrivals.count > 0 { clock.note(now) }
    var start = 0
    while start < arrivals.count {
      let end = min(start &+ batchLength, arrivals.count)
      fetch(arrivals, start, end)
      for index in start..<end {
        let hash = unsafe scratch.hashes[index &- start]
        let arrival = arrivals[index]
        outcome(index, receive(arrival, hash, emit))
      }
      start = end
    }
  }

  @inlinable @inline(__always)
  mutating func receive(
    _ arrival: Arrival<Key, Message>, _ hash: UInt64, _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    let (key, number) = (arrival.stream, arrival.number)
    guard Self.isPlain(number, arrival.epoch, arrival.base),
      table.advance(key, hash: hash, arrival.epoch, ifNext: number)
    else {
      return receiveOutOfLine(arrival.message, number, arrival.epoch, arrival.base, key, hash, emit)
    }
    counters.countDelivery(number)
    emit(.delivered(stream: key, position: Position(epoch: arrival.epoch, number: number), message: arrival.message))
    return .delivered
  }

  /// Hashes the keys of a batch, reads the table's lines for them, and then the headers that those name: reads that do not
  /// wait for each other.
  @inlinable
  mutating func fetch(_ arrivals: Span<Arrival<Key, Message>>, _ start: Int, _ end: Int) {
    var touched: UInt64 = 0
    for index in start..<end {
      let hash = table.hash(arrivals[index].stream)
      unsafe scratch.hashes[index &- start] = hash
      touched &+= table.touchHome(hash)
    }
    if store.hasHeaders {
      for index in start..<end {
        let hash = unsafe scratch.hashes[index &- start]
        touched &+= table.touchHeader(arrivals[index].stream, hash)
      }
    }
    scratch.touched &+= touched
  }
}

extension StreamTable {
  /// Reads the first words of a stream's header, if it has one and stands where its search starts.
  @inlinable @inline(__always)
  func touchHeader(_ key: Key, _ hash: UInt64) -> UInt64 {
    let bucket = home(hash)
    let cells = unsafe cells(of: bucket)
    // Most buckets name no header at all.
    if unsafe (cells[0] | cells[1] | cells[2] | cells[3]) & Cell.hasHeader == 0 { return 0 }
    let slot = unsafe Key._slot(of: key, keys: keys(of: bucket), cells: cells)
    guard slot >= 0, unsafe Cell(bits: cells[slot]).hasHeader else { return 0 }
    return unsafe Stream<Key>(Cell(bits: cells[slot]).header).next
  }
}
