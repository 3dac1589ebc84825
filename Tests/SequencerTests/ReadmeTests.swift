import Foundation
import Testing

/// The README's first program is `Snippets/FirstProgram.swift`, which every build compiles: the texts are equal, and the
/// program prints what the README says.
@Suite struct ReadmeTests {
  private let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  @Test func theFirstProgramIsTheSnippet() throws {
    let snippet = try String(contentsOf: root.appending(path: "Snippets/FirstProgram.swift"), encoding: .utf8)
    #expect(try block("swift") == snippet)
    #expect(snippet.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count <= 10)
  }

  #if os(Linux)  // Elsewhere the tests do not run next to the package's executables.
    @Test(.timeLimit(.minutes(1))) func theFirstProgramPrintsWhatIsPromised() throws {
      let output = Pipe()
      let program = Process()
      program.executableURL = try #require(Bundle.main.executableURL)
        .deletingLastPathComponent().appending(path: "FirstProgram")
      program.standardOutput = output
      try program.run()
      let printed = output.fileHandleForReading.readDataToEndOfFile()
      program.waitUntilExit()
      #expect(program.terminationStatus == 0)
      #expect(try String(decoding: printed, as: UTF8.self) == block("text"))
    }
  #endif

  /// The first fenced block of a language below the heading "A first program", without its fences.
  private func block(_ language: String) throws -> String {
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let heading = try #require(readme.range(of: "\n## A first program\n"))
    let opening = try #require(readme.range(of: "\n```\(language)\n", range: heading.upperBound..<readme.endIndex))
    let closing = try #require(readme.range(of: "\n```\n", range: opening.upperBound..<readme.endIndex))
    return readme[opening.upperBound..<closing.lowerBound] + "\n"
  }
}
