public import Sequencer

/// The end of a ``FanOutRing`` through which one thread reads, for all the subscribers that it serves.
///
/// ```swift
/// var reader = ring.makeReader()
/// for index in subscriptions.indices {
///   reader.drain(&subscriptions[index]) { delivery in … }
/// }
/// ```
///
/// It copies up to 64 messages out of the ring, and lends the copy to all subscriptions that stand there: one retain a message, not one
/// for each subscriber. So the closures run when the ring is already free of the reader: they may take long, block and publish.
///
/// The copy is kept until the reader needs another one, until it finds nothing new and the ring does not have the messages any
/// more, until ``release()``, and no longer than the reader lives.
public struct FanOutReader<Element: Sendable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var reader: RingReader<Element, HardwareWord>

  init(_ reader: consuming RingReader<Element, HardwareWord>) { self.reader = reader }

  /// Starts a subscription after the last message that the subscriber has seen, or from now on. Says what it missed.
  ///
  /// The token may come from a peer: any is answered. To have all that is kept, whatever was seen before, subscribe from
  /// `Position(epoch: ring.epoch, number: 0)`.
  ///
  /// - Complexity: O(1)
  public func subscribe(from token: Position?) -> (subscription: FanOutSubscription, start: FanOutStart) {
    reader.core.subscribe(from: token)
  }

  /// The token with which the subscriber comes back.
  ///
  /// - Complexity: O(1)
  public func token(of subscription: FanOutSubscription) -> Position {
    Position(epoch: reader.core.epoch, number: subscription.position)
  }

  /// Gives the subscription what it has not had, up to what was published before the call, in order. Returns how many
  /// messages that was.
  ///
  /// - Parameter limit: how many messages it gets at most.
  /// - Parameter body: what to do with them. If it throws, then what it was called with does not count as delivered or told: it comes
  ///   again.
  /// - Precondition: the limit is not negative.
  /// - Complexity: O(*messages delivered*), and what is lost takes no longer to tell than the ring has places.
  @inlinable
  @discardableResult
  public mutating func drain<Failure>(
    _ subscription: inout FanOutSubscription, limit: Int = .max,
    _ body: (borrowing FanOutDelivery<Element>) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    precondition(limit >= 0, "a limit must not be negative")
    return try reader.drain(&subscription, limit: limit, body)
  }

  /// Gives all of the subscriptions what they have not had, up to what was published before the call; each in order, and all of
  /// them in turn, up to 64 messages at a time. So each message is copied once, however far behind they are together.
  ///
  /// - Parameter body: what to do with it, and the index of the subscription. If it throws, then what it was called with comes
  ///   again, to that subscription and those that did not have it yet.
  /// - Complexity: O(*subscriptions* + *messages delivered*), and what is lost takes no longer to tell than the ring has places.
  @inlinable
  public mutating func drain<Failure>(
    _ subscriptions: inout MutableSpan<FanOutSubscription>,
    _ body: (_ index: Int, borrowing FanOutDelivery<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    try reader.drain(&subscriptions, body)
  }

  /// The next message of the subscription, copied, or what there is instead.
  ///
  /// - Complexity: O(1); every 64 messages, what it takes to copy these
  @inlinable
  public mutating func next(_ subscription: inout FanOutSubscription) -> FanOutNext<Element> {
    reader.next(&subscription)
  }

  /// Lets go of the messages that the reader keeps. For a thread that is going to park.
  ///
  /// - Complexity: O(1), and the ends of up to 64 messages
  public mutating func release() { reader.release() }
}
