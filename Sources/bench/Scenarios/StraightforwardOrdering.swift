/// What one would write in an afternoon: a dictionary of streams, each with a dictionary of what waits.
///
/// It keeps the library's rules as far as the scenarios play them: gaps with one start each, given up after a timeout,
/// and a window. It has no epochs, no ledger, no caps and no requests for what is missing.
struct StraightforwardOrdering {
  struct Stream {
    var next: UInt64 = 1
    /// The highest number seen; what is missing below it belongs to a gap whose clock runs.
    var highest: UInt64 = 0
    var waiting: [UInt64: UInt64] = [:]
  }

  struct Gap {
    var deadline: UInt64
    var key: UInt64
    /// The message that opened it: everything missing below is given up at the deadline.
    var above: UInt64
  }

  var streams: [UInt64: Stream] = [:]
  /// In the order of their deadlines, because the timeout is the same for all.
  var gaps: [Gap] = []
  var firstGap = 0
  var tally = Tally()
  let timeout: UInt64
  let window: UInt64 = 1_024

  init(timeoutNanoseconds: UInt64 = 5_000_000_000) {
    timeout = timeoutNanoseconds
  }

  @inline(__always)
  mutating func receive(_ payload: UInt64, number: UInt64, from key: UInt64, at now: UInt64) {
    let opened = StraightforwardOrdering.receive(payload, number, window, &streams[key, default: Stream()], &tally)
    if opened { gaps.append(Gap(deadline: now + timeout, key: key, above: number)) }
  }

  /// Static, so that the stream can be changed in place while the rest of `self` is not touched.
  private static func receive(
    _ payload: UInt64, _ number: UInt64, _ window: UInt64, _ stream: inout Stream, _ tally: inout Tally
  ) -> Bool {
    if number == stream.next {
      tally.deliver(payload)
      stream.next += 1
      deliverWaiting(&stream, &tally)
      return false
    }
    guard number > stream.next, stream.waiting[number] == nil else { return false }
    guard number - stream.next < window else {
      tally.rejected += 1
      return false
    }
    stream.waiting[number] = payload
    let known = max(stream.highest, stream.next - 1)
    if number > known { stream.highest = number }
    return number > known + 1
  }

  private static func deliverWaiting(_ stream: inout Stream, _ tally: inout Tally) {
    while !stream.waiting.isEmpty, let payload = stream.waiting.removeValue(forKey: stream.next) {
      tally.deliver(payload)
      stream.next += 1
    }
  }

  mutating func advance(to now: UInt64) {
    while firstGap < gaps.count, gaps[firstGap].deadline <= now {
      let gap = gaps[firstGap]
      firstGap += 1
      StraightforwardOrdering.giveUp(below: gap.above, &streams[gap.key, default: Stream()], &tally)
    }
    // Dropping the front now and then costs less than dropping it each time.
    if firstGap > 4_096, firstGap > gaps.count / 2 {
      gaps.removeFirst(firstGap)
      firstGap = 0
    }
  }

  private static func giveUp(below number: UInt64, _ stream: inout Stream, _ tally: inout Tally) {
    while stream.next < number {
      if let payload = stream.waiting.removeValue(forKey: stream.next) {
        tally.deliver(payload)
      } else {
        tally.skipped += 1
      }
      stream.next += 1
    }
    deliverWaiting(&stream, &tally)
  }
}
