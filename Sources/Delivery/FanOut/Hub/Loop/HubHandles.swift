/// Names a connection of one loop. Once it has ended, its handle names nothing, for ever and in every loop.
@frozen
public struct HubConnection: Sendable, Hashable {
  /// The loop in the upper half, and in the lower one how many it has named before.
  @usableFromInline let generation: UInt64
  @usableFromInline let slot: UInt32

  @inlinable
  init(slot: UInt32, generation: UInt64) {
    self.slot = slot
    self.generation = generation
  }
}

/// Names a connection's subscription to one topic. Once it has ended, its handle names nothing, for ever and in every loop.
@frozen
public struct HubSubscription: Sendable, Hashable {
  /// The loop in the upper half, and in the lower one how many it has named before.
  @usableFromInline let generation: UInt64
  @usableFromInline let slot: UInt32

  @inlinable
  init(slot: UInt32, generation: UInt64) {
    self.slot = slot
    self.generation = generation
  }
}

/// Why a loop takes no more.
public enum HubRefusal: Error, Sendable, Hashable {
  /// As many connections as the limit are there.
  case tooManyConnections
  /// As many subscriptions as the limit are there.
  case tooManySubscriptions
  /// The connection has ended.
  case unknownConnection
}

/// How long a connection that takes nothing is waited for. What it falls behind is counted in messages of one topic.
///
/// ```swift
/// var policy = HubPolicy()
/// policy.hardLimit = 10_000
/// policy.softLimit = 1_000                  // for a minute at most
/// policy.softDuration = .seconds(60)
/// let connection = try loop.connect(socket, policy)
/// ```
public struct HubPolicy: Sendable, Hashable {
  /// Further behind than this, it is disconnected at once.
  public var hardLimit = UInt64.max
  /// Further behind than this for `softDuration`, it is disconnected.
  public var softLimit = UInt64.max
  public var softDuration = Duration.seconds(60)

  /// Never disconnect: what the ring does not keep any more, the connection hears of as lagged.
  public static let lag = HubPolicy()

  public init() {}
}
