/// How far the best peer is behind us, work by work: a bar to the right of 1 ×, or to its left where we are behind.
///
/// Every row is an SVG of its own between words of HTML, so that the words can go above the bar on a narrow screen.
struct RatioBars {
  var rows: [Comparison.Row]
  var axis: LogAxis

  /// More than a line of words, so that the grid goes through from row to row.
  private static let height = 40.0

  /// An axis for all families, so that a bar means the same in each.
  static func axis(for rows: [Comparison.Row]) -> LogAxis {
    LogAxis(covering: rows.flatMap { row in row.leadRange.map { [$0.lowerBound, $0.upperBound] } ?? [] } + [0.8, 2])
  }

  var markup: Markup {
    element("div", ["class": "bars"]) {
      for row in rows { bar(row) }
      element("div", ["class": "row scale"]) { scale }
    }
  }

  @MarkupBuilder private func bar(_ row: Comparison.Row) -> Markup {
    if let ratio = row.ratioToBestPeer, let range = row.leadRange, let peer = row.peers.first {
      let style = row.isLoss ? "loss" : "ours"
      element("div", ["class": "row"]) {
        element("code", ["class": "work"]) { row.nameWithinFamily }
        element("span", ["class": "rival"]) { peer.who }
        element("svg", ["class": "track", "role": "img", "aria-label": "\(row.work): \(Numerals.times(ratio))"]) {
          gridLines
          Drawing.bar(style, from: axis.position(1), to: axis.position(ratio), y: RatioBars.height / 2 - 5, height: 10)
          whisker(range)
        }
        element("span", ["class": "ratio \(style)"]) { Numerals.times(ratio) }
      }
    }
  }

  private func whisker(_ range: ClosedRange<Double>) -> Markup {
    let ends = (axis.position(range.lowerBound), axis.position(range.upperBound))
    let middle = RatioBars.height / 2
    return Drawing.line("whisker", from: .init(x: ends.0, y: middle), to: .init(x: ends.1, y: middle))
  }

  private var gridLines: Markup {
    Markup(
      axis.ticks.map { tick in
        let x = axis.position(tick)
        return Drawing.line(
          tick == 1 ? "one" : "grid", from: .init(x: x, y: 0), to: .init(x: x, y: RatioBars.height))
      })
  }

  private var scale: Markup {
    element("svg", ["class": "track", "aria-hidden": "true"]) {
      for tick in axis.ticks {
        Drawing.text("\(Numerals.mark(tick)) ×", "tick", at: .init(x: axis.position(tick), y: 20), anchor: .middle)
      }
    }
  }
}

extension Comparison.Row {
  /// The part of the name that all works of one kind share.
  var family: String { String(work.prefix { $0 != "/" }) }

  var nameWithinFamily: String { work == family ? work : String(work.dropFirst(family.count + 1)) }

  /// The ratio to the best peer, from its fastest repetition against our slowest to its slowest against our fastest.
  var leadRange: ClosedRange<Double>? {
    guard let peer = peers.first?.statistics, peer.minimum > 0, ours.minimum > 0 else { return nil }
    return peer.minimum / ours.maximum...peer.maximum / ours.minimum
  }

  /// Whether the repetitions of both overlap, so that another run may decide otherwise.
  var isClose: Bool { leadRange.map { $0.contains(1) } ?? false }
}
