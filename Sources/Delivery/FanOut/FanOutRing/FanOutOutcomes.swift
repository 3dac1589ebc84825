/// What became of a message that was to be published.
@frozen
public enum PublishOutcome<Element> {
  /// It has this number, and every subscriber from here on will have it or hear that it was overtaken.
  case published(UInt64)
  /// A reader has been interrupted in the middle of copying what stands in the message's place. Try again in a moment: no
  /// subscriber can cause this for longer than the system keeps a thread from running.
  case busy(Element)
  /// The ring is closed.
  case closed(Element)
  /// The last message had the last number, 2⁵³ − 1. A ring of the next epoch has to follow.
  case exhausted(Element)
}

extension PublishOutcome: Sendable where Element: Sendable {}
extension PublishOutcome: Equatable where Element: Equatable {}

/// What became of numbers that were to be skipped.
@frozen
public enum SkipOutcome: Sendable, Hashable {
  /// The next message has the number after them.
  case skipped
  /// They were published or skipped before; nothing has changed.
  case behind
  /// A reader is in the middle of copying: skip again, before anything is published. The head says how far it went.
  case busy
  /// The ring is closed.
  case closed
}

/// What a subscriber missed before it subscribed, as of that moment. What it misses later is ``FanOutDelivery/lagged(_:)``.
@frozen
public enum FanOutStart: Sendable, Hashable {
  /// It has seen all there is, or asked for what is new from now on.
  case nothingMissed
  /// It missed these, and they are still here: they come first.
  case replay(ClosedRange<UInt64>)
  /// It missed both; the first are gone, the others are still here and come first. What is gone counts as lagged, and is not
  /// told again.
  case gap(ClosedRange<UInt64>, replay: ClosedRange<UInt64>?)
  /// It has seen another epoch, so its number says nothing about this one. It starts from now on.
  case otherEpoch
  /// It has seen more than has been published here: this instance lags. Nothing comes before the head has passed it.
  case ahead
}

/// What a subscriber is given: one switch over it handles all that can happen.
public enum FanOutDelivery<Element>: ~Copyable, ~Escapable {
  /// Messages with consecutive numbers, the first of which has the number `from`. They are borrowed: copy what is to be kept.
  case messages(Span<Element>, from: UInt64)
  /// These will not come: they have been overwritten or cleared, or were skipped by the publisher.
  case lagged(ClosedRange<UInt64>)
  /// The ring is closed, and all that was in it has come.
  case closed
}

/// What a subscriber finds that asks for one message.
@frozen
public enum FanOutNext<Element> {
  case message(number: UInt64, Element)
  /// These will not come: they have been overwritten or cleared, or were skipped by the publisher.
  case lagged(ClosedRange<UInt64>)
  /// Nothing new.
  case empty
  /// The ring is closed, and all that was in it has come.
  case closed
}

extension FanOutNext: Sendable where Element: Sendable {}
extension FanOutNext: Equatable where Element: Equatable {}
