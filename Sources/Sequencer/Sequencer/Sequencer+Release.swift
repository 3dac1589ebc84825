/// How numbers leave a stream: emitted or skipped, in order.
extension Sequencer where Message: ~Copyable {
  /// Moves `next` on: emits what is held, and gives up what is missing up to `limit`; stops at the first missing number
  /// above it.
  ///
  /// - Parameters:
  ///   - reason: why the missing numbers are given up. Voided ones are skipped as `.void` in any case.
  ///   - isRemembered: whether what is skipped enters the ledger.
  @inlinable
  mutating func release(
    _ stream: Stream<Key>, through limit: UInt64, _ reason: SkipReason, isRemembered: Bool = true,
    _ emit: (consuming Event) -> Void
  ) {
    var run = SkipRun(at: stream.next)
    while true {
      let next = stream.next
      switch stream.kind(of: next) {
      case .message:
        flush(&run, stream, isRemembered, emit)
        let message = store.take(next, from: stream)
        vacate(1, stream)
        stream.next = next &+ 1
        run = SkipRun(at: next &+ 1)
        counters.countDelivery(next)
        emit(.delivered(stream: stream.key, position: Position(epoch: stream.epoch, number: next), message: message))
        continue
      case .void:
        if run.reason != .void { flush(&run, stream, isRemembered, emit) }
        unmark(next, stream)
        run.extend(through: next, .void)
      case .tip where next <= limit:
        if run.reason != reason { flush(&run, stream, isRemembered, emit) }
        unmark(next, stream)
        run.extend(through: next, reason)
      case .missing where next <= limit:
        if run.reason != reason { flush(&run, stream, isRemembered, emit) }
        run.extend(through: next > stream.top ? limit : min(limit, stream.firstMark(from: next) &- 1), reason)
      case .tip, .missing:
        flush(&run, stream, isRemembered, emit)
        gaps.stopPassed(stream)
        return
      }
      stream.next = run.end
    }
  }

  /// Emits the run of skipped numbers that has been gathered, and begins another behind it.
  @inlinable
  mutating func flush(
    _ run: inout SkipRun, _ stream: Stream<Key>, _ isRemembered: Bool, _ emit: (consuming Event) -> Void
  ) {
    if run.isEmpty { return }
    counters.skipped &+= run.end &- run.first
    if isRemembered { remember(run.first, run.end &- 1, stream) }
    emit(.skipped(stream: stream.key, epoch: stream.epoch, numbers: run.first...(run.end &- 1), reason: run.reason))
    run = SkipRun(at: run.end)
  }

  /// Ends the stream's epoch, in order, and begins a higher one.
  @inlinable
  mutating func beginEpoch(_ epoch: UInt32, _ stream: Stream<Key>, _ emit: (consuming Event) -> Void) {
    end(stream, .epoch, emit)
    stream.epoch = epoch
    stream.next = 1
    stream.top = 0
  }

  /// Emits all that a stream holds, names all that is missing, and forgets what it skipped.
  @inlinable
  mutating func end(_ stream: Stream<Key>, _ reason: SkipReason, _ emit: (consuming Event) -> Void) {
    if stream.isWaiting { release(stream, through: stream.top, reason, isRemembered: false, emit) }
    unsafe stream.header.pointee.ledger.clear(&quota, &store.sizes)
  }

  /// Enters what was skipped into the stream's ledger.
  @inlinable
  mutating func remember(_ first: UInt64, _ last: UInt64, _ stream: Stream<Key>) {
    unsafe stream.header.pointee.ledger.append(first, last, &quota, &store.sizes)
  }
}

/// Skipped numbers that go into one event: a run with one reason.
@usableFromInline
struct SkipRun {
  @usableFromInline let first: UInt64
  /// The number behind the run.
  @usableFromInline var end: UInt64
  @usableFromInline var reason = SkipReason.void

  @inlinable
  init(at first: UInt64) {
    self.first = first
    end = first
  }

  @inlinable var isEmpty: Bool { end == first }

  @inlinable
  mutating func extend(through last: UInt64, _ reason: SkipReason) {
    end = last &+ 1
    self.reason = reason
  }
}

// MARK: - Headers and places

extension Sequencer where Message: ~Copyable {
  /// The stream's header; a quiet stream is given one.
  @inlinable
  mutating func header(
    of reference: CellReference, _ known: Standing<Key>, _ key: Key, hasSlots: Bool
  ) -> Stream<Key> {
    if let stream = known.stream { return stream }
    let stream = store.makeStream(key, next: known.next, epoch: known.epoch, hasSlots: hasSlots)
    reference.cell = unsafe Cell(header: stream.block)
    return stream
  }

  /// The stream with slots for messages. One without them holds nothing, so it can move.
  @inlinable
  mutating func withSlots(_ reference: CellReference, _ stream: Stream<Key>) -> Stream<Key> {
    if stream.hasSlots { return stream }
    let stream = store.moved(stream, hasSlots: true)
    reference.cell = unsafe Cell(header: stream.block)
    return stream
  }

  /// Gives back what a stream no longer needs: its slots when nothing is ahead, its header when nothing is worth a header.
  @inlinable
  mutating func settle(_ reference: CellReference, _ stream: Stream<Key>) {
    if stream.isWaiting { return }
    let isTouched = reference.cell.isTouched
    if !stream.needsHeader {
      reference.cell = Cell(next: stream.next, epoch: stream.epoch)
      store.release(stream)
    } else if stream.hasSlots {
      reference.cell = unsafe Cell(header: store.moved(stream, hasSlots: false).block)
    }
    if !isTouched { reference.clearTouched() }
  }

  /// The same for a stream whose place in the table is not at hand.
  @inlinable
  mutating func settle(_ stream: Stream<Key>) {
    if stream.isWaiting { return }
    let key = stream.key
    if let reference = table.find(key, hash: table.hash(key)) { settle(reference, stream) }
  }

  @inlinable
  mutating func occupy(_ places: Int, _ stream: Stream<Key>) {
    heldCount &+= places
    stream.held &+= UInt32(truncatingIfNeeded: places)
  }

  @inlinable
  mutating func vacate(_ places: Int, _ stream: Stream<Key>) {
    heldCount &-= places
    stream.held &-= UInt32(truncatingIfNeeded: places)
  }

  /// Gives back the place of a void or a tip.
  @inlinable
  mutating func unmark(_ number: UInt64, _ stream: Stream<Key>) {
    store.unmark(number, in: stream)
    vacate(1, stream)
  }
}
