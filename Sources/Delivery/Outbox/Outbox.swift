public import Sequencer

/// What a client, or a server that sends onward, has still to get across: it numbers messages, sends them in order, repeats
/// what is lost, and says truthfully what became of each.
///
/// It is pulled, because a socket decides when it can take more. Whatever happens is handed in: an acknowledgement, a refusal,
/// the connection lost. Then what there is to send and to tell is drained, and at `nextDeadline` the same is done again.
///
/// ```swift
/// var outbox = Outbox<RoomID, Message>(epoch: epoch)
/// let queued = outbox.enqueue(message, to: room, at: now)        // its id and number, or .rejected(.full)
/// while let transmission = outbox.nextTransmission(at: now) { socket.send(transmission) }
/// while let event = outbox.nextEvent() { … }                     // .status, .persist, .failed
/// outbox.acknowledge(progress, in: room, at: now)
/// ```
///
/// A message goes on the wire only once its record is stored: store what `.persist` brings and call `persisted(through:)`, or
/// set `persistsFirst` to false if there is no store.
///
/// A number is *open* until it is settled, voided or discarded; the oldest open one travels with each transmission as its
/// `base`. It is *voided* only when the message certainly never arrived: it was never transmitted, or the receiver refused it
/// for good. Every other failure leaves open whether it arrived, and an acknowledgement may still say so.
///
/// An outbox is owned by one thread. It reads no clock, takes no lock, and every limit is finite. One conversation must have
/// one outbox: of several tabs, one is elected, or each sends under a key of its own.
///
/// Memory: a message of *m* bytes takes 165 + *m* to 360 + 2 *m*, and a timer of each kind as soon as it waits out a backoff
/// or has a lifetime; a conversation with a key of 8 bytes takes 115 to 240. It is kept for what comes next.
public struct Outbox<Conversation: StreamKey, Message>: ~Copyable {
  public typealias Event = OutboxEvent<Conversation, Message>
  public typealias Record = OutboxRecord<Conversation, Message>

  @usableFromInline var entries = Slab<OutboxEntry<Message>>()
  @usableFromInline var conversations = Slab<OutboxConversation<Conversation>>()
  @usableFromInline var byID = SlotIndex()
  @usableFromInline var byNumber = SlotIndex()
  @usableFromInline var byKey = SlotIndex()
  @usableFromInline let hashSeed: HashSeed

  /// Conversations that have something to send, in turn.
  @usableFromInline var turns = Chain()
  /// Messages in flight, in the order of transmission: that of their deadlines, since all of them wait equally long.
  @usableFromInline var inFlight = Chain()
  /// Messages whose records were pulled but not confirmed, in the order of their sequence numbers.
  @usableFromInline var writing = Chain()
  /// Messages of which there is something to tell.
  @usableFromInline var events = Chain()

  @usableFromInline var backoffs: TimerWheel<UInt32>
  @usableFromInline var expiries: TimerWheel<UInt32>
  @usableFromInline var jitter: JitterGenerator
  @usableFromInline var line = OutboxLine()
  /// Nothing is due before it.
  @usableFromInline var wakesAt: UInt64 = .max
  /// The newest moment the caller named. It never runs backwards.
  @usableFromInline var newest: UInt64 = 0
  @usableFromInline var nextID: UInt64 = 1
  @usableFromInline var nextSequence: UInt64 = 1
  @usableFromInline var flying = 0

  @usableFromInline let epoch: UInt32
  @usableFromInline let limits: OutboxLimits

  /// Creates an outbox whose jitter is drawn from `seed`, and whose hashing is keyed by it. The same seed and the same calls
  /// give the same transmissions and events.
  ///
  /// - Parameters:
  ///   - configuration: what may be under way, how long to wait, and what to keep.
  ///   - epoch: the epoch of conversations that no record is restored of. An outbox that lost its records needs one that was
  ///     never used.
  ///   - seed: any number that others cannot guess.
  /// - Precondition: the acknowledgement timeout, a lifetime, and what may be in flight are positive; no limit is negative or
  ///   above 2²⁸.
  /// - Complexity: O(1)
  @inlinable
  public init(_ configuration: OutboxConfiguration = OutboxConfiguration(), epoch: UInt32, seed: UInt64) {
    configuration.check()
    limits = OutboxLimits(configuration)
    hashSeed = HashSeed(seed)
    jitter = JitterGenerator(seed: seed)
    backoffs = TimerWheel(limit: configuration.messageLimit)
    expiries = TimerWheel(limit: configuration.messageLimit)
    line.allowed = configuration.inFlightLimit
    self.epoch = epoch
  }

  /// Creates an outbox with a seed from the system's random numbers.
  ///
  /// - Precondition: as for `init(_:epoch:seed:)`.
  /// - Complexity: O(1)
  @inlinable
  public init(_ configuration: OutboxConfiguration = OutboxConfiguration(), epoch: UInt32) {
    self.init(configuration, epoch: epoch, seed: .random(in: 0 ... .max))
  }

  /// Messages kept: on their way, failed, or settled but with an event to be pulled.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var count: Int { entries.count }

  /// Messages transmitted and neither acknowledged nor overdue.
  ///
  /// - Complexity: O(1)
  @inlinable
  public var inFlightCount: Int { flying }

  /// A message's status; `nil` once it is settled or discarded.
  ///
  /// - Complexity: O(1)
  @inlinable
  public func status(of id: MessageID) -> DeliveryStatus? { find(id).map { entries[$0].status } }

  /// The highest number that may have been transmitted, and the oldest that is open, if any is: what a heartbeat tells.
  ///
  /// ```swift
  /// if let (tip, _) = outbox.reach(of: room) { socket.sendHeartbeat(room, tip) }   // the receiver calls noteTip
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public func reach(of conversation: Conversation) -> (tip: UInt64, base: UInt64?)? {
    guard let index = find(conversation) else { return nil }
    let oldest = conversations[index].open.first
    return (conversations[index].highest, oldest == Chain.none ? nil : entries[oldest].number)
  }
}

extension Outbox: @unchecked Sendable where Conversation: Sendable, Message: Sendable {}

/// The configuration as the outbox reads it: times in nanoseconds.
@usableFromInline
struct OutboxLimits: Sendable {
  @usableFromInline let timeout: UInt64
  @usableFromInline let lifetime: UInt64
  @usableFromInline let spread: UInt64
  @usableFromInline let backoff: Backoff
  @usableFromInline let places: Int
  @usableFromInline let inFlight: Int
  @usableFromInline let inFlightAfterOutage: Int
  @usableFromInline let messages: Int
  @usableFromInline let conversations: Int
  @usableFromInline let holds: Bool
  @usableFromInline let persists: Bool

  @usableFromInline
  init(_ configuration: OutboxConfiguration) {
    timeout = max(1, Self.nanoseconds(configuration.acknowledgementTimeout))
    lifetime = configuration.lifetime.map { max(1, Self.nanoseconds($0)) } ?? .max
    spread = Self.nanoseconds(configuration.returnSpread)
    backoff = configuration.backoff
    places = configuration.inFlightPerConversation
    inFlight = configuration.inFlightLimit
    inFlightAfterOutage = min(configuration.inFlightAfterOutage, configuration.inFlightLimit)
    messages = configuration.messageLimit
    conversations = configuration.conversationLimit
    holds = configuration.afterFailure == .hold
    persists = configuration.persistsFirst
  }

  /// A duration that is not negative; at most what an `Instant` can hold.
  @usableFromInline
  static func nanoseconds(_ duration: Duration) -> UInt64 { Instant.zero.advanced(by: duration).nanoseconds }
}
