/// The limits of a hub, which hold for all its topics.
///
/// ```swift
/// var configuration = HubConfiguration()
/// configuration.loops = 8
/// configuration.retention = .seconds(300)
/// let hub = Hub<Frame>(configuration)
/// ```
public struct HubConfiguration: Sendable, Hashable {
  /// How many loops there can be at a time, 1 … 32: the threads that serve subscribers.
  public var loops = 4
  /// How many messages of a topic are kept for those who come late, rounded up to a power of two. At least seven eighths of
  /// it can be read at any time.
  public var ringCapacity = 1_024
  /// How long a topic that has gone quiet keeps its messages. Then it keeps its epoch and its head, and no memory.
  public var retention = Duration.seconds(60)
  /// How many topics of a publisher keep messages at a time; beyond it, the one that was looked at longest ago
  /// forgets them, so it has to be well above the number of topics that are busy at a time.
  public var ringLimit = 16_384
  /// Connections of a loop.
  public var connectionLimit = 1 << 20
  /// Subscriptions of a loop.
  public var subscriptionLimit = 1 << 20

  /// The defaults.
  public init() {}

  func check() {
    precondition(1...TopicStanding.loopLimit ~= loops, "a hub has 1 to 32 loops")
    precondition(1...1 << 28 ~= ringCapacity, "the ring capacity must be 1 to 2^28")
    precondition(retention >= .zero, "the retention must not be negative")
    precondition(1...1 << 28 ~= ringLimit, "the ring limit must be 1 to 2^28")
    precondition(0...1 << 28 ~= connectionLimit, "the connection limit must be 0 to 2^28")
    precondition(0...1 << 28 ~= subscriptionLimit, "the subscription limit must be 0 to 2^28")
  }
}
