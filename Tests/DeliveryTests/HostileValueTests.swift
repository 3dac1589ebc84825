import Delivery
import Sequencer
import Testing

/// Every function of this library that takes a peer's value, with values at every edge. Nothing traps, no refusal changes
/// anything, and no cost follows from what a value claims: a loop over 2⁵³ numbers would not end within the limit.
@Suite("Hostile values: delivery", .timeLimit(.minutes(5)))
struct HostileValueTests {
  static let numbers: [UInt64] = [
    0, 1, 2, 3, 4, 1 << 32, 1 << 53 - 2, 1 << 53 - 1, 1 << 53, 1 << 53 + 1, 1 << 63 - 1, 1 << 63, .max - 1, .max,
  ]
  static let epochs: [UInt32] = [0, 1, 2, 255, 256, 1 << 31, .max]
  static let ranges: [ClosedRange<UInt64>] = numbers.flatMap { first in
    numbers.filter { $0 >= first }.map { first...$0 }
  }
  static let durations: [Duration] = [
    .zero, .nanoseconds(1), .nanoseconds(-1), .seconds(900), .seconds(Int64.max), .seconds(Int64.min),
    Duration(attoseconds: .max), Duration(attoseconds: .min),
  ]
  static let instants: [Instant] = [
    .zero, Instant(nanoseconds: 1), Instant(nanoseconds: 1 << 62), Instant(nanoseconds: 1 << 63 - 2), .max,
  ]

  /// Complains unless it is so: an expectation for loops of many thousands, in which `#expect` would take its time.
  private func mustHold(_ isSo: Bool, _ what: @autoclosure () -> String) {
    if !isSo { Issue.record("\(what())") }
  }

  // MARK: Outbox

  /// Five messages to room "a", of which 1 to 3 are in flight.
  private func sending() -> OutboxScript {
    var script = OutboxScript { $0.inFlightPerConversation = 3 }
    script.queue("a", "b", "c", "d", "e")
    mustHold(script.sent() == "a#1 b#2 c#3", "three are sent")
    _ = script.told()
    return script
  }

  /// The five are where they were, and an honest acknowledgement still counts.
  private func mustBeUntouched(_ script: inout OutboxScript) {
    let (count, inFlight, told) = (script.outbox.count, script.outbox.inFlightCount, script.told())
    let outcome = script.acknowledge(3)
    #expect(count == 5 && inFlight == 3 && told == [] && outcome == .settled(3))
  }

  @Test func acknowledgementsOfWhatWasNotSent() {
    var script = sending()
    for room in ["a", "nowhere"] {
      for epoch in Self.epochs {
        for number in Self.numbers where room != "a" || epoch != 1 || !(1...3 ~= number) {
          let outcome = script.outbox.echo(number, epoch: epoch, in: room, at: script.at)
          let expected: AcknowledgementRejection =
            room != "a"
            ? .unknownConversation
            : epoch != 1 ? .otherEpoch : Position.isValid(number: number) ? .notTransmitted : .malformed
          mustHold(outcome == .rejected(expected), "echo \(number) of \(epoch) in \(room): \(outcome)")
        }
        for above in Self.numbers {
          for through in Self.numbers {
            for except in [[]] + Self.ranges.map({ [$0] }) + [[5...6, 2...3], [1...2, 3...4]] {
              let progress = StreamProgress(epoch: epoch, above: above, through: through, except: except)
              let claimsSent = (1...3).contains { progress.contains($0) }
              let claimsMore = Self.numbers.contains {
                $0 >= 3 && (progress.contains($0 &+ 1) || $0 > 3 && progress.contains($0))
              }
              if room == "a", epoch == 1, progress.isValid, claimsSent, !claimsMore { continue }
              let outcome = script.outbox.acknowledge(progress, in: room, at: script.at)
              let expected: [AcknowledgementOutcome] =
                room != "a"
                ? [.rejected(.unknownConversation)]
                : epoch != 1
                  ? [.rejected(.otherEpoch)]
                  : progress.isValid ? [.known, .rejected(.notTransmitted)] : [.rejected(.malformed)]
              mustHold(expected.contains(outcome), "\(progress) in \(room): \(outcome)")
            }
          }
        }
      }
    }
    mustBeUntouched(&script)
  }

