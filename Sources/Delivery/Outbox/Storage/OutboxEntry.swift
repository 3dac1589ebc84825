/// Where a message of an outbox stands. What may follow what:
///
/// | state      | what it waits for                     | holds a place | in flight | leaves it by                           |
/// | ---------- | ------------------------------------- | ------------- | --------- | -------------------------------------- |
/// | unwritten  | its record to be pulled               | –             | –         | `nextEvent` → writing                  |
/// | writing    | its record to be confirmed            | –             | –         | `persisted` → waiting                  |
/// | waiting    | a place in its conversation           | –             | –         | transmission → in flight               |
/// | in flight  | an acknowledgement                    | yes           | yes       | timeout, refusal → backing off         |
/// | backing off| the end of its delay                  | yes           | –         | delay over, `resend` → due             |
/// | due        | its turn, once more                   | yes           | –         | transmission → in flight               |
/// | failed     | the user                              | –             | –         | `retry` → unwritten; `discard` → gone  |
/// | gone       | its last events to be pulled          | –             | –         | `nextEvent` → free                     |
///
/// The first three stand in the conversation's line in the order of their numbers, so that a message whose record is still
/// being written is not overtaken. An outage or a `resend` makes what is in flight due, and the attempt goes on; any failure
/// for good leads to failed, and an acknowledgement leads from every state of a transmitted message to gone.
@usableFromInline
enum OutboxState {
  case unwritten, writing, waiting, inFlight, backingOff, due, failed, gone, free
}

/// What an outbox has still to tell of a message.
@usableFromInline
struct PendingEvents {
  @usableFromInline var persist = false
  @usableFromInline var status = false
  /// Whether the message stands in the line of those of which there is something to tell.
  @usableFromInline var isAnnounced = false

  @inlinable
  init() {}
}

/// A message of an outbox.
@usableFromInline
struct OutboxEntry<Message>: Chained {
  /// The chains that a message can stand in: its conversation's open numbers; a conversation's waiting or due ones, or all in
  /// flight; those with something to tell; those whose records are being written.
  @usableFromInline enum Kind { case open, queue, event, writing }

  @usableFromInline let id: UInt64
  /// 0 while it has none: voided, or settled.
  @usableFromInline var number: UInt64 = 0
  @usableFromInline let conversation: UInt32
  @usableFromInline var state: OutboxState
  /// Whether it may have reached the receiver under its number: transmitted, or restored.
  @usableFromInline var mayHaveArrived = false
  /// Whether it may have under the number that it has now. A message of an earlier epoch has another.
  @usableFromInline var numberMayHaveArrived = false
  /// Whether the attempt that is being made was transmitted.
  @usableFromInline var wasTransmitted = false
  /// Whether its failure holds its conversation.
  @usableFromInline var isHolding = false
  @usableFromInline var pending = PendingEvents()
  /// The attempt that is being made or comes next, from 1. It goes on over the rounds, so that a refusal of an earlier one is
  /// known as such.
  @usableFromInline var attempt: UInt32 = 1
  /// Failed attempts of this round.
  @usableFromInline var failures: UInt32 = 0
  @usableFromInline var status: DeliveryStatus = .sending(round: 0)
  /// In flight: when its acknowledgement is overdue. Writing: the sequence number of its record.
  @usableFromInline var mark: UInt64 = 0
  /// When its round's first transmission was; all ones: not yet.
  @usableFromInline var began: UInt64 = .max
  /// How long a round may take, in nanoseconds; all ones: for ever.
  @usableFromInline var lifetime: UInt64
  @usableFromInline var expiresAt: UInt64 = .max
  @usableFromInline var expiry = TimerHandle.none
  @usableFromInline var backoff = TimerHandle.none
  @usableFromInline var message: Message?

  @usableFromInline var open = Link()
  @usableFromInline var queue = Link()
  @usableFromInline var event = Link()
  @usableFromInline var writing = Link()

  @inlinable
  init(id: UInt64, conversation: UInt32, state: OutboxState, lifetime: UInt64, message: consuming Message) {
    self.id = id
    self.conversation = conversation
    self.state = state
    self.lifetime = lifetime
    self.message = message
  }

  @inlinable @inline(__always)
  func link(_ kind: Kind) -> Link {
    switch kind {
    case .open: open
    case .queue: queue
    case .event: event
    case .writing: writing
    }
  }

  @inlinable @inline(__always)
  mutating func setLink(_ kind: Kind, _ link: Link) {
    switch kind {
    case .open: open = link
    case .queue: queue = link
    case .event: event = link
    case .writing: writing = link
    }
  }

  @inlinable @inline(__always)
  mutating func setEarlier(_ kind: Kind, _ slot: UInt32) {
    switch kind {
    case .open: open.earlier = slot
    case .queue: queue.earlier = slot
    case .event: event.earlier = slot
    case .writing: writing.earlier = slot
    }
  }

  @inlinable @inline(__always)
  mutating func setLater(_ kind: Kind, _ slot: UInt32) {
    switch kind {
    case .open: open.later = slot
    case .queue: queue.later = slot
    case .event: event.later = slot
    case .writing: writing.later = slot
    }
  }
}

extension Slab {
  /// Puts a message into a line where its number belongs. Nearly always that is the end.
  @inlinable @inline(__always)
  mutating func lineUp<Message>(_ slot: UInt32, in chain: inout Chain) where Element == OutboxEntry<Message> {
    if chain.last == Chain.none || self[chain.last].number < self[slot].number {
      append(slot, to: &chain, .queue)
    } else {
      insertSorted(slot, in: &chain)
    }
  }

  @inlinable @inline(never)
  mutating func insertSorted<Message>(_ slot: UInt32, in chain: inout Chain) where Element == OutboxEntry<Message> {
    // From both ends at once: whether many are put back in ascending or in descending order, each is soon at its place.
    let number = self[slot].number
    var later = chain.first
    var earlier = self[chain.last].link(.queue).earlier
    while self[later].number < number {
      if earlier != Chain.none, self[earlier].number < number {
        later = self[earlier].link(.queue).later
        break
      }
      later = self[later].link(.queue).later
      if earlier != Chain.none { earlier = self[earlier].link(.queue).earlier }
    }
    insert(slot, before: later, in: &chain, .queue)
  }
}
