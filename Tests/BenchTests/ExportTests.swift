import Foundation
import Testing

@testable import bench

/// What programs in other languages are fed with.
@Suite("Exported inputs")
struct ExportTests {
  private func exported(_ body: (String) throws -> Void) throws {
    let folder = try Files.makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Inputs.export(.tiny, to: folder)
    try body(folder)
  }

  /// The 32-bit words of a file, little-endian.
  private func words(of path: String) throws -> [UInt32] {
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes.count.isMultiple(of: 4))
    return stride(from: 0, to: bytes.count, by: 4).map { place in
      bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  @Test(
    "A message is its key, its number and its conversation", arguments: ["one-stream", "in-order", "displaced", "lost"])
  func records(name: String) throws {
    let inputs = Inputs(.tiny)
    let expected =
      switch name {
      case "one-stream": inputs.oneStream
      case "in-order": inputs.inOrder
      case "displaced": inputs.displaced
      default: inputs.lossy
      }
    try exported { folder in
      let found = try words(of: "\(folder)/\(name)")
      #expect(
        found
          == expected.flatMap { record in
            [UInt32(truncatingIfNeeded: record.key), UInt32(record.key >> 32), record.number, record.conversation]
          })
    }
  }

  @Test(
    "The first messages open all streams, which is how a peer knows their number",
    arguments: ["in-order", "displaced", "lost"])
  func streamsOpenFirst(name: String) throws {
    try exported { folder in
      let found = try words(of: "\(folder)/\(name)")
      let numbers = stride(from: 2, to: found.count, by: 4).map { found[$0] }
      #expect(numbers.prefix { $0 == 1 }.count == Plan.tiny.streams)
    }
  }

  @Test("Timers are their ticks, and the places of those that are cancelled")
  func timers() throws {
    let input = TimerInput(.tiny)
    try exported { folder in
      let ticks = try words(of: "\(folder)/timer-ticks")
      #expect(ticks.map { UInt64($0) * TimerInput.tick } == input.deadlines)
      #expect(try words(of: "\(folder)/timer-cancelled") == input.cancelled)
    }
  }

  @Test("A folder that does not exist is a failure that names it")
  func noFolder() {
    let failure = #expect(throws: Files.Failure.self) { try Inputs.export(.tiny, to: "/nowhere") }
    #expect(failure?.message.contains("/nowhere") == true)
  }
}
