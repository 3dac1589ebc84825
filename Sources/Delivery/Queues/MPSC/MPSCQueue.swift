/// A bounded queue into which any thread may push and from which one takes out. Lock-free, and nobody ever waits in it.
///
/// ```swift
/// let queue = MPSCQueue<Message>(capacity: 65_536)
///
/// // on any thread
/// if case .full(let message) = queue.push(message) { … }          // it comes back
///
/// // on one thread
/// var consumer = queue.makeConsumer()
/// consumer.drain { message in … }
/// ```
///
/// If one push has returned before another begins, on whatever threads, its element comes out first. That is why there is one
/// line for all: a thread that is suspended in the middle of a push delays what others push after it, until it runs again.
/// Where every producer has work of its own, an ``SPSCQueue`` for each is faster, and orders nothing between them.
///
/// With a ``Doorbell``, notify after the last push *and before waiting for room*. The consumer may have looked because another
/// thread notified, found nothing since a push of this one was still under way before it, and gone to sleep.
///
/// The queue owns what is inside and releases it when it goes away.
public final class MPSCQueue<Element: Sendable & ~Copyable>: Sendable {
  @usableFromInline let ring: TicketRing<HardwareWord, Element>

  /// Creates an empty queue with all the memory that it will ever need: for each element its own size and 8 bytes, times the
  /// next power of two.
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
    ring = TicketRing(capacity: capacity, startingAt: origin)
  }

  /// How many elements it holds.
  @inlinable
  public var capacity: Int { Int(truncatingIfNeeded: ring.capacity) }

  /// How many elements are inside, those included that are being pushed. While others push and pop, a moment's view.
  ///
  /// - Complexity: O(1). It reads what the others write, so a hot loop does better without.
  @inlinable
  public var count: Int { ring.count }

  /// Whether nothing is inside and nothing is being pushed. While others push and pop, a moment's view.
  ///
  /// - Complexity: O(1).
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// Puts an element into the queue. It wakes nobody.
  ///
  /// - Returns: `.pushed`, or `.full` or `.closed` with the element.
  /// - Complexity: O(1): one compare-and-exchange, more where others push at the same moment.
  @inlinable @inline(__always)
  public func push(_ element: consuming Element) -> PushOutcome<Element> { ring.push(element) }

  /// Puts up to `count` elements into the queue, as many as there is room for, side by side, and makes only those.
  ///
  /// Their places are taken before they are made, and what others push afterwards waits for them: `make` should be quick.
  ///
  /// - Parameter make: makes the element of this index, from 0 up.
  /// - Returns: how many were made and pushed; less than `count` if the queue is full, 0 if it is closed.
  /// - Complexity: O(`count`), with one compare-and-exchange for all, more where others push at the same moment.
  @inlinable @inline(__always)
  public func push(upTo count: Int, _ make: (Int) -> Element) -> Int { ring.push(upTo: count, make) }

  /// Whether it was closed.
  @inlinable
  public var isClosed: Bool { ring.isClosed }

  /// Ends the queue: nothing more is accepted. What was accepted still comes out, also from a push that is under way. Any
  /// thread may do it, any number of times. It wakes nobody: notify a consumer that may be asleep.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func close() { ring.close() }

  /// Takes the end that takes out. When it goes away, it may be taken again, by any thread.
  ///
  /// - Precondition: nobody has it.
  /// - Complexity: O(1).
  @inlinable
  public func makeConsumer() -> MPSCConsumer<Element> { MPSCConsumer(of: ring) }
}

extension MPSCQueue {
  /// Puts copies of elements into the queue, side by side, the first ones that there is room for.
  ///
  /// - Returns: how many were pushed; less than all if the queue is full, 0 if it is closed.
  /// - Complexity: O(*n*) in the number of elements, with one compare-and-exchange for all.
  @inlinable @inline(__always)
  public func push(contentsOf elements: Span<Element>) -> Int {
    ring.push(upTo: elements.count) { index in unsafe elements[unchecked: index] }
  }
}
