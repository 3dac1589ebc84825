import Delivery
import Sequencer

/// What a topic must give: everything that was ever published, and bounds for what a ring may have lost of it.
final class NaiveTopic {
  let handle: HubTopic<CountedMessage>
  let id: UInt64
  let epoch: UInt32
  let capacity: UInt64
  /// Which publisher owns it.
  var owner: Int
  var next: UInt64
  var isClosed = false
  /// The serial of the message under each number. A number below `next` without one will never come.
  var serials: [UInt64: UInt64] = [:]
  /// When something was published last.
  var lastNews = Instant.zero

  /// What lies below has certainly been forgotten, and what lies below may have been.
  private(set) var goneBelow: UInt64 = 0
  private(set) var maybeGoneBelow: UInt64
  /// It is not known to have a ring, so a hole may leave nothing before it.
  private(set) var mayHaveNoRing = true
  /// Up to where room has been made: also for what was then refused.
  private var roomBelow: UInt64

  struct News {
    let key: UInt64
    let after: UInt64
    let serial: UInt64
  }

  /// The news of keys; the first has the number 1.
  private(set) var news: [News] = []
  private(set) var newsGoneBelow: UInt64 = 0
  private(set) var newsForgottenBelow: UInt64 = 0

  init(_ handle: HubTopic<CountedMessage>, capacity: Int, owner: Int, after: UInt64) {
    self.handle = handle
    id = handle.id
    epoch = handle.head.epoch
    self.capacity = UInt64(capacity)
    self.owner = owner
    next = after + 1
    maybeGoneBelow = after + 1
    roomBelow = after + 1
  }

  // MARK: - Input

  func published(_ number: UInt64, serial: UInt64, at now: Instant) {
    skipped(below: number, at: now)
    if mayHaveNoRing { maybeGoneBelow = max(maybeGoneBelow, number) }
    mayHaveNoRing = false
    serials[number] = serial
    next = number + 1
    roomBelow = max(roomBelow, next)
    lastNews = now
  }

  func skipped(below end: UInt64, at now: Instant) {
    guard end > next else { return }
    next = end
    roomBelow = max(roomBelow, next)
    lastNews = now
    if mayHaveNoRing { maybeGoneBelow = max(maybeGoneBelow, next) }
  }

  /// A message or a hole below this number was refused.
  func refused(below end: UInt64) { roomBelow = max(roomBelow, end) }

  func announced(key: UInt64, serial: UInt64, at now: Instant) {
    news.append(News(key: key, after: next - 1, serial: serial))
    lastNews = now
  }

  /// Its rings have gone, for certain or perhaps.
  func forgot(certainly: Bool) {
    maybeGoneBelow = next
    newsGoneBelow = newsEnd
    mayHaveNoRing = true
    guard certainly else { return }
    goneBelow = next
    newsForgottenBelow = newsEnd
  }

  // MARK: - Bounds

  /// What can be read whatever happens: seven eighths of a ring.
  private var keptFrom: UInt64 {
    let place = roomBelow - 1 + max(1, capacity / 8)
    return max(maybeGoneBelow, place - min(place, capacity))
  }

  func mayBeGone(_ number: UInt64) -> Bool { number < keptFrom }
  func mustBeGone(_ number: UInt64) -> Bool { number < goneBelow || next - number > capacity }

  /// The first published message of a range that a subscriber has a right to, if it is told that it will not come.
  func firstOwed(in range: ClosedRange<UInt64>) -> UInt64? {
    guard range.upperBound < next else { return range.upperBound }
    let lowest = max(range.lowerBound, keptFrom)
    guard lowest <= range.upperBound else { return nil }
    return (lowest...range.upperBound).first { serials[$0] != nil }
  }

  var newsEnd: UInt64 { UInt64(news.count) + 1 }
  func newsMayBeGone(_ number: UInt64) -> Bool { number < newsGoneBelow || newsEnd - number > 56 }
  func newsMustBeGone(_ number: UInt64) -> Bool { number < newsForgottenBelow || newsEnd - number > 64 }
  func news(_ number: UInt64) -> News { news[Int(number) - 1] }
  func isOutOfDate(_ number: UInt64) -> Bool { news[Int(number)...].contains { $0.key == news(number).key } }
}
