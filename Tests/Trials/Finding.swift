package import Choosing

/// What a trial found wrong, and the shortest tape found that shows it.
package struct Finding: CustomStringConvertible {
  package let trial: String
  /// What goes wrong on the tape.
  package private(set) var complaint: String
  package private(set) var tape: [UInt8]

  /// Plays a seed. What fails is played again, recorded, and shrunk; nil if nothing does.
  package init?(in trial: String, seed: UInt64, _ play: (inout Choices) -> String?) {
    var choices = Choices(seed: seed)
    guard play(&choices) != nil else { return nil }
    var recording = Choices(seed: seed, records: true)
    let complaint = play(&recording) ?? "it went well when it was recorded: the trial does not depend on choices alone"
    self.init(in: trial, complaint, tape: recording.tape, play)
  }

  /// Plays a tape, and shrinks it if it fails; nil if it does not.
  package init?(in trial: String, tape: [UInt8], _ play: (inout Choices) -> String?) {
    var choices = Choices(tape: tape)
    guard let complaint = play(&choices) else { return nil }
    self.init(in: trial, complaint, tape: tape, play)
  }

  private init(in trial: String, _ complaint: String, tape: [UInt8], _ play: (inout Choices) -> String?) {
    self.trial = trial
    self.complaint = complaint
    self.tape = shrink(tape) { tape in
      var choices = Choices(tape: tape)
      return play(&choices) != nil
    }
    var choices = Choices(tape: self.tape)
    if let complaint = play(&choices) { self.complaint = complaint }
  }

  /// Shows it again.
  package var command: String { "TRIAL=\(trial) TAPE=\(hexadecimal(tape)) swift test --filter TrialTests" }

  package var description: String { "\(complaint)\n\(command)" }
}

extension Trial {
  /// What a seed shows to be wrong.
  package static func finding(seed: UInt64) -> Finding? { Finding(in: name, seed: seed, play) }

  /// What a tape shows to be wrong.
  package static func finding(tape: [UInt8]) -> Finding? { Finding(in: name, tape: tape, play) }
}
