/// What stood on the command line.
struct Arguments {
  enum Format: String, CaseIterable { case text, json }

  var filters: [String] = []
  var quick = false
  var list = false
  var help = false
  var once = false
  var format = Format.text
  var repeats: Int?
  var size: Int?
  var streams: Int?
  var generated: Int?

  /// A command line that makes no sense, and what to do about it.
  struct Mistake: Error {
    var message: String
    var hint = "Try 'bench --help', or 'bench --list' for the names."
  }

  init(parsing arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      switch flag {
      case "--filter": filters.append(try Arguments.value(of: flag, from: &rest))
      case "--quick": quick = true
      case "--list": list = true
      case "--once": once = true
      case "--help", "-h": help = true
      case "--repeat": repeats = try Arguments.number(of: flag, from: &rest)
      case "--size": size = try Arguments.number(of: flag, from: &rest)
      case "--streams": streams = try Arguments.number(of: flag, from: &rest)
      case "--generate": generated = try Arguments.number(of: flag, from: &rest)
      case "--format":
        let word = try Arguments.value(of: flag, from: &rest)
        guard let known = Format(rawValue: word) else {
          throw Mistake(message: "unknown format '\(word)'", hint: "The formats are text and json.")
        }
        format = known
      default:
        throw Mistake(message: "unknown argument '\(flag)'")
      }
    }
    if once, repeats != nil {
      throw Mistake(message: "--once and --repeat exclude each other", hint: "Leave out one of the two.")
    }
    if let generated, let size, generated < size {
      throw Mistake(message: "--generate is less than --size", hint: "Generate at least as many messages as are timed.")
    }
  }

  private static func value(of flag: String, from rest: inout ArraySlice<String>) throws(Mistake) -> String {
    guard let value = rest.popFirst(), !value.hasPrefix("--") else {
      throw Mistake(message: "\(flag) needs a value")
    }
    return value
  }

  private static func number(of flag: String, from rest: inout ArraySlice<String>) throws(Mistake) -> Int {
    let word = try value(of: flag, from: &rest)
    // A message counts its number in 32 bits, and a run of more would not end today.
    guard let number = Int(word), (1...1_000_000_000).contains(number) else {
      throw Mistake(message: "\(flag) needs a whole number from 1 to 1000000000, not '\(word)'")
    }
    return number
  }
}

extension Arguments {
  /// The work that the arguments ask for.
  var plan: Plan {
    var plan = quick ? Plan.quick : Plan.full
    if let streams { plan.streams = streams }
    if let size {
      plan.messages = size
      plan.operations = size
    }
    plan.generated = generated
    return plan
  }

  /// Repetitions that count. Odd, so that the median is a figure that was really seen.
  var repetitions: Int { once ? 1 : repeats ?? (quick ? 3 : 5) }

  /// When to begin no further round, so that a slow machine shows fewer repetitions instead of taking minutes; `nil` if
  /// their number was asked for.
  var secondsAllowed: Double? { once || repeats != nil ? nil : quick ? 12 : 75 }

  /// The scenarios whose name contains any of the filters; all, if there is no filter. A filter that is a whole name
  /// takes only that one, though other names begin with it: a counting run wants a single scenario.
  func select(from scenarios: [Scenario]) throws(Mistake) -> [Scenario] {
    for filter in filters where !scenarios.contains(where: { $0.name.contains(filter) }) {
      throw Mistake(message: "no scenario's name contains '\(filter)'", hint: "'bench --list' shows the names.")
    }
    if filters.isEmpty { return scenarios }
    let names = Set(scenarios.map(\.name))
    return scenarios.filter { scenario in
      filters.contains { names.contains($0) ? scenario.name == $0 : scenario.name.contains($0) }
    }
  }

  static let help = """
    Measures the library beside the limits of this machine and the straightforward code.

    usage: swift run -c release bench [options]

      --filter SUBSTRING   only scenarios whose name contains it, or, if it is a whole name, only that one;
                           may be given several times
      --quick              less work and fewer repetitions: a look, not a measurement
      --list               names, units and what is measured
      --format text|json   a table (default), or an array of objects
      --repeat N           repetitions that count (else 5, or 3 with --quick, and fewer if they take too long)
      --help               this

    for counting instructions and allocations (see Benchmarks/README.md):

      --once               one repetition and no warm-up
      --size N             messages, streams or operations that each scenario is timed over
      --streams N          streams of the scenarios with many (1000000)
      --generate N         messages to generate, if more than --size

    Exit status: 0; 1 if a result was wrong or changed between repetitions; 64 for a command line that makes no sense.
    """
}
