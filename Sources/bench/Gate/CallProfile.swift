/// What Callgrind counted in one run.
struct CallProfile: Equatable {
  /// Totals by the names of events, as `Ir` for instructions.
  private(set) var events: [String: Int] = [:]
  /// Calls by the names of the functions called.
  private(set) var calls: [String: Int] = [:]

  /// - Returns: `nil` if the text has no totals: the run was cut short.
  init?(parsing text: String) {
    var names: [Substring] = []
    var callee = ""
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let line = Substring(line)
      if let name = line.dropping("cfn=") {
        callee = String(name)
      } else if let counts = line.dropping("calls="),
        let count = counts.split(separator: " ").first.flatMap({ Int($0) })
      {
        calls[callee, default: 0] += count
      } else if let list = line.dropping("events: ") {
        names = list.split(separator: " ")
      } else if let totals = line.dropping("totals: ") {
        for (name, total) in zip(names, totals.split(separator: " ")) { events[String(name)] = Int(total) }
      }
    }
    if events["Ir"] == nil { return nil }
  }
}

extension Substring {
  fileprivate func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
