/// Lines over a logarithmic height, each named at its end. Whiskers go from the minimum to the maximum of a point.
struct LineChart {
  struct Point {
    /// 0 at the left, 1 at the right.
    var x: Double
    /// What that place stands for, in words.
    var name: String
    var figures: Statistics
  }

  struct Line {
    var name: String
    var points: [Point]
  }

  struct Tick {
    var x: Double
    var label: String
  }

  var title: String
  /// What the lines' height means, and what goes from left to right.
  var unit: String
  var across: String
  var ticks: [Tick]
  var lines: [Line]
  /// How a figure is written at the axis and at the lines' ends.
  var numeral: (Double) -> String = Numerals.mark

  private static let height = 220.0
  /// Between the names of two lines, so that none covers the other.
  private static let nameHeight = 15.0

  var markup: Markup {
    let axis = axis
    return element("figure") {
      element("figcaption") {
        element("strong") { title }
        element("span", ["class": "unit"]) { unit }
      }
      element("div", ["class": lines.count > 1 ? "plot" : "plot single"]) {
        element("svg", ["role": "img", "aria-label": "\(title), \(unit)"]) {
          frame(axis)
          for (index, line) in lines.enumerated() { drawn(line, shade(of: index), axis) }
          names(axis)
        }
        element("p", ["class": "across"]) { across }
      }
    }
  }

  /// Nearly a power of ten at the least: small differences are to look small.
  private var axis: LogAxis {
    let ends = lines.flatMap(\.points).flatMap { [$0.figures.minimum, $0.figures.maximum] }.filter { $0 > 0 }
    guard let least = ends.min(), let most = ends.max() else { return LogAxis(covering: []) }
    let middle = (least * most).squareRoot()
    return LogAxis(covering: [least, most, middle / 2.5, middle * 2.5])
  }

  @MarkupBuilder private func frame(_ axis: LogAxis) -> Markup {
    for tick in axis.ticks {
      let y = height(of: tick, axis)
      Drawing.line("grid", from: .init(x: 0, y: y), to: .init(x: 1, y: y))
      Drawing.text(numeral(tick), "tick", at: .init(x: 0, y: y + 4), shift: -8, anchor: .end)
    }
    for tick in ticks {
      Drawing.text(tick.label, "tick", at: .init(x: tick.x, y: LineChart.height + 20), anchor: .middle)
    }
  }

  @MarkupBuilder private func drawn(_ line: Line, _ shade: String, _ axis: LogAxis) -> Markup {
    for (one, next) in zip(line.points, line.points.dropFirst()) {
      Drawing.line("curve \(shade)", from: place(of: one, axis), to: place(of: next, axis))
    }
    for point in line.points {
      let (low, high) = (height(of: point.figures.minimum, axis), height(of: point.figures.maximum, axis))
      Drawing.line("range \(shade)", from: .init(x: point.x, y: low), to: .init(x: point.x, y: high))
      Drawing.dot(
        "dot \(shade)", at: place(of: point, axis), radius: 3,
        says: "\(line.name) \(point.name): \(Numerals.short(point.figures.median)) \(unit)")
    }
  }

  /// The last figure of each line, and its name if there are several, moved apart where they would meet.
  private func names(_ axis: LogAxis) -> Markup {
    let ends = lines.enumerated().compactMap { index, line in
      line.points.last.map { (index, place(of: $0, axis), $0) }
    }
    var lowest = -Double.infinity
    var pieces: [Markup] = []
    for (index, place, point) in ends.sorted(by: { $0.1.y < $1.1.y }) {
      let y = max(place.y + 4, lowest + LineChart.nameHeight)
      lowest = y
      let value = numeral(point.figures.median)
      let label = lines.count > 1 ? "\(lines[index].name)  \(value)" : value
      pieces.append(Drawing.text(label, "name \(shade(of: index))", at: .init(x: place.x, y: y), shift: 10))
    }
    return Markup(pieces)
  }

  /// The last line is the darkest.
  private func shade(of index: Int) -> String { "shade\(min(lines.count - 1 - index, 3))" }

  private func place(of point: Point, _ axis: LogAxis) -> Drawing.Place {
    .init(x: point.x, y: height(of: point.figures.median, axis))
  }

  private func height(of value: Double, _ axis: LogAxis) -> Double { LineChart.height * (1 - axis.position(value)) }
}
