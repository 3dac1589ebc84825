import Foundation
import Testing

/// The README's programs are those in `Snippets`, which every build compiles: the texts are equal, and the programs print
/// what the README says.
@Suite struct ReadmeTests {
  private let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  /// A heading, and the snippet that stands below it.
  static let programs = [("A first program", "FirstProgram"), ("Both ends", "BothEnds"), ("Rooms", "Rooms")]

  @Test(arguments: programs) func theProgramIsTheSnippet(heading: String, name: String) throws {
    let snippet = try String(contentsOf: root.appending(path: "Snippets/\(name).swift"), encoding: .utf8)
    #expect(try block("swift", below: heading) == snippet)
  }

  @Test func theFirstProgramHasTenLines() throws {
    #expect(
      try block("swift", below: "A first program").split(separator: "\n", omittingEmptySubsequences: false).count <= 11)
  }

  #if os(Linux)  // Elsewhere the tests do not run next to the package's executables.
    @Test(.timeLimit(.minutes(5)), arguments: programs)
    func theProgramPrintsWhatIsPromised(heading: String, name: String) throws {
      let output = Pipe()
      let program = Process()
      program.executableURL = try #require(Bundle.main.executableURL)
        .deletingLastPathComponent().appending(path: name)
      program.standardOutput = output
      try program.run()
      let printed = output.fileHandleForReading.readDataToEndOfFile()
      program.waitUntilExit()
      #expect(program.terminationStatus == 0)
      #expect(try String(decoding: printed, as: UTF8.self) == block("text", below: heading))
    }
  #endif

  /// The first fenced block of a language below a heading, without its fences.
  private func block(_ language: String, below title: String) throws -> String {
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let heading = try #require(readme.range(of: "\n## \(title)\n"))
    let opening = try #require(readme.range(of: "\n```\(language)\n", range: heading.upperBound..<readme.endIndex))
    let closing = try #require(readme.range(of: "\n```\n", range: opening.upperBound..<readme.endIndex))
    return readme[opening.upperBound..<closing.lowerBound] + "\n"
  }
}
