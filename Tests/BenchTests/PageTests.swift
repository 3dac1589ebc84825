import Testing

@testable import bench

/// The report's page and its figure, from small recordings. What they look like is for eyes; that they hold together, name
/// every work and hide no loss is for tests.
@Suite("Report")
struct PageTests {
  /// We win `sequencer/open`, lose `spsc/batch`, and have nobody beside us at `mpsc/batch`.
  private let peers = recording([
    ("limit/random-line/update", "ours", "ns/line", 5),
    ("sequencer/open", "ours", "ns/stream", 40), ("sequencer/open", "Rust HashMap + BTreeMap", "ns/stream", 160),
    ("spsc/batch", "ours", "ns/item", 0.5), ("spsc/batch", "boost spsc_queue", "ns/item", 0.4),
    ("spsc/batch", "LMAX Disruptor", "ns/item", 2.5), ("mpsc/batch", "ours", "ns/item", 1.5),
  ])
  private let bench = recording([
    ("outbox/cycle", "ours", "ns/message", 58), ("baseline/outbox/cycle", "ours", "ns/message", 190),
    ("limit/hand-over", "ours", "ns/line", 44), ("sequencer/open", "ours", "ns/stream", 41),
    ("latency/hand-over/1M", "ours", "ns", 100), ("latency/hand-over/1M/p99", "ours", "ns", 700),
    ("latency/hand-over/1M/max", "ours", "ns", 91_000),
  ])
  private let scale = recording([
    ("scale/streams/1", "ours", "ns/message", 1.5), ("scale/streams/1000", "ours", "ns/message", 3),
    ("scale/streams/1000/bytes", "ours", "bytes", 40), ("scale/streams/1/bytes", "ours", "bytes", 0),
  ])

  private var page: String { Page(peers: peers, bench: bench, scale: scale).html }

