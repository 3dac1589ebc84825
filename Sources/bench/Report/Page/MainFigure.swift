/// The one figure of the README: our median beside that of the best peer, for a few works that stand for the rest.
///
/// Its letters are large for its width, because a phone shows it at less than half its size. All bars have one scale, on
/// which ours are equally long: a peer's bar is as many times longer as the peer takes.
struct MainFigure {
  private let rows: [(title: String, row: Comparison.Row)]

  /// What stands for the rest, in the words of someone who has not read the benchmarks.
  private static let works: [(name: String, title: String)] = [
    ("sequencer/in-order/1M-streams/batch", "Ordering, a million conversations"),
    ("sequencer/displaced/1M-streams/batch", "The same, 5 % of the messages late"),
    ("sequencer/open", "The first message of a conversation"),
    ("sequencer/idle-bytes", "Memory of a quiet conversation"),
    ("spsc/one-by-one", "Queue between two cores, one by one"),
    ("spsc/batch", "The same, in batches of 64"),
    ("mpsc/batch", "Queue with two producers, in batches"),
    ("fan-out/10k", "Fan-out to 10,000 subscribers"),
    ("timers/life", "A timer, from beginning to end"),
  ]

  init(peers: Recording) {
    let contests = Comparison(peers).contests
    rows = MainFigure.works.compactMap { work in
      contests.first { $0.work == work.name }.map { (work.title, $0) }
    }
  }

  private static let width = 800.0
  private static let rowHeight = 104.0
  private static let margin = 8.0

  var svg: String {
    let height = MainFigure.rowHeight * Double(rows.count) + 2 * MainFigure.margin + 30
    return element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(Int(MainFigure.width)) \(Int(height))", "width": "680",
        "role": "img", "aria-label": summary,
      ]
    ) {
      element("style") { Markup(unescaped: "\(Style.colours)\n\(MainFigure.look)") }
      for (index, entry) in rows.enumerated() {
        drawn(entry.title, entry.row, top: MainFigure.margin + MainFigure.rowHeight * Double(index))
      }
      Drawing.text(
        "Time or memory, ours and the best peer’s. Shorter is better.", "note", at: .init(x: 0, y: height - 12))
    }.source
  }

  /// For those who hear the page instead of seeing it.
  private var summary: String {
    rows.map { "\($0.title): \($0.row.ratioToBestPeer.map(Numerals.times) ?? "")" }.joined(separator: "; ")
  }

  @MarkupBuilder private func drawn(_ title: String, _ row: Comparison.Row, top: Double) -> Markup {
    if let peer = row.peers.first, let ratio = row.ratioToBestPeer {
      let style = row.isLoss ? "loss" : "ours"
      let peerLabel = "\(Numerals.short(peer.statistics.median)) \(peer.who)"
      Drawing.text(title, "title", at: .init(x: 0, y: top + 24), further: row.unit)
      Drawing.text(Numerals.times(ratio), "times \(style)", at: .init(x: 1, y: top + 24), anchor: .end)
      Drawing.bar(style, from: 0, to: unit, y: top + 38, height: 16)
      Drawing.bar("peer", from: 0, to: unit * ratio, y: top + 62, height: 16)
      Drawing.text("\(Numerals.short(row.ours.median)) ours", style, at: .init(x: labels, y: top + 53))
      Drawing.text(shortened(peerLabel), "rival", at: .init(x: labels, y: top + 77))
    }
  }

  /// Where the words beside the bars begin.
  private let labels = 0.42

  /// The length of our bars: such that the longest of a peer fits.
  private var unit: Double { (labels - 0.02) / max(rows.compactMap(\.row.ratioToBestPeer).max() ?? 1, 1) }

  /// As much of a peer's name as fits beside the bars: nothing wraps in an image.
  private func shortened(_ text: String) -> String {
    let room = 38
    return text.count > room ? "\(text.prefix(room - 1))…" : text
  }

  private static let look = """
    text { font: 20.5px \(Style.typeface); font-variant-numeric: tabular-nums; }
    .title { fill: var(--ink); font-size: 22px; font-weight: 600; }
    .further { fill: var(--soft); font-size: 19px; font-weight: 400; }
    .times { font-size: 24px; font-weight: 700; }
    .rival, .note { fill: var(--soft); }
    .ours { fill: var(--ours); }
    .loss { fill: var(--loss); }
    .peer { fill: var(--peer); }
    """
}
