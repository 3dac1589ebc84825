/// The end of an ``SPSCQueue`` that pushes. It may be sent to another thread, but not be used by two.
///
/// ```swift
/// var producer = queue.makeProducer()
/// let accepted = producer.push(contentsOf: batch.span)           // what fits, in order
/// if doorbell.notify() { wake() }                                // once for all of them
/// ```
public struct SPSCProducer<Element: Sendable & ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var side: SPSCProducerSide<HardwareWord, Element>

  @inlinable
  init(of ring: BlockRing<HardwareWord, Element>) {
    side = SPSCProducerSide(of: ring)
  }

  /// Puts an element into the queue, where the consumer sees it at once. It wakes nobody.
  ///
  /// - Returns: `.pushed`, or `.full` or `.closed` with the element.
  /// - Complexity: O(1), without waiting and without a read-modify-write.
  @inlinable @inline(__always)
  public mutating func push(_ element: consuming Element) -> PushOutcome<Element> { side.push(element) }

  /// Puts up to `count` elements into the queue, as many as there is room for, and makes only those.
  ///
  /// The consumer sees them in runs of a cache line.
  ///
  /// - Parameter make: makes the element of this index, from 0 up.
  /// - Returns: how many were made and pushed; less than `count` if the queue is full, 0 if it is closed.
  /// - Complexity: O(`count`).
  @inlinable @inline(__always)
  public mutating func push(upTo count: Int, _ make: (Int) -> Element) -> Int { side.push(upTo: count, make) }

  /// Whether the queue was closed.
  @inlinable
  public var isClosed: Bool { side.status.isClosed }

  /// Ends the queue: this was all. What was pushed still comes out, and then the consumer is finished. It
  /// wakes nobody: notify a consumer that may be asleep.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func close() { side.status.settle() }
}

extension SPSCProducer {
  /// Puts copies of elements into the queue, the first ones that there is room for.
  ///
  /// The consumer sees them in runs of a cache line.
  ///
  /// - Returns: how many were pushed; less than all if the queue is full, 0 if it is closed.
  /// - Complexity: O(*n*) in the number of elements.
  @inlinable @inline(__always)
  public mutating func push(contentsOf elements: Span<Element>) -> Int {
    side.push(upTo: elements.count) { index in unsafe elements[unchecked: index] }
  }
}
