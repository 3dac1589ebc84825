/// How long a message is on its way at a fixed offered load: a chart for each route, a line for each load.
struct LatencySection {
  /// By the name of the work.
  private let figures: [String: Statistics]
  private let routes: [(key: String, elements: [Load])]

  /// `latency/<route>/<load>`, the name of a main figure, which is the median.
  private struct Load {
    var work: String
    var route: String
    var name: String
  }

  /// The percentiles, and what the name of a load's main figure goes on with for each.
  private static let percentiles: [(label: String, suffix: String)] = [
    ("50 %", ""), ("90 %", "/p90"), ("99 %", "/p99"), ("99.9 %", "/p99.9"), ("max", "/max"),
  ]

  init(recording: Recording?) {
    let own = recording?.own ?? []
    figures = Dictionary(own.map { ($0.work, $0.statistics) }, uniquingKeysWith: { first, _ in first })
    let loads = own.compactMap { figure -> Load? in
      let parts = figure.work.split(separator: "/").map(String.init)
      guard parts.count == 3, parts[0] == "latency" else { return nil }
      return Load(work: figure.work, route: parts[1], name: parts[2])
    }
    routes = grouped(loads, by: \.route)
  }

  var markup: Markup {
    Page.section("Latency under load", id: "latency") {
      if routes.isEmpty {
        Page.missing("Latency was", command: Page.commandForOurs)
      } else {
        element("p", ["class": "lead"]) {
          "From the moment at which a message was due, even if its sender was late, to the one at which the other core "
          "has it: so many in a hundred take at most so long."
        }
        element("div", ["class": "charts"]) {
          for (route, loads) in routes { chart(route, loads) }
        }
      }
    }
  }

  private func chart(_ route: String, _ loads: [Load]) -> Markup {
    let step = 1 / Double(LatencySection.percentiles.count - 1)
    let ticks = LatencySection.percentiles.enumerated().map { index, percentile in
      LineChart.Tick(x: Double(index) * step, label: percentile.label)
    }
    let lines = loads.map { load in
      let points = zip(LatencySection.percentiles, ticks).compactMap { percentile, tick in
        figures[load.work + percentile.suffix].map { LineChart.Point(x: tick.x, name: tick.label, figures: $0) }
      }
      return LineChart.Line(name: "\(load.name)/s", points: points)
    }
    return LineChart(
      title: route, unit: "time a message takes", across: "of the messages; a line for each load", ticks: ticks,
      lines: lines, numeral: Numerals.duration(nanoseconds:)
    ).markup
  }
}
