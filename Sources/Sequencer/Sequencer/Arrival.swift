/// One message of a batch: what `receive` takes as arguments, in one value.
///
/// ```swift
/// let batch: [Arrival<UInt64, String>] = [
///   Arrival(message: "hello", number: 1, stream: 7), Arrival(message: "world", number: 2, stream: 7),
/// ]
/// sequencer.receive(batch.span, at: now) { event in … } outcome: { index, outcome in … }
/// ```
@frozen
public struct Arrival<Key: StreamKey, Message> {
  public var stream: Key
  public var number: UInt64
  public var message: Message
  public var epoch: UInt32
  public var base: UInt64?

  /// - Complexity: O(1)
  @inlinable
  public init(message: Message, number: UInt64, epoch: UInt32 = 0, base: UInt64? = nil, stream: Key) {
    self.stream = stream
    self.number = number
    self.message = message
    self.epoch = epoch
    self.base = base
  }
}

extension Arrival: Sendable where Key: Sendable, Message: Sendable {}
