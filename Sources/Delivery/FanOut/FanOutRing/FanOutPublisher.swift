/// The end of a ``FanOutRing`` that publishes. There is one at a time; it may move from thread to thread.
///
/// ```swift
/// var publisher = ring.makePublisher()
/// switch publisher.publish(message) {
/// case .published(let number): acknowledge(number)
/// case .busy(let message): later(message)
/// case .closed(let message), .exhausted(let message): reject(message)
/// }
/// ```
public struct FanOutPublisher<Element: Sendable>: ~Copyable, @unchecked Sendable {
  @usableFromInline var writer: RingWriter<Element, HardwareWord>

  init(_ writer: consuming RingWriter<Element, HardwareWord>) { self.writer = writer }

  /// The last number published or skipped.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var head: UInt64 { writer.head }

  /// Publishes a message under the number after ``head``, or gives it back.
  ///
  /// The message whose place it takes is let go once the new one can be read.
  ///
  /// - Complexity: O(1); every `capacity / 8` messages, O(`readers`). It does not depend on the number of subscribers.
  @inlinable
  public mutating func publish(_ element: consuming Element) -> PublishOutcome<Element> { writer.publish(element) }

  /// Publishes messages together: readers see all of them or none, except those that the ring is too small for. Returns
  /// how many were published; the others were not, for the reasons of ``publish(_:)``.
  ///
  /// - Complexity: O(*n*) in the number of messages
  @inlinable
  public mutating func publish(contentsOf elements: Span<Element>) -> Int { writer.publish(contentsOf: elements) }

  /// Says that the numbers up to `number` will not come: they were lost before they reached this ring. Subscribers hear of them
  /// as lagged. Messages before them can be read as far as the ring reaches.
  ///
  /// - Complexity: O(min(*k*, `capacity`)) for *k* numbers
  public mutating func skip(through number: UInt64) -> SkipOutcome { writer.skip(through: min(number, (1 << 53) - 1)) }

  /// Drops all messages that the ring keeps; head and epoch stay. Subscribers that have not read them hear of them as lagged,
  /// unless their reader has copied them already.
  ///
  /// - Returns: whether the messages were let go. If not, then a reader was interrupted in the middle of copying: nobody
  ///   can read the messages any more, but their memory is only freed by the next call, or by those that take their places.
  /// - Complexity: O(`capacity`)
  public mutating func clear() -> Bool { writer.clear() }

  /// Wakes the tasks that wait for messages: once after a batch, since publishing wakes nobody.
  ///
  /// - Complexity: O(*tasks that wait*): one read-modify-write if there is none.
  public func notify() { writer.core.waiters.wakeAll() }

  /// Closes the ring. What is in it still comes out; then subscribers hear that it is closed, and tasks that wait are woken for
  /// it. Nothing can be published any more.
  ///
  /// - Complexity: O(*tasks that wait*)
  public mutating func close() {
    writer.close()
    notify()
  }
}
