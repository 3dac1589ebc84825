import Choosing
import Foundation
import Testing
import Trials

/// Plays one tape again, as a failure's message says: `TRIAL=outbox TAPE=0a3f swift test --filter TrialTests`.
@Suite struct ReplayTests {
  static let environment = ProcessInfo.processInfo.environment

  @Test(.enabled(if: environment["TAPE"] != nil || environment["TRIAL"] != nil, "there is no TAPE to replay"))
  func replay() throws {
    let names = trials.map { $0.name }
    let trial = try #require(trials.first { $0.name == Self.environment["TRIAL"] }, "TRIAL is one of \(names)")
    let tape = try #require(Self.environment["TAPE"].flatMap { bytes(hexadecimal: $0) }, "TAPE is hexadecimal")
    if let finding = trial.finding(tape: tape) { Issue.record("\(finding)") }
  }

  @Test func hexadecimalThereAndBack() {
    let all = Array(UInt8.min...UInt8.max)
    #expect(hexadecimal(all).count == 512)
    #expect(hexadecimal([0, 10, 255]) == "000aff")
    #expect(bytes(hexadecimal: hexadecimal(all)) == all)
    #expect(bytes(hexadecimal: "000aFF") == [0, 10, 255])
    #expect(bytes(hexadecimal: "") == [])
    for text in ["0", "abc", "0g", "+1", "-1", " 1", "0x", "é", "１２"] {
      #expect(bytes(hexadecimal: text) == nil, "\(text)")
    }
  }
}
