internal import Sequencer

/// Publishes each message once, for any number of subscribers, who read at their own pace.
///
/// One thread publishes. A few threads read, each for as many subscribers as it likes: a subscriber is a value of 24 bytes, and
/// publishing costs the same for one of them as for ten thousand. Nobody waits for anybody: who is slow is overtaken, and is told
/// exactly which numbers it missed.
///
/// ```swift
/// let ring = FanOutRing<String>(capacity: 1_024, readers: 2)
/// var publisher = ring.makePublisher()
/// var reader = ring.makeReader()
/// var (subscription, start) = reader.subscribe(from: nil)       // from now on: .nothingMissed
/// _ = publisher.publish("hello")                                // .published(1)
/// reader.drain(&subscription) { delivery in
///   switch delivery {
///   case .messages(let messages, from: let first): for index in messages.indices { send(messages[index]) }
///   case .lagged(let numbers): sendAgain(numbers)
///   case .closed: hangUp()
///   }
/// }
/// ```
///
/// Messages are numbered 1, 2, 3 … up to 2⁵³ − 1 within an epoch; an epoch and a number are a `Position`, with which a
/// subscriber that was away comes back. A new epoch is a new ring.
///
/// The newest `capacity - capacity / 8` messages can always be read, and up to `capacity`. An older one is let go when the one
/// that takes its place comes, or by ``FanOutPublisher/clear()``; a reader keeps up to 64 more.
///
/// A message is safe to overwrite because each reader says in a word of its own what it is copying, for as long as that takes,
/// and the publisher looks at these words an eighth of the ring ahead. So payloads may be of any kind, and reading one costs the
/// subscriber nothing: of the other ways that were measured, those that check each message after they have read it do not
/// work for reference-counted payloads and cost seven times as much in bursts; and lending the slots themselves would run the
/// subscribers' code while the publisher may not go on.
///
/// Memory: for each message of the capacity the stride of an optional element; 256 bytes a reader and 512 for the ring; 64 elements
/// and some 100 bytes for each reader that is made. Nothing is allocated after that.
public final class FanOutRing<Element: Sendable>: @unchecked Sendable {
  @usableFromInline let core: FanOutCore<Element, HardwareWord>

  /// Creates a ring whose next message has the number `head + 1`.
  ///
  /// - Parameter capacity: messages to keep, rounded up to a power of two.
  /// - Parameter readers: how many threads read at a time. Publishing looks at each of them every `capacity / 8` messages.
  /// - Precondition: the capacity is 1 … 2²⁸, there are 1 … 65,536 readers, and the head is at most 2⁵³ − 1.
  /// - Complexity: O(`capacity` + `readers`)
  public init(capacity: Int, readers: Int, epoch: UInt32 = 1, after head: UInt64 = 0) {
    precondition(1...1 << 28 ~= capacity, "the capacity must be 1 to 2^28")
    precondition(1...1 << 16 ~= readers, "there must be 1 to 65,536 readers")
    precondition(head <= Position.lastNumber, "the head must be at most 2^53 - 1")
    core = FanOutCore(capacity: capacity.roundedUpToPowerOfTwo, readers: readers, epoch: epoch, after: head)
  }

  /// Messages that the ring keeps, a power of two.
  ///
  /// - Complexity: O(1)
  public var capacity: Int { core.ring.capacity }

  /// The epoch of the numbers.
  ///
  /// - Complexity: O(1)
  public var epoch: UInt32 { core.epoch }

  /// The last number published or skipped. A snapshot.
  ///
  /// - Complexity: O(1)
  public var head: UInt64 { core.head }

  /// Whether the publisher has closed the ring.
  ///
  /// - Complexity: O(1)
  public var isClosed: Bool { core.isClosed }

  /// The end that publishes. When it is given back, by the end of its life, another thread may make one.
  ///
  /// - Precondition: there is none at present.
  /// - Complexity: O(1)
  public func makePublisher() -> FanOutPublisher<Element> {
    guard let writer = core.takeWriter() else { preconditionFailure("the ring has a publisher already") }
    return FanOutPublisher(writer)
  }

  /// An end for a thread that reads. When it is given back, by the end of its life, another thread may make one.
  ///
  /// - Precondition: there are fewer at present than the ring was created for.
  /// - Complexity: O(`readers`)
  public func makeReader() -> FanOutReader<Element> {
    guard let reader = core.takeReader() else { preconditionFailure("all of the ring's readers are taken") }
    return FanOutReader(reader)
  }
}
