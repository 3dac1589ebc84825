internal import Sequencer

extension SequencerScenarios {
  /// What a hostile sender can make the library do.
  static var adversary: [Scenario] {
    [
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
      }
    ] + (Flood.all + [Flood.newcomers]).map(scenario)
  }

  private static func scenario(_ flood: Flood) -> Scenario {
    Scenario(flood.scenario, unit: "ns/message", flood.summary) { context in
      let others = context.plan.streams
      let messages = context.plan.operations ?? context.plan.messages / 4
      // The limits are those that a new user gets: they are the defence.
      var configuration = SequencerConfiguration()
      configuration.streamLimit += others
      flood.adjust(&configuration)
      // A small run has fewer streams, or filling their windows would make it a long one.
      let streams = min(flood.streams, max(1, messages / 200))
      return { [configuration] in
        var attack = Attack(configuration, streams: streams, others: others)
        flood.prepare(&attack)
        let before = attack.count
        let start = Clock.nanoseconds()
        flood.run(&attack, messages)
        return Sample(
          nanoseconds: Clock.nanoseconds() - start, count: attack.count - before,
          hash: digest(attack.tally.hash, UInt64(attack.sequencer.statistics.held)))
      }
    }
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
