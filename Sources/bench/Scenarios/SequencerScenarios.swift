internal import Sequencer

/// The library's ordering, used through its public interface as any other module would.
enum SequencerScenarios {
  /// Fixed, so that every run probes the same places. A program leaves it out and gets a random one.
  static let hashSeed: UInt64 = 0x5EED_0FBE_9C41_2D07

  enum Form { case single, batch }

  /// Caps that the scenarios do not reach; everything else as a new user gets it.
  static func roomy(_ plan: Plan) -> SequencerConfiguration {
    var configuration = SequencerConfiguration()
    configuration.streamLimit = max(1 << 20, plan.streams)
    configuration.bufferLimit = 1 << 23
    configuration.totalLedgerLimit = 1 << 22
    return configuration
  }

  /// A million streams, opened before the clock starts, and then their messages.
  static func manyStreams<Keys: KeySource>(
    _ name: String, _ summary: String, work: String?, _ form: Form = .single,
    input: @escaping @Sendable (Inputs) -> [Record],
    by keys: @escaping @Sendable (Inputs) -> Keys,
    nanosecondsPerMessage: @escaping @Sendable (Context) -> UInt64 = { _ in Work.packed },
    adjust: @escaping @Sendable (inout SequencerConfiguration) -> Void = { _ in }
  ) -> Scenario {
    Scenario(name, unit: "ns/message", summary, work: work) { context in
      let records = input(context.inputs)
      let keys = keys(context.inputs)
      let opening = context.inputs.streams
      let timed = context.inputs.steady(of: records)
      let step = nanosecondsPerMessage(context)
      var configuration = roomy(context.plan)
      adjust(&configuration)
      return { [configuration] in
        var sequencer = Sequencer<Keys.Key, UInt64>(configuration, hashSeed: hashSeed)
        return steady(
          &sequencer, records, opening: opening, timed: timed, by: keys, form,
          SimulatedClock(nanosecondsPerMessage: step))
      }
    }
  }

  static func steady<Keys: KeySource>(
    _ sequencer: inout Sequencer<Keys.Key, UInt64>, _ records: [Record], opening: Int, timed: Range<Int>,
    by keys: Keys, _ form: Form, _ clock: SimulatedClock
  ) -> Sample {
    var clock = clock
    var tally = Tally()
    Feeding.timedReceive(&sequencer, records.span.extracting(0..<opening), by: keys, &clock, &tally)
    let messages = records.span.extracting(timed)
    let start = Clock.nanoseconds()
    switch form {
    case .single: Feeding.timedReceive(&sequencer, messages, by: keys, &clock, &tally)
    case .batch: Feeding.timedReceiveBatches(&sequencer, messages, by: keys, &clock, &tally)
    }
    return Sample(nanoseconds: Clock.nanoseconds() - start, count: timed.count, tally: tally)
  }
}
