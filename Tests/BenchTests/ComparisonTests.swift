import Testing

@testable import bench

@Suite("Recordings and comparisons")
struct ComparisonTests {
  private static let hash = "2487219f093f974a"

  private func recording(_ lines: [(work: String, who: String, value: Double, hash: String)]) throws -> Recording {
    try Recording(parsing: lines.map { "\($0.work)\t\($0.who)\tns\t\($0.value)\t\($0.hash)\n" }.joined())
  }

  @Test("A recording is written and read alike")
  func roundTrip() throws {
    let text = """
      # machine: a toaster: with two slots
      # date: 2026-01-31
      sequencer/open\tours\tns/stream\t40.1250\t2487219f093f974a
      sequencer/open\tRust HashMap + BTreeMap\tns/stream\t165.3000\t-

      """
    let recording = try Recording(parsing: text)
    #expect(recording.text == text)
    #expect(recording.remark("machine") == "a toaster: with two slots")
    #expect(recording.samples.count == 2)
    #expect(recording.samples[1].hash == nil)
  }

  @Test(
    "A line that is no sample is refused",
    arguments: [
      "a\tb\tc\t1", "a\tb\tc\tx\t-", "a\tb\tc\t-1\t-", "a\tb\tc\tnan\t-", "\tb\tc\t1\t-", "a\tb\tc\t1\tabc",
      "a\tb\tc\t1\t-\t",
    ])
  func damage(line: String) {
    #expect(throws: Recording.Damage.self) { try Recording(parsing: "# x: y\n\(line)\n") }
  }

  @Test("Peers are ranked by their medians, and a peer that wins is named")
  func ranking() throws {
    let comparison = Comparison(
      try recording([
        ("w", "ours", 10, Self.hash), ("w", "slow", 40, Self.hash), ("w", "fast", 5, Self.hash),
        ("w", "slow", 20, Self.hash), ("w", "slow", 30, Self.hash), ("v", "ours", 10, "-"), ("v", "slow", 30, "-"),
        ("alone", "ours", 1, "-"), ("only-theirs", "slow", 1, "-"),
      ]))
    #expect(comparison.rows.map(\.work) == ["w", "v", "alone"])
    #expect(comparison.rows[0].peers.map(\.who) == ["fast", "slow"])
    #expect(comparison.rows[0].peers[1].statistics.median == 30)
    #expect(comparison.rows[0].ratioToBestPeer == 0.5)
    #expect(comparison.losses.map(\.work) == ["w"])
    #expect(comparison.contests.count == 2)
    #expect(comparison.verdict.contains("Behind in w (fast, 0.50 ×)"))
    #expect(comparison.markdown.contains("**0.50 ×**"))
    #expect(comparison.disagreements.isEmpty)
  }

  @Test("A result that differs is reported, and one that is not comparable is not")
  func disagreement() throws {
    let comparison = Comparison(
      try recording([
        ("w", "ours", 10, Self.hash), ("w", "odd", 40, "0000000000000001"), ("v", "ours", 1, Self.hash),
        ("v", "x", 1, "-"),
      ]))
    #expect(comparison.disagreements.count == 1)
    #expect(comparison.disagreements.first?.contains("odd") == true)
  }

  @Test("Units that differ are reported, an unchecked peer is marked, and lines may end as elsewhere")
  func unitsAndMarks() throws {
    let text = "w\tours\tns\t2\t\(Self.hash)\r\nw\tfast\tns\t1\t-\r\nv\tours\tns\t2\t-\r\nv\todd\tms\t1\t-\r\n"
    let comparison = Comparison(try Recording(parsing: text))
    #expect(comparison.rows.map(\.work) == ["w", "v"])
    #expect(comparison.disagreements == ["v: 'odd' counts in ms, not in ns"])
    #expect(comparison.text.contains("fast °"))
    #expect(comparison.markdown.contains("°: a peer"))
    #expect(Grid(rows: [["a|b"]]).markdown.hasPrefix("| a\\|b |"))
  }

  @Test("Limits and the straightforward code join the works that they are yardsticks of")
  func yardsticks() throws {
    let comparison = Comparison(
      try recording([
        ("limit/random-line/update", "ours", 5, "-"), ("baseline/open", "ours", 90, "-"),
        ("sequencer/open", "ours", 30, "-"), ("sequencer/in-order/1M-streams", "Rust", 60, "-"),
        ("sequencer/in-order/1M-streams", "ours", 20, "-"), ("sequencer/in-order/1M-streams/batch", "ours", 15, "-"),
      ]))
    let rows = Dictionary(uniqueKeysWithValues: comparison.rows.map { ($0.work, $0) })
    #expect(rows.count == 3)
    #expect(rows["sequencer/open"]?.ratioToLimit == 6)
    #expect(rows["sequencer/open"]?.ratioToBestPeer == 3)
    // Nobody else has batches: they are set against the one-by-one form.
    #expect(rows["sequencer/in-order/1M-streams/batch"]?.ratioToBestPeer == 4)
    #expect(rows["sequencer/in-order/1M-streams/batch"]?.peers.map(\.who) == ["Rust, one by one"])
    // Our own straightforward code alone makes no contest.
    #expect(comparison.contests.map(\.work).contains("sequencer/open") == false)
    #expect(comparison.contests.count == 2)
  }

  @Test("A mistyped word brings what may have been meant, and nonsense nothing")
  func hints() {
    #expect(Nearest.match(for: "--fliter", among: Arguments.flags) == "--filter")
    #expect(Nearest.match(for: "reprot", among: Arguments.words) == "report")
    #expect(Nearest.match(for: "--quikc", among: Arguments.flags) == "--quick")
    #expect(Nearest.match(for: "zebra", among: Arguments.flags) == nil)
  }
}
