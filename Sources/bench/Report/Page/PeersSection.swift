/// The library beside its peers: the lead as bars, and everybody's figures in tables, family by family.
struct PeersSection {
  var comparison: Comparison?

  /// What the families of works are called. One that is not listed is called by its name.
  private static let titles = [
    "sequencer": "Ordering", "spsc": "Queues with one producer", "mpsc": "Queues with many producers",
    "fan-out": "Fan-out", "hub": "Hub", "timers": "Timers", "receipts": "Receipts", "outbox": "Outbox",
    "path": "The whole path",
  ]

  var markup: Markup {
    Page.section("Beside the best peer", id: "peers") {
      if let comparison, !comparison.contests.isEmpty {
        introduction
        families(of: comparison)
      } else {
        Page.missing("The peers were", command: Page.commandForPeers)
      }
    }
  }

  private var introduction: Markup {
    element("p", ["class": "lead"]) {
      "How many times our time, or memory, the best peer takes: "
      element("span", ["class": "ours"]) { "to the right of 1 × we are ahead" }
      ", "
      element("span", ["class": "loss"]) { "to its left behind" }
      ". The thin line goes from the worst case for us to the best one, over all repetitions."
    }
  }

  @MarkupBuilder private func families(of comparison: Comparison) -> Markup {
    let axis = RatioBars.axis(for: comparison.contests)
    for (family, rows) in grouped(comparison.contests, by: \.family) {
      element("h3") {
        PeersSection.titles[family] ?? family
        " "
        element("code") { "\(family)/…" }
      }
      RatioBars(rows: rows, axis: axis).markup
      element("div", ["class": "cards"]) {
        for row in rows { RivalTable(row: row, summary: PeersSection.summaries[row.work]).markup }
      }
    }
  }

  private static let summaries = [String: String](
    Scenario.all.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
}