  @Test("Page and figure are well-formed, the same each time, and ask for nothing from elsewhere")
  func wellFormed() {
    let figure = MainFigure(peers: peers).svg
    #expect(isWellFormed(page))
    #expect(isWellFormed(figure))
    #expect(page == Page(peers: peers, bench: bench, scale: scale).html)
    for foreign in ["<script", "http", "url(", "@import", "src="] { #expect(!page.contains(foreign)) }
  }

  @Test("Every work is on the page, with each peer")
  func complete() {
    let page = page
    let drawn = ["outbox/cycle", "limit/hand-over", "sequencer/open", "spsc/batch", "limit/random-line/update"]
    for work in drawn { #expect(page.contains(">\(work)<")) }
    for peer in Set(peers.samples.map(\.who)) { #expect(page.contains(">\(peer)<")) }
    #expect(page.contains("Time against streams") && page.contains("Memory against streams"))
    #expect(!page.contains("1M/s  "), "a single line needs no name")
    #expect(page.contains("91 µs"))
  }

  @Test("A loss stands under 'Where we lose' and in the colour of one, and no win does")
  func losses() throws {
    let block = try #require(page.block(from: "Where we lose", to: "</header>"))
    #expect(block.contains("spsc/batch") && block.contains("boost spsc_queue") && block.contains("0.80 ×"))
    #expect(!block.contains("sequencer/open"))
    #expect(page.contains("1 of 2") && page.contains("<rect class=\"loss\""))
    let table = try #require(page.block(from: "<caption><code>spsc/batch</code>", to: "</table>"))
    let places = ["boost spsc_queue", "ours", "LMAX Disruptor"].compactMap {
      table.firstRange(of: ">\($0)<")?.lowerBound
    }
    #expect(places.count == 3 && places == places.sorted(), "the best comes first, though it is not ours")
  }

  @Test("Without a loss the page says so")
  func noLoss() {
    var won = peers
    won.samples.removeAll { $0.who == "boost spsc_queue" }
    let page = Page(peers: won, bench: nil, scale: nil).html
    #expect(page.contains("all 2") && page.contains("Nowhere in this run."))
    #expect(!page.contains("<rect class=\"loss\""))
  }

  @Test("A name with markup in it stays a name")
  func escaping() {
    let evil = "</table><script>alert(\"&\")</script>"
    let hostile = recording([
      ("sequencer/open", "ours", "ns/\(evil)", 40), ("sequencer/open", evil, "ns", 20), ("x", "ours", evil, 1),
      ("scale/\(evil)/1", "ours", evil, 1), ("latency/\(evil)/1", "ours", "ns", 1),
    ])
    for text in [Page(peers: hostile, bench: hostile, scale: hostile).html, MainFigure(peers: hostile).svg] {
      #expect(isWellFormed(text))
      #expect(!text.contains("<script"))
      #expect(text.contains("&lt;/table&gt;&lt;script"))
    }
  }

  @Test("What was not recorded is left out, and the page says which command records it")
  func missing() {
    let page = Page(peers: nil, bench: nil, scale: nil).html
    #expect(isWellFormed(page))
    #expect(page.contains(Page.commandForPeers) && page.contains(Page.commandForOurs))
    #expect(!page.contains("<svg") && !page.contains("<table"))
    #expect(isWellFormed(Page(peers: Recording(), bench: Recording(), scale: Recording()).html))
    #expect(isWellFormed(MainFigure(peers: Recording()).svg))
  }

  @Test("The check of well-formedness sees what is not")
  func checkIsChecked() {
    #expect(isWellFormed("<!doctype html><a b=\"1\"><c/>x &amp; y</a>"))
    for broken in ["<a>", "<a></b>", "<a><b></a></b>", "</a>", "<a>&</a>", "<a b=\"<\"></a>", "<a>&lt</a>"] {
      #expect(!isWellFormed(broken), "\(broken)")
    }
  }
}

@Suite("Axes and figures in words")
struct AxisTests {
  @Test("An axis holds its values, its marks rise within it, and places keep the order", arguments: [1, 10, 3e7])
  func axis(span: Double) {
    for exponent in -20...40 {
      let least = (0..<exponent.magnitude).reduce(1.0) { value, _ in exponent < 0 ? value / 1.7 : value * 1.7 }
      let axis = LogAxis(covering: [least, least * span])
      #expect(axis.lower <= least * 1.001 && axis.upper >= least * span * 0.999 && axis.lower < axis.upper)
      let ticks = axis.ticks
      #expect((2...9).contains(ticks.count), "\(ticks)")
      #expect(ticks == ticks.sorted())
      let places = ticks.map(axis.position)
      #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
      #expect(places.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("What has no place on a logarithmic axis is put at its end")
  func ends() {
    let axis = LogAxis(covering: [0, -3, .infinity, 2, 40])
    #expect(axis.lower == 2 && axis.upper == 50)
    #expect(axis.position(0) == 0 && axis.position(-1) == 0 && axis.position(1e9) == 1)
    #expect(axis.position(10) == 0.5)
    #expect(LogAxis(covering: []).ticks == [1, 2, 5, 10])
  }

  @Test("Figures have about three digits and the unit that suits them")
  func numerals() {
    #expect(
      [0, 0.416, 9.994, 9.996, 14.06, 99.96, 853.4, 1520, 1_234_567].map(Numerals.short)
        == ["0.00", "0.42", "9.99", "10.0", "14.1", "100", "853", "1,520", "1,234,567"])
    #expect(
      [0.956, 1.04, 2.34, 9.96, 61.3, 7566].map(Numerals.times)
        == ["0.96 ×", "1.04 ×", "2.3 ×", "10 ×", "61 ×", "7,566 ×"])
    #expect(
      [0.5, 1, 100, 1000, 1e4, 1e5, 2e6].map(Numerals.mark)
        == ["0.5", "1", "100", "1,000", "10 k", "100 k", "2 M"])
    #expect(
      [95, 1000, 5e4, 1e7, 2e9].map(Numerals.duration(nanoseconds:)) == ["95 ns", "1 µs", "50 µs", "10 ms", "2 s"])
  }
}

/// Three repetitions of each figure, a little apart.
private func recording(_ figures: [(work: String, who: String, unit: String, value: Double)]) -> Recording {
  var recording = Recording(header: [
    .init(name: "machine", value: "a <quiet> one"), .init(name: "date", value: "today"),
  ])
  for change in [1, 0.98, 1.02] {
    recording.samples += figures.map {
      RecordedSample(work: $0.work, who: $0.who, unit: $0.unit, value: $0.value * change)
    }
  }
  return recording
}

/// Whether every element ends, in the order that XML asks for, and no sign stands for itself that must be written out.
private func isWellFormed(_ text: String) -> Bool {
  var open: [Substring] = []
  for (index, piece) in text.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
    if index == 0 && piece.isEmpty { continue }
    let parts = piece.split(separator: ">", omittingEmptySubsequences: false)
    let entities = piece.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    guard index > 0, parts.count == 2, let tag = parts.first else { return false }
    guard entities.allSatisfy({ entity in ["amp;", "lt;", "gt;", "quot;"].contains(where: entity.hasPrefix) })
    else { return false }
    let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" }
    if tag.hasPrefix("/") {
      guard open.popLast() == name else { return false }
    } else if !tag.hasSuffix("/"), !tag.hasPrefix("!") {
      open.append(name)
    }
  }
  return open.isEmpty
}

extension String {
  /// What stands between the first occurrence of one text and the next one of another.
  fileprivate func block(from start: String, to end: String) -> Substring? {
    guard let first = firstRange(of: start) else { return nil }
    let rest = self[first.upperBound...]
    return rest.firstRange(of: end).map { rest[..<$0.lowerBound] }
  }
}
