import Delivery
import Testing

/// A ring that is overwritten while it is read, made safe by a claim, in miniature: the reader says what it is going to
/// read before it looks how far down it may, and the writer says how far down nobody may before it looks at the claim.
@Suite("Claim")
struct ClaimTests {
  /// Two messages are there; the writer overwrites them; the reader serves a fast cursor and then a slow one.
  private static func scenario(readers: Int) -> Scenario {
    Scenario("claim, \(readers == 1 ? "one reader" : "two readers")") { world in
      let ring = ClaimedRing(capacity: 2, readers: readers)
      for message in 0..<2 { _ = ring.publish(UInt64(message)) }
      world.thread { for message in 2..<4 { if !ring.publish(UInt64(message)) { break } } }
      for reader in 0..<readers {
        world.thread {
          for cursor: UInt64 in [1, 0] {
            let copy = ring.copy(from: cursor, reader: reader)
            let expected = copy.start..<copy.start + UInt64(copy.messages.count)
            world.expect(copy.messages == Array(expected), "\(copy.messages) from \(copy.start)")
          }
        }
      }
    }
  }

  @Test("It holds", arguments: [1, 2])
  func holds(readers: Int) { explore(Self.scenario(readers: readers)) }

  @Test(
    "Each weaker one is found",
    arguments: [
      // Cleared by a plain store; then the next claim learns nothing of the writer.
      Fault.plainStore(.claim).writing(ClaimedRing.none),
      .plainStore(.claim, releasing: false).writing(ClaimedRing.none),
      .split(.claim).writing(ClaimedRing.none),
      // The writer does not look; or looks, but may see an old claim.
      .skipped(.readModifyWrites, of: .claim, answering: ClaimedRing.none).by(thread: 1),
      .testedFirst(.claim).by(thread: 1),
      // Looked at, and nothing ordered.
      .relaxed(.readModifyWrites, of: .claim),
      .acquiringOnly(.claim),
      .releasingOnly(.claim),
      .skipped(.loads, of: .floor, answering: 0),
      // Cleared before the copy is made; published before the message is written.
      .late(.read, past: .readModifyWrites, of: .claim),
      .late(.write, past: .stores, of: .head),
      .relaxed(.stores, of: .head),
      .relaxed(.loads, of: .head).by(thread: 2),
    ])
  func isChecked(_ fault: Fault) { expectFound(fault, in: Self.scenario(readers: 1)) }
}

private final class ClaimedRing: Sendable {
  static let none = UInt64.max

  private let head = ModelWord(0, .head)
  private let floor = ModelWord(0, .floor)
  private let claims: [Shared]
  private let slots: SharedPayload
  private let capacity: UInt64

  init(capacity: Int, readers: Int) {
    self.capacity = UInt64(capacity)
    slots = SharedPayload(count: capacity)
    claims = (0..<readers).map { _ in Shared(.claim, ClaimedRing.none) }
  }

  /// False if a reader is still copying what this would overwrite.
  func publish(_ message: UInt64) -> Bool {
    let position = head.loadRelaxed()
    if position >= capacity {
      let lowest = position - capacity + 1
      floor.storeRelaxed(lowest)
      for claim in claims where claim.word.or(0) < lowest { return false }
    }
    slots[Int(position % capacity)] = message
    head.storeReleasing(position + 1)
    return true
  }

  /// What lies from the cursor on, as far as it has not been overwritten.
  func copy(from cursor: UInt64, reader: Int) -> (start: UInt64, messages: [UInt64]) {
    _ = claims[reader].word.exchange(cursor)
    let start = max(cursor, floor.loadRelaxed())
    let end = head.loadAcquiring()
    let messages = start < end ? (start..<end).map { slots[Int($0 % capacity)] } : []
    _ = claims[reader].word.exchange(ClaimedRing.none)
    return (start, messages)
  }
}
