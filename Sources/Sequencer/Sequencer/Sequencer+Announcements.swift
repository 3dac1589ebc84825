/// What a sender says besides its messages: how far it has come, and what will not come.
extension Sequencer where Message: ~Copyable {
  /// Notes the newest number that a sender claims to have sent, as a heartbeat carries it: what is missing up to it is a gap
  /// from now on, even if nothing ever arrives above it.
  ///
  /// A number beyond the window counts as the window's last one. After a message was refused as `.beyondWindow`, note the tip
  /// `number - 1`: the gap opens, is asked for, and in the end given up, so a long loss does not stall the stream. That goes on
  /// by a window a gap timeout; where much more was lost than a window, and somebody knows where to go on, `resynchronize`.
  ///
  /// - Complexity: O(1), and O(*k*) in the messages that a higher epoch lets go.
  ///
  /// ```swift
  /// let outcome = sequencer.noteTip(heartbeat.newest, of: "alice", at: now) { event in handle(event) }
  /// ```
  @inlinable
  public mutating func noteTip(
    _ number: UInt64, epoch: UInt32 = 0, of stream: Key, at now: Instant, _ emit: (consuming Event) -> Void
  ) -> TipOutcome {
    clock.note(now)
    guard Position.isValid(number: number) else { return .rejected(.invalidNumber) }
    let place: Addressee
    do throws(Rejection) { place = try addressee(stream, epoch) } catch { return .rejected(error) }
    let tip = min(number, place.next &+ window &- 1, Position.lastNumber)
    if number < place.next || tip <= place.top {
      place.found?.touch()
      return .known
    }
    if place.found == nil, table.count >= streamLimit { return .rejected(.tooManyStreams) }
    if heldCount &- place.freed >= bufferLimit { return .rejected(.overCapacity) }

    let (reference, header) = admit(stream, epoch, place, hasSlots: true, emit)
    let holder = withSlots(reference, header)
    occupy(1, holder)
    openGap(below: tip &+ 1, holder)
    store.mark(tip, isVoid: false, in: holder)
    holder.top = tip
    return tip < number ? .clamped : .noted
  }

  /// Notes that these numbers will not come, because their messages were cancelled or refused: they are skipped in their turn
  /// (reason `.void`), and nobody waits for them. A message that comes all the same wins over the void.
  ///
  /// A range that reaches down to the next number may be of any length; one that lies ahead must end within the window.
  ///
  /// - Complexity: O(*k*) in the messages that are let through; for a range ahead O(*v* + *w* / 16) in the numbers that it voids and
  ///   its length, which is at most the window.
  ///
  /// ```swift
  /// let outcome = sequencer.void(7...9, of: "alice", at: now) { event in handle(event) }
  /// ```
  @inlinable
  public mutating func void(
    _ numbers: ClosedRange<UInt64>, epoch: UInt32 = 0, of stream: Key, at now: Instant,
    _ emit: (consuming Event) -> Void
  ) -> VoidOutcome {
    clock.note(now)
    let last = numbers.upperBound
    guard Position.isValid(number: numbers.lowerBound), Position.isValid(number: last) else {
      return .rejected(.invalidNumber)
    }
    let place: Addressee
    do throws(Rejection) { place = try addressee(stream, epoch) } catch { return .rejected(error) }
    let next = place.next
    let first = max(numbers.lowerBound, next)
    let room = bufferLimit &- heldCount &+ place.freed
    var places = 0
    var isKnown = last < next
    if last >= next, first > next {
      if last &- next >= window { return .rejected(.beyondWindow) }
      places = Int(truncatingIfNeeded: last &- first &+ 1)
      if let stream = place.current {
        guard let lacks = stream.countMissing(first, last, room: room) else { return .rejected(.overCapacity) }
        (places, isKnown) = (lacks.places, lacks.missing == 0)
      }
    }
    if place.found == nil, table.count >= streamLimit { return .rejected(.tooManyStreams) }
    if places > room { return .rejected(.overCapacity) }
    if isKnown {
      place.found?.touch()
      return .known
    }

    let (reference, header) = admit(stream, epoch, place, hasSlots: first > next, emit)
    if first == next {
      release(header, through: last, .void, emit)
      settle(reference, header)
    } else {
      voidAhead(first, last, withSlots(reference, header))
    }
    return .voided
  }

