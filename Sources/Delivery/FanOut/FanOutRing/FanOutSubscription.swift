internal import Sequencer

/// How far one subscriber of a ``FanOutRing`` has come, and its account: ``delivered`` + ``lagged`` = ``position`` − ``start``,
/// always and exactly.
///
/// It is a plain value of 24 bytes that belongs to no thread: keep ten thousand of them in an array, and hand each to the reader of
/// the thread that serves it. A subscriber that leaves needs no farewell; one that does not read costs nothing and holds up
/// nobody. A copy is a subscriber of its own that starts where the original stands.
///
/// ```swift
/// var (subscription, start) = reader.subscribe(from: Position(epoch: 1, number: 41))
/// reader.drain(&subscription) { delivery in … }
/// subscription.position                                   // the number to come back with
/// ```
@frozen
public struct FanOutSubscription: Sendable, Hashable {
  @usableFromInline package var next: UInt64
  @usableFromInline var lost: UInt64

  /// The number after which it began to count: of the last message that it had seen, or that there was.
  public let start: UInt64

  @inlinable
  package init(after start: UInt64) {
    self.start = start
    next = start &+ 1
    lost = 0
  }

  /// The last number that it was given or told about. With the ring's epoch, it is what to come back with.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var position: UInt64 { next &- 1 }

  /// Numbers that it was told will not come.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var lagged: UInt64 { lost }

  /// Messages that it was given.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var delivered: UInt64 { position &- start &- lost }

  @inlinable
  mutating func lose(below position: UInt64) {
    lost &+= position &- next
    next = position
  }
}

extension FanOutSubscription {
  /// Where a subscriber with a token starts, and what it has missed.
  ///
  /// - Parameters:
  ///   - token: the last message that it has seen, or nil: from now on. It may come from a peer.
  ///   - head: the last message published.
  ///   - floor: below it, nothing can be read any more.
  static func starting(after token: Position?, at head: Position, floor: UInt64) -> (FanOutSubscription, FanOutStart) {
    guard let token else { return (FanOutSubscription(after: head.number), .nothingMissed) }
    guard token.epoch == head.epoch else { return (FanOutSubscription(after: head.number), .otherEpoch) }
    // After the last number there is nothing, whatever a peer says.
    var subscription = FanOutSubscription(after: min(token.number, Position.lastNumber))
    if token.number == head.number { return (subscription, .nothingMissed) }
    if token.number > head.number { return (subscription, .ahead) }
    if subscription.next >= floor { return (subscription, .replay(subscription.next...head.number)) }
    let first = min(floor, head.number &+ 1)
    let gap = subscription.next...first &- 1
    subscription.lose(below: first)
    return (subscription, .gap(gap, replay: first <= head.number ? first...head.number : nil))
  }
}
