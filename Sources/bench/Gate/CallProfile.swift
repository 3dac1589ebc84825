/// What Callgrind counted in one run.
struct CallProfile: Equatable {
  /// Totals by the names of events, as `Ir` for instructions.
  private(set) var events: [String: Int] = [:]
  /// Calls by the names of the functions called. Those that an allocator makes of another one are part of the first call.
  private(set) var calls: [String: Int] = [:]

  static let allocators: Set<String> = ["malloc", "posix_memalign", "aligned_alloc", "calloc", "realloc", "mmap"]

  /// Calls of all of them.
  var allocations: Int { CallProfile.allocators.reduce(0) { $0 + calls[$1, default: 0] } }

  /// - Returns: `nil` if the text has no totals: the run was cut short.
  init?(parsing text: String) {
    var names: [Substring] = []
    var caller = ""
    var callee = ""
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let line = Substring(line)
      if let name = line.dropping("fn=") {
        caller = String(name)
      } else if let name = line.dropping("cfn=") {
        callee = String(name)
      } else if let counts = line.dropping("calls="),
        let count = counts.split(separator: " ").first.flatMap({ Int($0) })
      {
        if !CallProfile.allocators.contains(caller) { calls[callee, default: 0] += count }
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
