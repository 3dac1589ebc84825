internal import Sequencer

extension SequencerScenarios {
  /// What a hostile sender can make the library do.
  static var adversary: [Scenario] {
    [
      Scenario(
        "sequencer/hostile-holes", unit: "ns/message",
        "a window of every second number with the first withheld, then sent, and the rest given up"
      ) { context in
        let holes = HostileHoles(messages: context.plan.operations ?? context.plan.messages / 4)
        var configuration = roomy(context.plan)
        configuration.repair = nil
        return { [configuration] in
          var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: hashSeed)
          var tally = Tally()
          let start = Clock.nanoseconds()
          holes.timedAttack(&sequencer, &tally)
          return Sample(
            nanoseconds: Clock.nanoseconds() - start, count: holes.count, tally: tally, delivered: holes.count,
            skipped: holes.skipped)
        }
      },
      Scenario(
        "sequencer/expire", unit: "ns/gap", "a gap in each of a million streams, all given up by one call"
      ) { context in
        let records = context.inputs.inOrder
        let count = context.plan.newStreams
        var configuration = roomy(context.plan)
        configuration.repair = nil
        return { [configuration] in
          var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: hashSeed)
          var tally = Tally()
          openGaps(&sequencer, records.span.extracting(0..<count), &tally)
          let start = Clock.nanoseconds()
          timedExpire(&sequencer, Instant.zero.advanced(by: .seconds(5)), &tally)
          return Sample(
            nanoseconds: Clock.nanoseconds() - start, count: count, tally: tally, delivered: 2 * count, skipped: count)
        }
      },
    ]
  }

  /// The first and the third message of every stream.
  private static func openGaps(
    _ sequencer: inout Sequencer<UInt64, UInt64>, _ records: borrowing Span<Record>, _ tally: inout Tally
  ) {
    for number in [UInt64(1), 3] {
      for index in records.indices {
        let record = records[index]
        let outcome = sequencer.receive(record.payload, number: number, from: record.key, at: .zero) { event in
          tally.add(event)
        }
        tally.note(outcome)
      }
    }
  }

  @inline(never)
  private static func timedExpire(
    _ sequencer: inout Sequencer<UInt64, UInt64>, _ now: Instant, _ tally: inout Tally
  ) {
    var total = tally
    sequencer.advance(to: now) { event in total.add(event) }
    tally = total
  }
}

/// A thousand streams, in turn, each with as many gaps as its window holds; and again, once those are given up.
private struct HostileHoles {
  static let window: UInt64 = 1_024

  let streams: Int
  let rounds: Int
  let keys: [UInt64]

  /// Messages of a stream and round: every second number of a window, and the first.
  static let perWindow = Int(window / 2) + 1

  var count: Int { streams * rounds * HostileHoles.perWindow }

  /// What never comes: every other number of a window, except the first.
  var skipped: Int { streams * rounds * (Int(HostileHoles.window) - HostileHoles.perWindow) }

  init(messages: Int) {
    let windows = max(1, messages / HostileHoles.perWindow)
    streams = min(1_000, windows)
    rounds = windows / streams
    keys = (0..<UInt32(streams)).map { Inputs.key(ofConversation: $0) }
  }

  @inline(never)
  func timedAttack(_ sequencer: inout Sequencer<UInt64, UInt64>, _ tally: inout Tally) {
    var total = tally
    var now = Instant.zero
    for round in 0..<UInt64(rounds) {
      let first = round &* HostileHoles.window &+ 1
      for offset in stride(from: 1, to: HostileHoles.window, by: 2) {
        send(first &+ offset, &sequencer, now, &total)
      }
      // The number that all of them waited for lets out one; the next hole holds the others.
      send(first, &sequencer, now, &total)
      now = now.advanced(by: .seconds(5))
      sequencer.advance(to: now) { event in total.add(event) }
    }
    tally = total
  }

  /// One number from every stream.
  @inline(__always)
  private func send(
    _ number: UInt64, _ sequencer: inout Sequencer<UInt64, UInt64>, _ now: Instant, _ total: inout Tally
  ) {
    for key in keys {
      let outcome = sequencer.receive(number, number: number, from: key, at: now) { event in total.add(event) }
      total.note(outcome)
    }
  }
}
