import Choosing
import SequencerModel
import Testing
import Trials

/// A failure comes down to what it takes, and no more.
@Suite struct ShrinkingTests {
  private let noise: [UInt8] = {
    var choices = Choices(seed: 4)
    return (0..<500).map { _ in UInt8(1 + choices.upTo(254)) }
  }()

  @Test func toNothingIfEverythingFails() {
    #expect(shrink(noise) { _ in true } == [])
  }

  @Test func toTheLeastThatStillFails() {
    #expect(shrink(noise) { $0.count >= 7 } == Array(repeating: 0, count: 7))
    #expect(shrink(noise) { $0.contains { $0 >= 100 } } == [100])
    #expect(shrink(noise) { $0.count { $0 >= 9 } >= 3 } == [9, 9, 9])
    #expect(shrink(noise) { $0.count > 20 && $0[20] > 5 } == Array(repeating: 0, count: 20) + [6])
  }

  @Test func whatCannotBeShrunkStays() {
    #expect(shrink(noise) { $0 == noise } == noise)
  }

  @Test func itEndsWhenItsAttemptsDo() {
    var played = 0
    _ = shrink(noise, attempts: 30) { _ in
      played += 1
      return played % 2 == 0
    }
    #expect(played <= 30)
  }

  // MARK: Planted bugs

  @Test(arguments: Damage.allCases)
  func ofTheSequencer(damage: Damage) throws {
    try expectShort(SequencerTrial.name) { SequencerTrial.play(&$0, damage: damage) }
  }

  @Test(arguments: NaiveTimers.Damage.allCases.filter { $0 != .none })
  func ofTheTimers(damage: NaiveTimers.Damage) throws {
    try expectShort(TimerTrial.name) { TimerTrial.play(&$0, damage: damage) }
  }

  /// Some seed fails; its tape, shrunk, fails still, is short, and the message says how to see it again.
  private func expectShort(_ trial: String, _ play: (inout Choices) -> String?) throws {
    var found: Finding?
    for seed in UInt64(1)...40 where found == nil { found = Finding(in: trial, seed: seed, play) }
    let finding = try #require(found, "the bug was never noticed")
    #expect(finding.tape.count <= 100, "\(finding)")
    let text = finding.command.split(separator: " ")
    #expect(text[0] == "TRIAL=\(trial)")
    let tape = try #require(bytes(hexadecimal: String(text[1].dropFirst(5))))
    #expect(tape == finding.tape)
    var choices = Choices(tape: tape)
    let complaint = play(&choices)
    #expect(complaint == finding.complaint)
    #expect("\(finding)" == "\(finding.complaint)\n\(finding.command)")
    let sound = trials.first { $0.name == trial }?.finding(tape: tape)
    #expect(sound == nil, "without the bug nothing is wrong with it")
  }
}
