/// Everybody who does one work, the best first, and what the machine itself needs for it.
///
/// Where we stand in the order is where we stand: a peer that is better has its line above ours.
struct RivalTable {
  var row: Comparison.Row
  /// What the work is, in words.
  var summary: String?

  private struct Entry {
    var who: String
    var style: String
    var figures: Statistics
  }

  private var entries: [Entry] {
    var entries = row.peers.map { peer in
      let isBetter = peer.statistics.median < row.ours.median
      return Entry(who: peer.who, style: isBetter ? "loss" : "", figures: peer.statistics)
    }
    entries.append(Entry(who: RecordedSample.ours, style: "ours", figures: row.ours))
    if let limit = row.limit { entries.append(Entry(who: limit.who, style: "limit", figures: limit.statistics)) }
    return entries.sorted { $0.figures.median < $1.figures.median }
  }

  var markup: Markup {
    element("table", ["class": "rivals"]) {
      element("caption") {
        element("code") { row.work }
        if let summary { element("small") { summary } }
      }
      element("thead") {
        element("tr") {
          element("th")
          element("th") { row.unit }
          element("th") { "÷ ours" }
          element("th", ["class": "spread"]) { "min … max" }
        }
      }
      element("tbody") {
        for entry in entries { line(entry) }
      }
    }
  }

  private func line(_ entry: Entry) -> Markup {
    element("tr", ["class": entry.style]) {
      element("th", ["scope": "row"]) { entry.who }
      element("td") { Numerals.short(entry.figures.median) }
      element("td") { row.ours.median > 0 ? Numerals.times(entry.figures.median / row.ours.median) : "–" }
      element("td", ["class": "spread"]) { Numerals.range(entry.figures) }
    }
  }
}
