import Foundation
import Testing
import Trials

/// Every tape that the fuzzers found worth keeping is played in every test run.
@Suite struct CorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fuzz/Corpus")

  static func tapes(of trial: String) throws -> [[UInt8]] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: trial), includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
  }

  @Test(arguments: trials.map { $0.name })
  func nothingGoesWrong(name: String) throws {
    let trial = try #require(trials.first { $0.name == name })
    let tapes = try Self.tapes(of: name)
    #expect(tapes.count >= 20, "a corpus has been lost")
    for tape in tapes {
      if let finding = trial.finding(tape: tape) { Issue.record("\(finding)") }
    }
  }

  @Test func noCorpusIsWithoutATrial() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { !$0.hasPrefix(".") }
    #expect(Set(folders) == Set(trials.map { $0.name }))
  }
}
