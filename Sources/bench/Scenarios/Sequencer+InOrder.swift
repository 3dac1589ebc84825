internal import Sequencer

extension SequencerScenarios {
  /// Every message is the next one of its stream, as nearly all are.
  static var inOrder: [Scenario] {
    [
      Scenario(
        "sequencer/in-order/one-stream", unit: "ns/message", "one stream in order", work: Work.oneStream
      ) { context in
        let records = context.inputs.oneStream
        let timed = 0..<min(context.inputs.timed, records.count)
        let configuration = roomy(context.plan)
        return {
          var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: hashSeed)
          return steady(
            &sequencer, records, opening: 0, timed: timed, by: WordKeys(), .single,
            SimulatedClock(nanosecondsPerMessage: Work.packed))
        }
      },
      manyStreams(
        "sequencer/in-order/1M-streams", "a million streams in order, the next one at random", work: Work.inOrder,
        input: \.inOrder, by: { _ in WordKeys() }),
      manyStreams(
        "sequencer/in-order/1M-streams/batch", "the same, 64 messages a call", work: Work.inOrder, .batch,
        input: \.inOrder, by: { _ in WordKeys() }),
      manyStreams(
        "sequencer/in-order/1M-streams/128-bit-keys", "the same one by one, with keys of 16 bytes", work: Work.inOrder,
        input: \.inOrder, by: { _ in WideKeys() }),
      manyStreams(
        "sequencer/in-order/1M-streams/string-keys", "the same one by one, with keys of 21 characters", work: nil,
        input: \.textual, by: { TextKeys(names: $0.names) }),
    ]
  }
}
