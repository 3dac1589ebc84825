internal import Delivery
internal import Sequencer

/// What `Delivery` keeps at its default limits, filled in the way that takes most, beside what its documentation says.
extension MemoryScenarios {
  static var delivery: [Scenario] { [outbox, receipts, deduplicator, limiter, topics] }

  /// - Parameters:
  ///   - pieces: how many there are at the limit.
  ///   - documented: bytes a piece.
  ///   - fill: makes so many pieces, and says how many it made.
  private static func scenario(
    _ name: String, _ unit: String, _ summary: String, pieces: Int, documented: Int,
    _ fill: @escaping @Sendable (_ pieces: Int, _ measure: (Int) -> Void) -> Void
  ) -> Scenario {
    Scenario("memory/\(name)", unit: "bytes/\(unit)", "resident: \(summary)", isOnRequest: true) { context in
      let count = ScaleScenarios.pieces(pieces, context.plan)
      return {
        Memory.trim()
        let before = Memory.residentBytes()
        var sample: Sample?
        // While the thing still lives.
        fill(count) { made in
          Memory.trim()
          let resident = Double(Memory.residentBytes() - before) / Double(count)
          var found = Sample(value: resident, hash: digest(UInt64(made)))
          found.further = [Figure(name: "documented", unit: "bytes/\(unit)", value: Double(documented))]
          if made != count {
            found.fault = "\(made) were made, not \(count)"
          } else if count == pieces, resident > Double(documented) {
            found.fault = "\(resident) bytes are resident, not \(documented)"
          }
          sample = found
        }
        return sample ?? Sample(value: 0, hash: 0)
      }
    }
  }

  private static var outbox: Scenario {
    // A message of 16 bytes with a timer, and a conversation of its own.
    let documented = (360 + 2 * 16) + (2 * (24 + 4) + 33) + 240
    return scenario(
      "outbox", "message", "messages with a lifetime, each of a conversation of its own", pieces: 65_536,
      documented: documented
    ) { count, measure in
      var configuration = OutboxConfiguration()
      configuration.lifetime = .seconds(3_600)
      configuration.persistsFirst = false
      var outbox = Outbox<UInt64, String>(configuration, epoch: 1, seed: 1)
      for conversation in 0..<UInt64(count) {
        _ = outbox.enqueue("", to: conversation, at: Instant(nanoseconds: conversation * 1_000_000))
      }
      measure(outbox.count)
    }
  }

  private static var receipts: Scenario {
    // A name of 8 bytes, a place in the index, two sets with a hole each, and a part of the counts.
    let documented = 2 * (80 + 8) + 24 + 2 * 64 + 1
    return scenario(
      "receipts", "member", "members of one conversation, each with a hole in what it got and in what it read",
      pieces: 16_384, documented: documented
    ) { count, measure in
      var receipts = Receipts<UInt64>(members: Array(0..<UInt64(count)), hashSeed: 1)
      receipts.note(3, author: nil)
      for member in 0..<UInt64(count) {
        receipts.apply(.read, 1...1, from: member)
        receipts.apply(.read, 3...3, from: member)
      }
      measure(receipts.rangeCount / 2)
    }
  }

  private static var deduplicator: Scenario {
    scenario(
      "deduplicator", "key", "keys in progress, with room for a result of 8 bytes", pieces: 65_536,
      documented: 2 * (50 + 8 + 2 * 8)
    ) { count, measure in
      var seen = Deduplicator<UInt64, UInt64>()
      for key in 0..<UInt64(count) { _ = seen.begin(key, at: .zero) }
      measure(seen.count)
    }
  }

  private static var limiter: Scenario {
    scenario(
      "rate-limiter", "key", "keys whose buckets are not full", pieces: 1 << 20, documented: 2 * (60 + 2 * 8)
    ) { count, measure in
      var limiter = RateLimiter<UInt64>(burst: 10, refill: .seconds(60))
      for key in 0..<UInt64(count) { _ = limiter.take(from: key, at: Instant(nanoseconds: key * 1_000)) }
      measure(limiter.count)
    }
  }

  private static var topics: Scenario {
    scenario(
      "topics", "topic", "quiet topics of a hub of four loops", pieces: 100_000, documented: 220 + 4 * 24
    ) { count, measure in
      let hub = Hub<String>()
      var publisher = hub.makePublisher()
      var topics: [HubTopic<String>] = []
      topics.reserveCapacity(count)
      for id in 0..<UInt64(count) { topics.append(publisher.open(id)) }
      measure(topics.count)
    }
  }
}
