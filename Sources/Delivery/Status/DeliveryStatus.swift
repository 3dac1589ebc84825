/// How far a message has come, as its sender may show it.
///
/// Statuses are ordered, and every change is a maximum: whatever the order in which acknowledgements and receipts arrive,
/// and however often, the status ends the same and never steps back. From the least to the greatest:
///
///     sending(0) < failed(0) < sending(1) < failed(1) < … < sent < delivered < read
///
/// and within a round, failures stand in the order of their ``FailureReason``. So what arrives is itself a status, and
/// ``merge(_:)`` takes the greater: an acknowledgement is `sent`, a receipt `delivered` or `read`, a failure `failed` with
/// the round that it belongs to. A failure of an earlier round changes nothing, and an acknowledgement lifts even a
/// message that was thought to have failed. Only ``retry()`` is more than a maximum. What each does to each (–: nothing):
///
/// | what comes             | sending(2)           | failed(2, expired)   | sent      | delivered | read |
/// | ---------------------- | -------------------- | -------------------- | --------- | --------- | ---- |
/// | sending(1)             | –                    | –                    | –         | –         | –    |
/// | sending(3)             | sending(3)           | sending(3)           | –         | –         | –    |
/// | failed(1, unconfirmed) | –                    | –                    | –         | –         | –    |
/// | failed(2, rejected)    | failed(2, rejected)  | –                    | –         | –         | –    |
/// | failed(2, cancelled)   | failed(2, cancelled) | failed(2, cancelled) | –         | –         | –    |
/// | failed(3, rejected)    | failed(3, rejected)  | failed(3, rejected)  | –         | –         | –    |
/// | sent                   | sent                 | sent                 | –         | –         | –    |
/// | delivered              | delivered            | delivered            | delivered | –         | –    |
/// | read                   | read                 | read                 | read      | read      | –    |
/// | retry                  | –                    | sending(3)           | –         | –         | –    |
///
/// There is no `isTerminal`: a failed message may be retried, or acknowledged after all. Compare instead: from `sent` on,
/// the sender is rid of it.
///
/// ```swift
/// var status = DeliveryStatus.sending(round: 0)
/// status.merge(.read)        // true: the receipt overtook the acknowledgement …
/// status.merge(.sent)        // false: … which now is old news
/// status >= .sent            // true
/// ```
@frozen
public enum DeliveryStatus: Sendable, Hashable {
  /// On its way, or waiting for its turn. The first round is 0; every explicit retry begins the next.
  case sending(round: UInt32)
  /// Given up in this round. It may still turn out to have arrived.
  case failed(round: UInt32, reason: FailureReason)
  /// Acknowledged: the receiver, usually the server, has emitted it.
  case sent
  /// On the devices of those whom it is for.
  case delivered
  /// Seen by those whom it is for.
  case read
}

extension DeliveryStatus: Comparable {
  /// The order itself, as one number: the rounds and their failures below 2⁴⁰, the three that follow above.
  @inlinable
  var rank: UInt64 {
    switch self {
    case .sending(let round): UInt64(round) << 8
    case .failed(let round, let reason): UInt64(round) << 8 | UInt64(reason.rawValue)
    case .sent: 1 << 40
    case .delivered: 2 << 40
    case .read: 3 << 40
    }
  }

  /// Whether `lhs` is the lesser news.
  ///
  /// ```swift
  /// DeliveryStatus.failed(round: 0, reason: .expired) < .sending(round: 1)   // true
  /// [DeliveryStatus.read, .sent, .delivered].min()                           // sent: what holds for all of them
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public static func < (lhs: DeliveryStatus, rhs: DeliveryStatus) -> Bool { lhs.rank < rhs.rank }
}

extension DeliveryStatus {
  /// Takes the greater of this status and `news`, and says whether that changed anything.
  ///
  /// Commutative, associative and idempotent, so that two records of one message (two tabs, a restored journal) end in
  /// the same status, whichever is merged into the other.
  ///
  /// ```swift
  /// var status = DeliveryStatus.sending(round: 1)
  /// status.merge(.failed(round: 0, reason: .expired))   // false: of an earlier round
  /// status.merge(.sent)                                 // true
  /// ```
  /// - Complexity: O(1)
  @inlinable
  @discardableResult
  public mutating func merge(_ news: DeliveryStatus) -> Bool {
    guard self < news else { return false }
    self = news
    return true
  }

  /// Begins the next round of a failed message; anything else is refused and stays as it is.
  ///
  /// ```swift
  /// var status = DeliveryStatus.failed(round: 0, reason: .rejected)
  /// status.retry()        // .started(round: 1)
  /// status.retry()        // .alreadySending
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public mutating func retry() -> RetryOutcome {
    switch self {
    case .sending: return .alreadySending
    case .sent, .delivered, .read: return .alreadySent
    case .failed(.max, _): return .noRoundLeft
    case .failed(let round, _):
      self = .sending(round: round + 1)
      return .started(round: round + 1)
    }
  }
}

/// What became of a retry.
///
/// ```swift
/// if case .started(let round) = status.retry() { … }
/// ```
@frozen
public enum RetryOutcome: Sendable, Hashable {
  /// The message is sending again, in this round.
  case started(round: UInt32)
  /// It has not failed.
  case alreadySending
  /// It has arrived after all.
  case alreadySent
  /// Round 2³² − 1 failed, and a status never steps back: send a new message.
  case noRoundLeft
}

/// Why a message failed. The raw values may be stored: they stay what they are.
///
/// The reasons are ordered by how little they claim: where two records of a message disagree, the more cautious stands.
/// `rejected` is the receiver's word that it has not got the message; `expired` and `cancelled` are decisions of the
/// sender, the user's own above the clock's; `unconfirmed` leaves open whether it arrived, and no record may hide that.
///
/// ```swift
/// max(FailureReason.rejected, .unconfirmed)   // unconfirmed
/// ```
@frozen
public enum FailureReason: UInt8, Sendable, Hashable, Comparable {
  /// The receiver refused it for good.
  case rejected = 1
  /// Its deadline passed, or its attempts ran out.
  case expired
  /// The user took it back.
  case cancelled
  /// It was transmitted, and nobody can tell any more whether it arrived.
  case unconfirmed

  /// Whether `lhs` gives way to `rhs` when both are given for the same round.
  ///
  /// ```swift
  /// FailureReason.expired < .cancelled   // true
  /// ```
  /// - Complexity: O(1)
  @inlinable
  public static func < (lhs: FailureReason, rhs: FailureReason) -> Bool { lhs.rawValue < rhs.rawValue }
}
