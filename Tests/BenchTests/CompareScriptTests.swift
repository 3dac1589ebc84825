import Foundation
import Testing

/// `Benchmarks/Peers/compare` as far as it can be tested without its peers.
@Suite("The script that compares with peers")
struct CompareScriptTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Benchmarks/Peers/compare").standardizedFileURL.path

  /// Runs bash, and answers its exit status.
  private func bash(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("It is sound bash, and explains itself")
  func syntax() throws {
    #expect(try bash(["-n", Self.script]) == 0)
    #expect(try bash([Self.script, "--help"]) == 0)
  }

  @Test(
    "A command line that makes no sense is a usage error before anything is installed or built",
    arguments: [["--nope"], ["--rounds"], ["--rounds", "0"], ["--rounds", "many"], ["--only"], ["timers"]])
  func usageErrors(arguments: [String]) throws {
    #expect(try bash([Self.script] + arguments) == 64)
  }
}
