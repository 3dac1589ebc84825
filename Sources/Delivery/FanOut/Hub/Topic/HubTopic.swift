public import Sequencer

/// A topic of a hub: what a publisher publishes to and loops subscribe to. It is a reference, to be passed around and kept.
///
/// ```swift
/// let room = publisher.open(7, epoch: 2, after: 41)
/// room.head                                    // 41 of epoch 2
/// ```
@frozen
@safe
public struct HubTopic<Element: Sendable>: Sendable {
  @usableFromInline let core: TopicCore<Element, HardwareWord>

  @usableFromInline
  init(_ core: TopicCore<Element, HardwareWord>) { self.core = core }

  /// The number that its publisher has given it. What it means is the caller's affair.
  @inlinable public var id: UInt64 { core.id }

  /// The last message that was published, or the one before the first. From any thread; a snapshot.
  ///
  /// - Complexity: O(1)
  @inlinable public var head: Position {
    Position(epoch: core.epoch, number: (core.head.loadAcquiring() & ~TopicCore<Element, HardwareWord>.closedBit) &- 1)
  }

  /// Whether nothing more will be published. From any thread; a snapshot.
  ///
  /// - Complexity: O(1)
  @inlinable public var isClosed: Bool {
    core.head.loadAcquiring() & TopicCore<Element, HardwareWord>.closedBit != 0
  }
}

extension HubTopic: Hashable {
  @inlinable
  public static func == (lhs: HubTopic, rhs: HubTopic) -> Bool { lhs.core === rhs.core }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(core)) }
}
