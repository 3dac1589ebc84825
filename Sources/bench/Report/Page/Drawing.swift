/// The few shapes that the figures are made of.
///
/// Across, a place is a fraction of the drawing's width, and becomes a percentage: so a drawing stretches with the page
/// while its letters and strokes keep their size. Down, it is in pixels.
enum Drawing {
  struct Place {
    var x: Double
    var y: Double
  }

  enum Anchor: String { case start, middle, end }

  static func line(_ style: String, from start: Place, to end: Place) -> Markup {
    element(
      "line",
      [
        "class": style, "x1": percent(start.x), "y1": pixels(start.y), "x2": percent(end.x), "y2": pixels(end.y),
      ])
  }

  /// A bar between two places across, whichever is the left one.
  static func bar(_ style: String, from start: Double, to end: Double, y: Double, height: Double) -> Markup {
    element(
      "rect",
      [
        "class": style, "x": percent(min(start, end)), "y": pixels(y), "width": percent((end - start).magnitude),
        "height": pixels(height),
      ])
  }

  /// A dot that says what it stands for when it is pointed at.
  static func dot(_ style: String, at place: Place, radius: Double, says title: String) -> Markup {
    element("circle", ["class": style, "cx": percent(place.x), "cy": pixels(place.y), "r": pixels(radius)]) {
      element("title") { title }
    }
  }

  /// - Parameters:
  ///   - shift: pixels to the right of the place.
  ///   - further: words behind the text that matter less.
  static func text(
    _ text: String, _ style: String, at place: Place, shift: Double = 0, anchor: Anchor = .start, further: String? = nil
  ) -> Markup {
    element(
      "text",
      [
        "class": style, "x": percent(place.x), "y": pixels(place.y), "dx": pixels(shift),
        "text-anchor": anchor.rawValue,
      ]
    ) {
      text
      if let further { element("tspan", ["class": "further", "dx": "8"]) { further } }
    }
  }

  static func percent(_ fraction: Double) -> String { "\(Report.fixed(fraction * 100))%" }

  static func pixels(_ length: Double) -> String { Report.fixed(length, decimals: 1) }
}
