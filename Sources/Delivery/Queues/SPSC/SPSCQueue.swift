/// A bounded queue between two threads: one pushes, the other takes out. Lock-free on both sides, and neither ever waits.
///
/// ```swift
/// let queue = SPSCQueue<Message>(capacity: 1_024)
///
/// // on one thread
/// var producer = queue.makeProducer()
/// if case .full(let message) = producer.push(message) { … }      // it comes back
///
/// // on the other
/// var consumer = queue.makeConsumer()
/// consumer.drain { message in … }
/// ```
///
/// Full and empty are answers; what to do then is the caller's business. ``Doorbell`` is for a consumer that wants to sleep.
///
/// The queue owns what is inside and releases it when it goes away. It is shared; the ends are not, and the compiler sees to
/// it: each is a value that cannot be copied, and taking an end that is taken is a programming error.
public final class SPSCQueue<Element: Sendable & ~Copyable>: Sendable {
  @usableFromInline let ring: BlockRing<HardwareWord, Element>

  /// Creates an empty queue with all the memory that it will ever need: 64 bytes for each six elements of eight bytes, for
  /// example, and an element of more than 24 has as many lines to itself as it needs.
  ///
  /// - Parameter capacity: how many elements it holds, 1 to 2²⁸. It need not be a power of two.
  /// - Complexity: O(capacity).
  @inlinable
  public convenience init(capacity: Int) {
    self.init(capacity: capacity, startingAt: 0)
  }

  /// Creates a queue whose first element has this position, so that tests can come to the end of the counters.
  @inlinable
  package init(capacity: Int, startingAt origin: UInt64) {
    ring = BlockRing(capacity: capacity, startingAt: origin)
  }

  /// How many elements it holds.
  @inlinable
  public var capacity: Int { ring.capacity }

  /// How many elements are inside. While others push and pop, a moment's view.
  ///
  /// - Complexity: O(log capacity). It reads what the two sides write, so a hot loop does better without.
  @inlinable
  public var count: Int { ring.count }

  /// Whether nothing is inside. While others push and pop, a moment's view.
  ///
  /// - Complexity: O(log capacity).
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// Whether it was closed.
  @inlinable
  public var isClosed: Bool { ring.status.isClosed }

  /// Asks for nothing more to be pushed. Any thread may do it, any number of times.
  ///
  /// A push that begins afterwards is refused. One that is under way in another thread is either accepted, and then comes
  /// out, or refused; see ``SPSCConsumer/isFinished`` for when that is certain. A consumer that sleeps has to be notified:
  /// by whoever closes, and by the producer once it was refused or has ended.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func close() { ring.status.close() }

  /// Takes the end that pushes. When it goes away, it may be taken again, by any thread.
  ///
  /// - Precondition: nobody has it.
  /// - Complexity: O(log capacity).
  @inlinable
  public func makeProducer() -> SPSCProducer<Element> { SPSCProducer(of: ring) }

  /// Takes the end that takes out. When it goes away, it may be taken again, by any thread.
  ///
  /// - Precondition: nobody has it.
  /// - Complexity: O(log capacity).
  @inlinable
  public func makeConsumer() -> SPSCConsumer<Element> { SPSCConsumer(of: ring) }
}
