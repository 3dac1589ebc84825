internal import Sequencer

extension SequencerScenarios {
  /// What a stream costs: to open it, and to keep it while it is quiet.
  static var streams: [Scenario] {
    [
      Scenario("sequencer/open", unit: "ns/stream", "the first message of each of a million streams", work: Work.open) {
        context in
        let records = context.inputs.inOrder
        let count = context.plan.newStreams
        let configuration = roomy(context.plan)
        return {
          var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: hashSeed)
          var clock = SimulatedClock(nanosecondsPerMessage: Work.packed)
          var tally = Tally()
          let start = Clock.nanoseconds()
          Feeding.timedReceive(&sequencer, records.span.extracting(0..<count), by: WordKeys(), &clock, &tally)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, tally: tally, delivered: count)
        }
      },
      Scenario(
        "sequencer/idle-bytes", unit: "bytes/stream", "memory of a million quiet streams, slack included",
        work: Work.idle
      ) { context in
        let records = context.inputs.inOrder
        let count = context.plan.newStreams
        return {
          // As the system counts it, so that unused room and the allocator's own are in the figure.
          Memory.trim()
          let before = Memory.residentBytes()
          var sequencer = Sequencer<UInt64, UInt64>(hashSeed: hashSeed)
          var clock = SimulatedClock(nanosecondsPerMessage: Work.packed)
          var tally = Tally()
          Feeding.timedReceive(&sequencer, records.span.extracting(0..<count), by: WordKeys(), &clock, &tally)
          let bytes = Memory.residentBytes() - before
          return Sample(value: Double(bytes) / Double(count), hash: digest(UInt64(sequencer.statistics.streams)))
        }
      },
    ]
  }
}
