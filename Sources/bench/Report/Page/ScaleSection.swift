/// What a message costs as there is more of everything: a chart for each thing that grows, and one for its memory.
struct ScaleSection {
  private let readings: [Reading]

  /// What the main figure is called where there are others beside it; `one by one`, if it is not listed.
  private static let mainFigures = ["timers": "schedule", "subscribers": "in bursts"]

  /// `scale/<what>/<number>`, or `scale/<what>/<number>/<figure>`.
  private struct Reading {
    var what: String
    var number: Double
    var figure: String
    var unit: String
    var statistics: Statistics
  }

  init(recording: Recording?) {
    readings = (recording?.own ?? []).compactMap { own in
      let parts = own.work.split(separator: "/", maxSplits: 3).map(String.init)
      guard parts.count > 2, parts[0] == "scale", let number = Double(parts[2]), number > 0 else { return nil }
      return Reading(
        what: parts[1], number: number, figure: parts.count > 3 ? parts[3] : "", unit: own.unit,
        statistics: own.statistics)
    }
  }

  var markup: Markup {
    Page.section("As it grows", id: "scale") {
      if readings.isEmpty {
        Page.missing("How figures grow was", command: Page.commandForOurs)
      } else {
        element("p", ["class": "lead"]) {
          "A flat line is what one wishes for: a message that costs no more because there are others. Both axes are "
          "logarithmic."
        }
        element("div", ["class": "charts"]) {
          for (what, readings) in grouped(readings, by: \.what) {
            for (unit, readings) in grouped(readings, by: \.unit) { chart(what, unit, readings) }
          }
        }
      }
    }
  }

  private func chart(_ what: String, _ unit: String, _ readings: [Reading]) -> Markup {
    let axis = LogAxis(covering: readings.map(\.number))
    let lines = grouped(readings, by: \.figure).map { figure, readings in
      let points = readings.sorted { $0.number < $1.number }.map { reading in
        LineChart.Point(
          x: axis.position(reading.number), name: "\(Numerals.mark(reading.number)) \(what)",
          figures: reading.statistics)
      }
      let mainFigure = ScaleSection.mainFigures[what] ?? "one by one"
      return LineChart.Line(name: figure.isEmpty ? mainFigure : figure, points: points)
    }
    return LineChart(
      title: "\(quantity(of: unit)) against \(what)", unit: unit, across: what,
      ticks: axis.ticks.map { LineChart.Tick(x: axis.position($0), label: Numerals.mark($0)) }, lines: lines
    ).markup
  }

  private func quantity(of unit: String) -> String {
    unit.hasPrefix("ns") ? "Time" : unit.hasPrefix("bytes") ? "Memory" : "Throughput"
  }
}
