/// The end of an ``SPSCQueue`` that takes out. It may be sent to another thread, but not be used by two.
///
/// ```swift
/// var consumer = queue.makeConsumer()
/// while true {
///   consumer.drain { message in handle(message) }
///   if consumer.isFinished { break }
///   if doorbell.park() { sleepUntilWoken() }
/// }
/// ```
public struct SPSCConsumer<Element: Sendable & ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var side: SPSCConsumerSide<HardwareWord, Element>

  @inlinable
  init(of ring: BlockRing<HardwareWord, Element>) {
    side = SPSCConsumerSide(of: ring)
  }

  /// Takes out the oldest element; `nil` if there is none.
  ///
  /// - Complexity: O(1), without waiting and without a read-modify-write.
  @inlinable @inline(__always)
  public mutating func pop() -> Element? { side.pop() }

  /// Takes elements out, oldest first, and hands them to `body` one by one, until `limit` of them or none is left.
  ///
  /// An element is out of the queue before `body` sees it. When `body` throws, the later ones stay inside. The room goes
  /// back to the producer in runs of a cache line, not with each element.
  ///
  /// - Returns: how many were taken out.
  /// - Complexity: O(*n*) in the number of elements.
  @inlinable @inline(__always)
  @discardableResult
  public mutating func drain<Failure: Error>(
    limit: Int = .max, _ body: (consuming Element) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    try side.drain(limit: limit, body)
  }

  /// Whether the queue is closed, all of it was taken out, and nothing can come any more.
  ///
  /// Where the producer closes the queue, or has gone away, that is so as soon as the last element is out. Where somebody else
  /// closes it, a push may be under way; the producer's next push, which is refused, or its going away tells the two apart.
  /// A consumer that does not care stops when ``isClosed`` is true and ``pop()`` answers `nil`.
  ///
  /// - Complexity: O(1).
  @inlinable
  public var isFinished: Bool { side.isFinished }

  /// Whether the queue was closed.
  @inlinable
  public var isClosed: Bool { side.ring.status.isClosed }

  /// Asks for nothing more to be pushed; see ``SPSCQueue/close()``.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func close() { side.ring.status.close() }
}