  @Test func refusalsOfWhatWasNotSent() {
    var script = sending()
    for refusal in [.forGood, .stale, .forNow()] + Self.durations.map({ Refusal.forNow(retryAfter: $0) }) {
      for number in Self.numbers {
        for epoch in Self.epochs {
          for attempt in [0, 1, 2, 1 << 31, UInt32.max] where !(1...3 ~= number && epoch == 1 && attempt == 1) {
            for room in ["a", "nowhere"] {
              let outcome = script.outbox.reject(
                number, epoch: epoch, attempt: attempt, in: room, refusal, at: script.at)
              let isKnown = room == "a" && epoch == 1 && 1...4 ~= number
              mustHold(outcome == (isKnown ? .ignored : .unknown), "\(refusal) \(number) of \(epoch) #\(attempt)")
            }
          }
        }
      }
    }
    mustBeUntouched(&script)
  }

  @Test(arguments: durations)
  func retryAfterAnything(duration: Duration) throws {
    var script = sending()
    let refused = script.refuse(1, 1, .forNow(retryAfter: duration))
    let acknowledged = script.acknowledge(3, except: [1...1])
    #expect(refused == .retrying && acknowledged == .settled(2))
    // Without jitter: at least the backoff's own half second, at most a quarter of an hour.
    let asked = max(min(duration, Backoff.longestRetryAfter), .milliseconds(500))
    let deadline = script.outbox.nextDeadline
    #expect(deadline == Instant.zero.advanced(by: asked))
  }

  @Test func requestsForAnything() {
    var script = sending()
    for _ in 0..<3 {
      for range in Self.ranges {
        for epoch in Self.epochs {
          for room in ["a", "nowhere"] {
            let count = script.outbox.resend(range, epoch: epoch, in: room, at: script.at)
            let expected = room == "a" && epoch == 1 ? (1...3).count { range.contains($0) } : 0
            mustHold(count == expected, "resend \(range) of \(epoch): \(count)")
          }
        }
      }
      // However often it was asked for, each goes once more, in the same attempt.
      let sent = script.sentInFull()
      #expect(sent == "a#1/1@1 b#2/1@1 c#3/1@1")
    }
    mustBeUntouched(&script)
  }

  @Test func identifiersOfNothing() {
    var script = sending()
    for id in Self.numbers.filter({ !(1...5 ~= $0) }).map({ MessageID(rawValue: $0) }) {
      mustHold(script.outbox.status(of: id) == nil, "the status of \(id)")
      mustHold(script.outbox.cancel(id, at: script.at) == .unknown, "\(id) is cancelled")
      mustHold(script.outbox.retry(id, at: script.at) == .unknown, "\(id) is retried")
      mustHold(script.outbox.discard(id, at: script.at) == .unknown, "\(id) is discarded")
      mustHold(script.outbox.replace(id, with: "forged") == .unknown, "\(id) is replaced")
    }
    mustBeUntouched(&script)
  }

  // MARK: Receipts

  @Test(arguments: [2, 20])
  func receiptsOfAnything(members: UInt64) {
    for receipt in [Receipt.delivered, .read] {
      for tip in [0, 3, Position.lastNumber - 1, Position.lastNumber] as [UInt64] {
        for member in [1, .max] as [UInt64] {
          var receipts = Receipts<UInt64>(through: tip, members: Array(0..<members), hashSeed: 1)
          for range in Self.ranges {
            let outcome = receipts.apply(receipt, range, from: member)
            let isValid = range.lowerBound > 0 && range.upperBound <= Position.lastNumber
            mustHold(isValid != (outcome == .rejected(.invalid)), "\(range) at \(tip): \(outcome)")
            for epoch in Self.epochs {
              for through in [0, 4, Position.lastNumber, .max] as [UInt64] {
                let progress = StreamProgress(epoch: epoch, above: range.lowerBound, through: through, except: [range])
                let outcome = receipts.apply(receipt, progress, from: member)
                let expected: ReceiptRefusal = epoch != 0 ? .otherEpoch : .invalid
                if epoch != 0 || !progress.isValid {
                  mustHold(outcome == .rejected(expected), "\(progress) at \(tip): \(outcome)")
                }
              }
            }
            mustHold(receipts.rangeCount <= 4 * 64 && receipts.rowCount <= Int(members) + 1, "\(range) breaks a cap")
          }
          for kind in [Receipt.delivered, .read] {
            mustHold(receipts.progress(kind, of: member)?.isValid != false, "an invalid progress at \(tip)")
          }
        }
      }
    }
  }

