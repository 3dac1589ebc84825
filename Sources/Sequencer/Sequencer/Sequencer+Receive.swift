extension Sequencer where Message: ~Copyable {
  /// Takes a message that arrived, and emits what it lets through.
  ///
  /// - Parameters:
  ///   - message: whatever the number stands for. A refused or repeated one is dropped; the outcome names it.
  ///   - number: its number in its stream, from 1.
  ///   - epoch: the sender's epoch. A higher one than before ends the old one: what waited is emitted, what was missing is
  ///     skipped.
  ///   - base: the sender's oldest open number, if it sends one along: what is missing below it will not come.
  ///   - stream: whose message it is.
  ///   - now: the caller's clock. It expires nothing here; that is for `advance(to:_:)`.
  ///   - emit: is called with each event, in order, before the method returns.
  /// - Complexity: O(1) for a message in order, however many streams there are; O(*k*) for one that lets *k* others through.
  ///
  /// ```swift
  /// let outcome = sequencer.receive(text, number: 7, from: "alice", at: now) { event in
  ///   switch event {
  ///   case .delivered(_, _, let message), .late(_, _, let message): show(message)
  ///   case .skipped(_, _, let numbers, _): showHole(numbers)
  ///   case .missing(let stream, _, let numbers, _): askAgain(stream, numbers)
  ///   }
  /// }
  /// ```
  @inlinable @inline(__always)
  public mutating func receive(
    _ message: consuming Message, number: UInt64, epoch: UInt32 = 0, base: UInt64? = nil, from stream: Key,
    at now: Instant, _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    clock.note(now)
    let isPlain = Self.isPlain(number, epoch, base)
    var hash: UInt64 = 0
    var isNext = isPlain && table.advanceRecent(stream, epoch, ifNext: number)
    if !isNext {
      hash = table.hash(stream)
      isNext = isPlain && table.advance(stream, hash: hash, epoch, ifNext: number)
    }
    guard isNext else { return receiveOutOfLine(message, number, epoch, base, stream, hash, emit) }
    counters.countDelivery(number)
    emit(.delivered(stream: stream, position: Position(epoch: epoch, number: number), message: message))
    return .delivered
  }

  /// Whether a message of these is delivered if its stream is quiet and it is the next one. A base at or below the next number
  /// says nothing new; it only must not lie above its own number.
  @inlinable @inline(__always)
  static func isPlain(_ number: UInt64, _ epoch: UInt32, _ base: UInt64?) -> Bool {
    epoch <= Cell.largestEpoch && Position.isValid(number: number) && isValid(base: base, of: number)
  }

  @inlinable @inline(__always)
  static func isValid(base: UInt64?, of number: UInt64) -> Bool {
    guard let base else { return true }
    return base &- 1 < number
  }

  /// Takes a message that is not simply the next one of a quiet stream.
  ///
  /// First everything is checked against what *will* be the next number once the epoch and the base have been applied, so
  /// that a refusal changes nothing; then it is done.
  @inlinable @inline(never)
  mutating func receiveOutOfLine(
    _ message: consuming Message, _ number: UInt64, _ epoch: UInt32, _ base: UInt64?, _ key: Key, _ hash: UInt64,
    _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    guard Position.isValid(number: number), Self.isValid(base: base, of: number) else {
      return reject(.invalidNumber)
    }
    guard let reference = table.find(key, hash: hash) else {
      return receiveUnknown(message, number, epoch, base, key, hash, emit)
    }
    let known = Standing<Key>(reference.cell)
    if epoch < known.epoch { return reject(.staleEpoch) }
    if epoch == known.epoch, number == known.next, !known.isWaiting {
      // In order, but with a header, or not in the bucket where its search starts.
      moveOn(reference, known, key)
      counters.countDelivery(number)
      emit(.delivered(stream: key, position: Position(epoch: epoch, number: number), message: message))
      return .delivered
    }
    if known.stream == nil, epoch == known.epoch, number < known.next {
      // A quiet stream has skipped nothing, so this one was emitted.
      reference.touch()
      counters.duplicates &+= 1
      return .duplicate(.emitted)
    }
    if let outcome = refusal(of: number, base, epoch > known.epoch, known) { return outcome }
    reference.touch()
    let stream = header(of: reference, known, key, hasSlots: number > known.next)
    if epoch > known.epoch { beginEpoch(epoch, stream, emit) }
    if let base, base > stream.next { release(stream, through: base &- 1, .void, emit) }
    return place(message, number, reference, stream, emit)
  }

  /// Moves a stream that waits for nothing on by one.
  @inlinable
  mutating func moveOn(_ reference: CellReference, _ known: Standing<Key>, _ key: Key) {
    if let stream = known.stream {
      stream.next = known.next &+ 1
      reference.touch()
    } else {
      reference.cell = Cell(next: known.next &+ 1, epoch: known.epoch)
      unsafe table.noteRecent(key, reference.address)
    }
  }

  /// Why a message of a known stream has to be refused, if it has.
  @inlinable
  mutating func refusal(
    of number: UInt64, _ base: UInt64?, _ isNewEpoch: Bool, _ known: Standing<Key>
  ) -> ReceiveOutcome? {
    var next = isNewEpoch ? 1 : known.next
    if let base, base > next { next = isNewEpoch ? base : Self.next(after: base, known) }
    if number <= next { return nil }
    if number &- next >= window { return reject(.beyondWindow) }
    let isMarked = !isNewEpoch && known.stream.map { $0.kind(of: number) != .missing } ?? false
    if isMarked || heldCount < bufferLimit { return nil }
    return Self.frees(next, isNewEpoch, known) ? nil : reject(.overCapacity)
  }

  /// The next number once a base has voided what is missing below it, and what is held there and right behind it is out.
  @inlinable @inline(never)
  static func next(after base: UInt64, _ known: Standing<Key>) -> UInt64 {
    known.stream?.firstMissing(from: base) ?? base
  }

  /// Whether anything held goes out before a number is placed, and gives up its place in the buffer.
  @inlinable @inline(never)
  static func frees(_ next: UInt64, _ isNewEpoch: Bool, _ known: Standing<Key>) -> Bool {
    guard let stream = known.stream, stream.isWaiting else { return false }
    return isNewEpoch || stream.firstMark(from: known.next) < next
  }

  /// Takes the first message of a stream, if the start policy lets it.
  @inlinable
  mutating func receiveUnknown(
    _ message: consuming Message, _ number: UInt64, _ epoch: UInt32, _ base: UInt64?, _ key: Key, _ hash: UInt64,
    _ emit: (consuming Event) -> Void
  ) -> ReceiveOutcome {
    if start == .reject { return reject(.unknownStream) }
    let next = start == .firstSeen ? base ?? number : base ?? 1
    if number &- next >= window { return reject(.beyondWindow) }
    if table.count >= streamLimit { return reject(.tooManyStreams) }
    if number > next, heldCount >= bufferLimit { return reject(.overCapacity) }
    counters.opened &+= 1
    if epoch <= Cell.largestEpoch, number == 1 {
      _ = table.insert(key, hash: hash, Cell(next: 2, epoch: epoch))
      counters.countDelivery(1)
      emit(.delivered(stream: key, position: Position(epoch: epoch, number: 1), message: message))
      return .delivered
    }
    let stream = store.makeStream(key, next: 1, epoch: epoch, hasSlots: number > next)
    let reference = unsafe table.insert(key, hash: hash, Cell(header: stream.block))
    if next > 1 {
      if start == .firstSeen {
        remember(1, next &- 1, stream)
        stream.next = next
      } else {
        release(stream, through: next &- 1, .void, emit)
      }
    }
    return place(message, number, reference, stream, emit)
  }

  @inlinable
  mutating func reject(_ rejection: Rejection) -> ReceiveOutcome {
    counters.rejected &+= 1
    return .rejected(rejection)
  }
}