  /// The same for a half-open range. An empty one is `.rejected(.invalidNumber)`.
  @inlinable
  public mutating func void(
    _ numbers: Range<UInt64>, epoch: UInt32 = 0, of stream: Key, at now: Instant, _ emit: (consuming Event) -> Void
  ) -> VoidOutcome {
    if numbers.isEmpty {
      clock.note(now)
      return .rejected(.invalidNumber)
    }
    return void(numbers.lowerBound...(numbers.upperBound &- 1), epoch: epoch, of: stream, at: now, emit)
  }

  /// Voids what is missing of a range ahead.
  @inlinable
  mutating func voidAhead(_ first: UInt64, _ last: UInt64, _ stream: Stream<Key>) {
    let oldTop = max(stream.top, stream.next &- 1)
    if first > oldTop &+ 1 { openGap(below: first, stream) }
    var number = stream.firstMissing(from: first, through: last)
    while number <= last {
      if stream.kind(of: number) == .missing { occupy(1, stream) }
      store.mark(number, isVoid: true, in: stream)
      // What is above the top is missing, whatever its bits: the top follows.
      stream.top = max(stream.top, number)
      number = stream.firstMissing(from: number &+ 1, through: last)
    }
    if first <= oldTop { gaps.noteFilled(first...last, of: stream) }
  }

  /// Finds whom an announcement is about, if it is to be heard at all.
  @inlinable
  func addressee(_ key: Key, _ epoch: UInt32) throws(Rejection) -> Addressee {
    let hash = table.hash(key)
    guard let found = table.find(key, hash: hash) else {
      guard start == .one else { throw .unknownStream }
      return Addressee(hash: hash, found: nil, known: nil, isNewEpoch: true)
    }
    let known = Standing<Key>(found.cell)
    if epoch < known.epoch { throw .staleEpoch }
    return Addressee(hash: hash, found: found, known: known, isNewEpoch: epoch > known.epoch)
  }

  /// The header of a stream that has been checked: a new stream is opened, a higher epoch begun.
  @inlinable
  mutating func admit(
    _ key: Key, _ epoch: UInt32, _ place: Addressee, hasSlots: Bool, _ emit: (consuming Event) -> Void
  ) -> (CellReference, Stream<Key>) {
    guard let found = place.found, let known = place.known else {
      counters.opened &+= 1
      let stream = store.makeStream(key, next: 1, epoch: epoch, hasSlots: hasSlots)
      return unsafe (table.insert(key, hash: place.hash, Cell(header: stream.block)), stream)
    }
    found.touch()
    let stream = header(of: found, known, key, hasSlots: hasSlots)
    if place.isNewEpoch { beginEpoch(epoch, stream, emit) }
    return (found, stream)
  }

  @usableFromInline
  typealias Addressee = AnnouncementAddressee<Key>
}

/// Whom an announcement is about: a known stream, one that begins a higher epoch with it, or one that opens with it.
@usableFromInline
struct AnnouncementAddressee<Key: StreamKey> {
  @usableFromInline let hash: UInt64
  @usableFromInline let found: CellReference?
  @usableFromInline let known: Standing<Key>?
  /// Whether nothing of the stream's present holds any more: its epoch is over, or it is new.
  @usableFromInline let isNewEpoch: Bool

  @inlinable
  init(hash: UInt64, found: CellReference?, known: Standing<Key>?, isNewEpoch: Bool) {
    self.hash = hash
    self.found = found
    self.known = known
    self.isNewEpoch = isNewEpoch
  }

  /// The stream's header, if it has one that stays.
  @inlinable var current: Stream<Key>? { isNewEpoch ? nil : known?.stream }

  @inlinable var next: UInt64 { isNewEpoch ? 1 : known?.next ?? 1 }

  /// The highest number known of, or the one before `next`.
  @inlinable var top: UInt64 { isNewEpoch ? 0 : known?.top ?? 0 }

  /// Places of the buffer that the end of the epoch gives back.
  @inlinable var freed: Int { isNewEpoch ? known?.held ?? 0 : 0 }
}
