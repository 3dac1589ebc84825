import Sequencer
import Testing

/// `Numbering`: each number once.
@Suite("Rules: numbering")
struct NumberingTests {
  @Test("Each conversation counts 1, 2, 3 …, and no number is given out twice")
  func counts() throws {
    var numbering = Numbering<String>(hashSeed: 1)
    for expected in UInt64(1)...100 {
      #expect(try numbering.next(in: "a") == expected)
      if expected % 3 == 0 { #expect(try numbering.next(in: "b") == expected / 3) }
      #expect(numbering.last(in: "a") == expected)
    }
    #expect(numbering.last(in: "b") == 33)
    #expect(numbering.last(in: "c") == 0)
    #expect(numbering.count == 2)
  }

  @Test("Many conversations do not mix, while the table grows under them")
  func many() throws {
    var numbering = Numbering<UInt64>(hashSeed: 1)
    for round in UInt64(1)...3 {
      for conversation in UInt64(0)..<2_000 { #expect(try numbering.next(in: conversation) == round) }
    }
    #expect(numbering.count == 2_000)
  }

  @Test("Behind the last number there is no more")
  func exhausted() throws {
    var numbering = Numbering<String>(hashSeed: 1)
    try numbering.resume("a", after: Position.lastNumber - 1)
    #expect(try numbering.next(in: "a") == Position.lastNumber)
    for _ in 0..<3 { #expect(throws: NumberingError.exhausted) { try numbering.next(in: "a") } }
    #expect(numbering.last(in: "a") == Position.lastNumber)
  }

  @Test("resume goes on behind a number, and never backwards")
  func resume() throws {
    var numbering = Numbering<String>(hashSeed: 1)
    try numbering.resume("a", after: 41)
    #expect(try numbering.next(in: "a") == 42)
    try numbering.resume("a", after: 7)
    #expect(try numbering.next(in: "a") == 43)
    try numbering.resume("a", after: 43)
    #expect(try numbering.next(in: "a") == 44)
    try numbering.resume("b", after: 0)
    #expect(try numbering.next(in: "b") == 1)
  }

  @Test("Wherever it stands, the next number lies behind all that were given out, here and before")
  func resumeAround() throws {
    for given in UInt64(0)...4 {
      for before in UInt64(0)...6 {
        var numbering = Numbering<String>(hashSeed: 1)
        for _ in 0..<given { _ = try numbering.next(in: "a") }
        try numbering.resume("a", after: before)
        #expect(numbering.last(in: "a") == max(given, before))
        #expect(try numbering.next(in: "a") == max(given, before) + 1)
      }
    }
  }

  @Test("resume behind what is no number is an error")
  func resumeInvalid() {
    var numbering = Numbering<String>(hashSeed: 1)
    #expect(throws: NumberingError.invalidNumber) { try numbering.resume("a", after: Position.lastNumber + 1) }
    #expect(throws: NumberingError.invalidNumber) { try numbering.resume("a", after: .max) }
    #expect(numbering.count == 0)
  }

  @Test("forget hands back the last number")
  func forget() throws {
    var numbering = Numbering<String>(hashSeed: 1)
    #expect(numbering.forget("a") == nil)
    for _ in 0..<5 { _ = try numbering.next(in: "a") }
    let forgotten = numbering.forget("a")
    let last = try #require(forgotten)
    #expect(last == 5)
    #expect(numbering.count == 0)
    try numbering.resume("a", after: last)
    #expect(try numbering.next(in: "a") == 6)
  }

  @Test("One conversation more than the limit is refused")
  func limit() throws {
    var numbering = Numbering<String>(limit: 1, hashSeed: 1)
    #expect(try numbering.next(in: "a") == 1)
    #expect(throws: NumberingError.tooManyConversations) { try numbering.next(in: "b") }
    #expect(throws: NumberingError.tooManyConversations) { try numbering.resume("b", after: 3) }
    #expect(try numbering.next(in: "a") == 2)
    _ = numbering.forget("a")
    #expect(try numbering.next(in: "b") == 1)
    var none = Numbering<String>(limit: 0, hashSeed: 1)
    #expect(throws: NumberingError.tooManyConversations) { try none.next(in: "a") }
  }

  @Test("A snapshot goes on where it was written")
  func snapshot() throws {
    var numbering = Numbering<String>(hashSeed: 1)
    for index in 0..<100 { for _ in 0...index { _ = try numbering.next(in: "room \(index)") } }
    let snapshot = numbering.snapshot()
    var restored = try Numbering<String>(restoring: snapshot, hashSeed: 2)
    #expect(restored.snapshot() == snapshot)
    for index in UInt64(0)..<100 { #expect(try restored.next(in: "room \(index)") == index + 2) }
    #expect(restored.snapshot() != snapshot)
  }
}
