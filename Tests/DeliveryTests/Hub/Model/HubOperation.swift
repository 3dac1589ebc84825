import Delivery

/// One step of a trial. Whom it names counts round those that there are; what nobody can do is left out.
enum HubOperation: Sendable {
  case publish(Int, count: Int)
  case publishBatch(Int, count: Int)
  /// Leaves numbers out before it.
  case publishAhead(Int, gap: UInt64)
  case publishOld(Int)
  case publishLatest(Int, key: UInt64)
  case skip(Int, count: UInt64)
  /// A loop stands in the middle of copying, this far behind the head.
  case publishWhileCopying(Int, back: UInt64, gap: UInt64, count: Int)
  case handOver(Int)
  case forgetWhileCopying(Int)
  case close(Int)
  case reopen(Int, after: UInt64)
  case endPublisher(Int, releasing: Bool)
  case advance(Int)

  case connect(loop: Int, HubPolicy)
  case subscribe(peer: Int, Int, HubToken)
  case unsubscribe(Int)
  case disconnect(Int)
  case resume(Int)
  case drain(Int, HubMood)
  case endLoop(Int, aloud: Bool)
  case pass(nanoseconds: Int64)
}

/// From where a subscriber wants to go on.
enum HubToken: Sendable {
  case now, otherEpoch
  case behind(UInt64), ahead(UInt64)
  case number(UInt64)
}

/// What connections answer during a drain.
enum HubMood: Sendable {
  case always(HubAnswer)
  /// Drawn for each delivery: how many of a hundred are not *ready*.
  case mixed(seed: UInt64, contrary: Int)
}

/// What must have happened in a suite's traffic now and then, or it shows nothing.
enum HubSighting: CaseIterable {
  case nothingMissed, replay, gap, gapWithoutReplay, ahead, otherEpoch
  case messages, hole, lagged, tookSome, blocked, resumed, left, disconnected, closed, lateForClosed
  case latest, outOfDate, resynchronize
  case busy, busyInAHole, ringRetiredWhileRead, ringForgotten, handedOver, publisherEnded
  case hardLimit, softLimit, caughtUpInTime, stale, loopEnded, unsubscribed, refusedOld, exhausted
}
