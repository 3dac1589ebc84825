public import Sequencer

/// What a connection is given: one switch over it handles all that can happen. It is borrowed, and cannot be taken apart by
/// `if case`.
public enum HubDelivery<Element>: ~Copyable, ~Escapable {
  /// At most 64 messages with consecutive numbers, the first of which has the number `from`. They are borrowed: copy what is
  /// to be kept.
  case messages(Span<Element>, from: UInt64)
  /// These will not come: they have been overwritten or forgotten, or were skipped by the publisher.
  case lagged(ClosedRange<UInt64>)
  /// The news of a key, which counts only while it is new.
  case latest(key: UInt64, Element)
  /// Some news of keys were missed: ask for the present state of all of them, where that is known.
  case resynchronize
  /// The subscription is over; this is its account. What is answered does not matter.
  case ended(HubAccount, HubEnd)
}

/// What a connection says to what it was given.
@frozen
public enum HubAnswer: Sendable, Hashable {
  /// It took that and can take more.
  case ready
  /// It took that, and nothing more is to come, of any topic, until ``HubLoop/resume(_:)``.
  case blocked
  /// It took only so many of the messages (or, of what is not messages, all), and nothing more is to come until ``HubLoop/resume(_:)``.
  case took(Int)
  /// It took that; the subscription is to end.
  case leave
  /// It is gone, and did not take that: all its subscriptions are to end.
  case disconnect
}

/// Why a subscription is over.
@frozen
public enum HubEnd: Sendable, Hashable {
  /// The connection asked for it.
  case left
  /// The topic is closed, and all of it has been delivered.
  case closed
  /// The connection is gone, or was disconnected by the caller.
  case disconnected
  /// The connection fell too far behind, at once or for too long.
  case hardLimit, softLimit
}

/// What became of every message of a subscription: `delivered + lagged == position.number - start`, exactly.
@frozen
public struct HubAccount: Sendable, Hashable {
  /// The topic's number, as it was opened.
  public let topic: UInt64
  /// The message after which the subscription began to count.
  public let start: UInt64
  /// The last message that it was given or told about: what to subscribe from, to go on.
  public let position: Position
  /// Messages that it was given.
  public let delivered: UInt64
  /// Messages that it was told will not come.
  public let lagged: UInt64

  @usableFromInline
  init(topic: UInt64, start: UInt64, position: Position, delivered: UInt64, lagged: UInt64) {
    self.topic = topic
    self.start = start
    self.position = position
    self.delivered = delivered
    self.lagged = lagged
  }
}
