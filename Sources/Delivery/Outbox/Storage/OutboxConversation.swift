public import Sequencer

/// A conversation of an outbox.
@usableFromInline
struct OutboxConversation<Key: StreamKey>: Chained {
  @usableFromInline enum Kind { case turn }

  @usableFromInline let key: Key
  @usableFromInline var epoch: UInt32
  /// The next number to be given out.
  @usableFromInline var next: UInt64
  /// The highest number that may have reached the receiver.
  @usableFromInline var highest: UInt64
  /// Messages whose number is open, by number.
  @usableFromInline var open = Chain()
  /// Those that hold no place and are to be sent, by number, whether their records are written or not.
  @usableFromInline var waiting = Chain()
  /// Those that hold a place and are to be sent again, by number.
  @usableFromInline var due = Chain()
  /// Places taken: in flight, backing off or due.
  @usableFromInline var places = 0
  /// Failed messages that hold the conversation.
  @usableFromInline var holds = 0
  /// Slots of messages that name it.
  @usableFromInline var entries = 0
  @usableFromInline var isInTurn = false
  @usableFromInline var turn = Link()

  @inlinable
  init(key: Key, epoch: UInt32, next: UInt64) {
    self.key = key
    self.epoch = epoch
    self.next = next
    highest = next &- 1
  }

  @inlinable @inline(__always)
  func link(_ kind: Kind) -> Link { turn }

  @inlinable @inline(__always)
  mutating func setLink(_ kind: Kind, _ link: Link) { turn = link }

  @inlinable @inline(__always)
  mutating func setEarlier(_ kind: Kind, _ slot: UInt32) { turn.earlier = slot }

  @inlinable @inline(__always)
  mutating func setLater(_ kind: Kind, _ slot: UInt32) { turn.later = slot }
}
