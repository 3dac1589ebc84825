/// Where an accepted message goes: out, into the window, or nowhere.
extension Sequencer where Message: ~Copyable {
  /// Puts an accepted message where it belongs: out, into the window, or nowhere.
  @inlinable
  mutating func place(
    _ message: consuming Message, _ number: UInt64, _ reference: CellReference, _ stream: Stream<Key>,
    _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    let next = stream.next
    if number == next {
      deliverNext(message, stream, emit)
      settle(reference, stream)
      return .delivered
    }
    if number < next {
      let outcome = placeBehind(message, number, stream, emit)
      settle(reference, stream)
      return outcome
    }
    switch stream.kind(of: number) {
    case .message:
      counters.duplicates &+= 1
      return .duplicate(.buffered)
    case .void:
      store.hold(message, number, in: stream)
    case .tip:
      store.hold(message, number, in: stream)
      gaps.noteFilled(number...number, of: stream)
    case .missing:
      let stream = withSlots(reference, stream)
      occupy(1, stream)
      store.hold(message, number, in: stream)
      noteAhead(number, number, stream)
    }
    counters.buffered &+= 1
    return .buffered
  }

  /// Emits the next message of a stream, and the run that waited behind it.
  @inlinable
  mutating func deliverNext(
    _ message: consuming Message, _ stream: Stream<Key>, _ emit: (consuming Event) -> Void
  ) {
    let number = stream.next
    let isWaiting = stream.isWaiting
    if isWaiting, stream.kind(of: number) == .tip { unmark(number, stream) }
    stream.next = number &+ 1
    counters.countDelivery(number)
    emit(.delivered(stream: stream.key, position: Position(epoch: stream.epoch, number: number), message: message))
    if isWaiting { release(stream, through: 0, .void, emit) }
  }

  /// Tells a late message from a repeated one.
  @inlinable
  mutating func placeBehind(
    _ message: consuming Message, _ number: UInt64, _ stream: Stream<Key>, _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    if unsafe stream.header.pointee.ledger.remove(number, &quota, &store.sizes) {
      counters.late &+= 1
      emit(.late(stream: stream.key, position: Position(epoch: stream.epoch, number: number), message: message))
      return .late
    }
    if unsafe number <= stream.header.pointee.ledger.floor {
      counters.stale &+= 1
      return .stale
    }
    counters.duplicates &+= 1
    return .duplicate(.emitted)
  }

  /// Notes that `first ... last`, ahead of `next`, is no longer missing: it opens the gap below it, or fills one.
  @inlinable
  mutating func noteAhead(_ first: UInt64, _ last: UInt64, _ stream: Stream<Key>) {
    let known = max(stream.top, stream.next &- 1)
    if first <= known { gaps.noteFilled(first...last, of: stream) }
    if last <= known { return }
    if first > known &+ 1 { openGap(below: first, stream) }
    stream.top = last
  }

  /// Starts the clock of what is missing between the stream's top and `number`. The top has not moved yet.
  @inlinable
  mutating func openGap(below number: UInt64, _ stream: Stream<Key>) {
    if !stream.isSuspended { gaps.open(upTo: number &- 1, of: stream, at: clock.own) }
  }
}
