/// Figures of ours that no peer has, a line a work: beside the straightforward Swift code, if there is any for it, and the
/// machine's limit.
struct FiguresTable {
  var rows: [Comparison.Row]

  var markup: Markup {
    element("div", ["class": "scroll"]) {
      element("table", ["class": "figures"]) {
        element("thead") {
          element("tr") {
            for heading in ["work", "median", "unit", "min … max", "plain Swift ÷ ours", "ours ÷ limit"] {
              element("th") { heading }
            }
          }
        }
        element("tbody") {
          for row in rows { line(row) }
        }
      }
    }
  }

  private func line(_ row: Comparison.Row) -> Markup {
    element("tr") {
      element("th", ["scope": "row"]) {
        element("code") { row.work }
      }
      element("td") { Numerals.short(row.ours.median) }
      element("td", ["class": "unit"]) { row.unit }
      element("td", ["class": "spread"]) { Numerals.range(row.ours) }
      element("td", ["class": row.isLoss ? "loss" : ""]) { row.ratioToBestPeer.map(Numerals.times) ?? "" }
      element("td") { row.ratioToLimit.map(Numerals.times) ?? "" }
    }
  }
}
