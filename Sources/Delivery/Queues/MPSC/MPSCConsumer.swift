/// The end of an ``MPSCQueue`` that takes out. It may be sent to another thread, but not be used by two.
///
/// ```swift
/// var consumer = queue.makeConsumer()
/// while true {
///   consumer.drain { message in handle(message) }
///   if consumer.isFinished { break }
///   if doorbell.park() { sleepUntilWoken() }
/// }
/// ```
public struct MPSCConsumer<Element: Sendable & ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var side: MPSCConsumerSide<HardwareWord, Element>

  @inlinable
  init(of ring: TicketRing<HardwareWord, Element>) {
    side = MPSCConsumerSide(of: ring)
  }

  /// Takes out the oldest element; `nil` if there is none, or if the oldest is still being pushed.
  ///
  /// - Complexity: O(1), without waiting and without a read-modify-write.
  @inlinable @inline(__always)
  public mutating func pop() -> Element? { side.pop() }

  /// Takes elements out, oldest first, and hands them to `body` one by one, until `limit` of them or none is left.
  ///
  /// An element is out of the queue before `body` sees it. When `body` throws, the later ones stay inside. The room goes
  /// back to the producers 64 elements at a time, not with each element.
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

  /// Whether the queue is closed and all that it accepted was taken out. It stays so.
  ///
  /// - Complexity: O(1).
  @inlinable
  public var isFinished: Bool { side.isFinished }

  /// Whether the queue was closed.
  @inlinable
  public var isClosed: Bool { side.ring.isClosed }

  /// Ends the queue; see ``MPSCQueue/close()``.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func close() { side.ring.close() }
}