  @Test func messagesAndQuestionsOfAnything() {
    for number in Self.numbers {
      for next in Self.numbers {
        var receipts = Receipts<UInt64>(members: Array(0..<20), hashSeed: 1)
        let first = receipts.note(number, author: 1)
        mustHold(first == (Position.isValid(number: number) ? .noted : .invalidNumber), "note \(number): \(first)")
        let second = receipts.note(next, author: 99)
        let isNews = Position.isValid(number: next) && (first != .noted || next > number)
        mustHold((second == .noted) == isNews, "note \(next) after \(number): \(second)")
        for question in Self.numbers {
          let isThere = question > 0 && question <= receipts.tip
          mustHold((receipts.counts(of: question) != nil) == isThere, "counts of \(question)")
          mustHold((receipts.status(of: question, towards: 2) != nil) == isThere, "status of \(question)")
        }
        receipts.forget(through: next)
        mustHold(receipts.forgotten <= receipts.tip, "forgot \(next)")
      }
    }
  }

  // MARK: Fan-out

  private func isSensible(_ start: FanOutStart, _ token: Position, head: UInt64) -> Bool {
    switch start {
    // Beyond the last number there is nothing to have seen.
    case .nothingMissed: min(token.number, Position.lastNumber) == head
    case .replay(let replay): replay == token.number + 1...head
    case .gap(let gap, let replay): gap.lowerBound == token.number + 1 && (replay?.upperBound ?? gap.upperBound) == head
    case .otherEpoch: token.epoch != 1
    case .ahead: token.number > head
    }
  }

  @Test(arguments: [20, Position.lastNumber - 4, Position.lastNumber])
  func tokensOfAnything(head: UInt64) throws {
    let ring = FanOutRing<UInt64>(capacity: 4, readers: 1, after: head - min(head, 10))
    var publisher = ring.makePublisher()
    for _ in 0..<10 { _ = publisher.publish(7) }
    var reader = ring.makeReader()

    var script = HubScript()
    let topic = script.publisher.open(7, after: head - min(head, 10))
    script.publish(10, to: topic)

    for epoch in Self.epochs {
      for number in Self.numbers {
        let token = Position(epoch: epoch, number: number)
        var (subscription, start) = reader.subscribe(from: token)
        mustHold(isSensible(start, token, head: ring.head), "ring, \(token): \(start)")
        while true {
          let next = reader.next(&subscription)
          if next == .empty { break }
        }
        mustHold(
          subscription.delivered + subscription.lagged == subscription.position - subscription.start, "ring, \(token)")

        let (connection, joined, answer) = try script.join("mallory", topic, from: token)
        mustHold(isSensible(answer, token, head: topic.head.number), "hub, \(token): \(answer)")
        _ = script.drain()
        let found = script.loop.account(of: joined)
        let account = try #require(found)
        mustHold(account.delivered + account.lagged == account.position.number - account.start, "hub, \(token)")
        _ = script.loop.disconnect(connection)
      }
    }
    let connections = script.loop.statistics.connections
    #expect(connections == 0)
  }

  // MARK: Timers, limits, repetitions

  @Test func deadlinesOfAnything() throws {
    for order in Self.instants.indices {
      for now in Self.instants {
        let timers = Self.instants.count * (Self.durations.count + 1)
        var wheel = TimerWheel<Int>(limit: timers)
        var handles: [TimerHandle] = []
        for index in Self.instants.indices {
          let instant = Self.instants[(index + order) % Self.instants.count]
          handles.append(try wheel.schedule(index, at: instant))
          for duration in Self.durations { try wheel.schedule(-1, at: instant.advanced(by: duration)) }
        }
        mustHold(wheel.isFull, "the wheel has room")
        for handle in handles { _ = wheel.reschedule(handle, to: now) }
        _ = wheel.cancel(.none)
        var fired = 0
        for instant in [now, .zero, .max] { fired += wheel.advance(to: instant) { _ in } }
        mustHold(fired == timers && wheel.nextDeadline == nil && wheel.count == 0, "\(fired) timers fired at \(now)")
      }
    }
  }

  @Test func clocksThatLeap() {
    for first in Self.instants {
      for second in Self.instants {
        var limiter = RateLimiter<Int>(burst: 3, refill: .seconds(1), keyLimit: 2)
        var seen = Deduplicator<Int, Int>(limit: 2, leaseTime: .seconds(Int64.max), retention: .seconds(Int64.max))
        for now in [first, second, first] {
          for key in 0..<10 {
            for tokens in 1...3 { _ = limiter.take(tokens, from: key, at: now) }
            mustHold(limiter.count <= 2, "\(limiter.count) keys are limited")
            if case .first(let lease) = seen.begin(key, at: now), key.isMultiple(of: 2) {
              _ = seen.complete(lease, key, at: second)
            }
            mustHold(seen.count <= 2, "\(seen.count) keys are known")
          }
          limiter.forgetIdle(at: second)
          seen.advance(to: second)
        }
      }
    }
  }
}
