package import Choosing

/// A part of the library beside a model too simple to be wrong, both told the same by whoever chooses.
///
/// One driver is four tests: with seeds a random one, with a fuzzer's bytes a fuzz test, with the corpus that the fuzzer left
/// a regression test, and with the tape of a failure its replay. It plays a bounded number of steps, and no more of them once
/// a tape is over.
package protocol Trial: SendableMetatype {
  /// What commands and the corpus call it.
  static var name: String { get }
  /// What went wrong first, if anything did.
  static func play(_ choices: inout Choices) -> String?
}

/// All trials there are.
package let trials: [any Trial.Type] = [
  SequencerTrial.self, SnapshotTrial.self, ProgressTrial.self, OutboxTrial.self, ReceiptsTrial.self, TimerTrial.self,
]

/// Plays `step` until it complains, `most` steps are done or the choices are over.
func repeated(_ most: Int, _ choices: inout Choices, _ step: (inout Choices) -> String?) -> String? {
  for index in 0..<most {
    if choices.isOver { return nil }
    if let complaint = step(&choices) { return "step \(index), \(complaint)" }
  }
  return nil
}
