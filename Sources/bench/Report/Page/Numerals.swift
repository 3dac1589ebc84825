/// Figures as a reader takes them in: about three digits, thousands apart, and the unit that suits the size.
enum Numerals {
  /// `0.42`, `14.1`, `853`, `1,520`.
  static func short(_ value: Double) -> String {
    let magnitude = value.magnitude
    return grouped(Report.fixed(value, decimals: magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0))
  }

  static func range(_ statistics: Statistics) -> String {
    "\(short(statistics.minimum)) … \(short(statistics.maximum))"
  }

  /// A ratio: `0.96 ×`, `2.3 ×`, `61 ×`. Near 1 the second decimal says who won.
  static func times(_ ratio: Double) -> String {
    "\(grouped(Report.fixed(ratio, decimals: ratio < 2 ? 2 : ratio < 9.95 ? 1 : 0))) ×"
  }

  /// A mark on an axis: `0.5`, `100`, `10 k`, `1 M`.
  static func mark(_ value: Double) -> String {
    switch value {
    case 1e6...: "\(plain(value / 1e6)) M"
    case 1e4...: "\(plain(value / 1e3)) k"
    default: plain(value)
    }
  }

  /// A mark on an axis of time: `50 ns`, `2 µs`, `10 ms`.
  static func duration(nanoseconds value: Double) -> String {
    switch value {
    case 1e9...: "\(plain(value / 1e9)) s"
    case 1e6...: "\(plain(value / 1e6)) ms"
    case 1e3...: "\(plain(value / 1e3)) µs"
    default: "\(plain(value)) ns"
    }
  }

  /// About three digits, and no zeros behind the point that say nothing.
  private static func plain(_ value: Double) -> String {
    var text = short(value)
    while text.contains("."), text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A comma before each three digits of the whole part.
  private static func grouped(_ text: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1)
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      let behind = parts[0].count - index
      if index > 0, behind.isMultiple(of: 3) { whole += "," }
      whole.append(digit)
    }
    return parts.count > 1 ? "\(whole).\(parts[1])" : whole
  }
}
