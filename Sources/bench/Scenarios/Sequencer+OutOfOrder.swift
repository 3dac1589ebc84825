internal import Sequencer

extension SequencerScenarios {
  /// What a bad network does: messages that come later, and messages that never come.
  static var outOfOrder: [Scenario] {
    [
      manyStreams(
        "sequencer/displaced/1M-streams", "5 % of the messages come 1 to 16 places later in their stream",
        work: Work.displaced, input: \.displaced, by: { _ in WordKeys() }),
      manyStreams(
        "sequencer/displaced/1M-streams/batch", "the same, 64 messages a call", work: Work.displaced, .batch,
        input: \.displaced, by: { _ in WordKeys() }),
      lost("", "1 % of the messages never come, and are given up after about five others", .single),
      lost("/batch", "the same, 64 messages a call", .batch),
      lost("/repair", "the same one by one, asking four times for what is missing", .single, repair: RepairSchedule()),
    ]
  }

  /// - Parameter repair: nothing by default, as the baseline and the peers do not ask for anything.
  private static func lost(
    _ suffix: String, _ summary: String, _ form: Form, repair: RepairSchedule? = nil
  ) -> Scenario {
    manyStreams(
      "sequencer/lost/1M-streams\(suffix)", summary, work: repair == nil ? Work.lost : nil, form,
      input: \.lossy, by: { _ in WordKeys() }, nanosecondsPerMessage: Work.spread
    ) { configuration in
      configuration.repair = repair
    }
  }
}
