internal import Choosing

/// What stood on the command line.
struct Arguments: Equatable {
  /// What is to be done. All but measuring and the gate are words of their own.
  enum Command: Equatable {
    case measure
    case check
    case update
    case compare(recording: String)
    case report
    case export(folder: String)
    case floods
    case soak
  }

  enum Format: String, CaseIterable { case text, json, markdown, samples }

  var command = Command.measure
  var filters: [String] = []
  var quick = false
  var list = false
  var help = false
  var once = false
  var drawsOnly = false
  var format = Format.text
  var repeats: Int?
  var size: Int?
  var streams: Int?
  var generated: Int?
  var soak = Soak()
  var thresholds = "Benchmarks/Thresholds"
  var results = "Benchmarks/Results"

  /// A command line that makes no sense, and what to do about it.
  struct Mistake: Error {
    var message: String
    var hint = "Try 'bench --help', or 'bench --list' for the names."
  }

  static let flags = [
    "--filter", "--quick", "--list", "--once", "--help", "--repeat", "--size", "--streams", "--generate", "--format",
    "--check", "--update", "--thresholds", "--results", "--draw", "--seconds", "--worlds", "--seed", "--tape",
  ]
  static let words = ["compare", "report", "export", "floods", "soak"]

  init(parsing arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    if let word = rest.first, !word.hasPrefix("-") {
      rest.removeFirst()
      command = try Arguments.command(word, &rest)
    }
    while let flag = rest.popFirst() {
      switch flag {
      case "--filter": filters.append(try Arguments.value(of: flag, from: &rest))
      case "--quick": quick = true
      case "--list": list = true
      case "--once": once = true
      case "--help", "-h": help = true
      case "--check": try set(.check, flag)
      case "--update": try set(.update, flag)
      case "--draw": drawsOnly = true
      case "--thresholds": thresholds = try Arguments.value(of: flag, from: &rest)
      case "--results": results = try Arguments.value(of: flag, from: &rest)
      case "--repeat": repeats = try Arguments.number(of: flag, from: &rest)
      case "--size": size = try Arguments.number(of: flag, from: &rest)
      case "--streams": streams = try Arguments.number(of: flag, from: &rest)
      case "--generate": generated = try Arguments.number(of: flag, from: &rest)
      case "--seconds": soak.seconds = try Arguments.number(of: flag, from: &rest)
      case "--worlds": soak.worlds = UInt64(try Arguments.number(of: flag, from: &rest))
      case "--seed":
        let word = try Arguments.value(of: flag, from: &rest)
        guard let seed = UInt64(word) else {
          throw Mistake(message: "--seed needs a whole number below 2^64, not '\(word)'")
        }
        soak.seed = seed
      case "--tape":
        guard let tape = bytes(hexadecimal: try Arguments.value(of: flag, from: &rest)), !tape.isEmpty else {
          throw Mistake(message: "--tape needs bytes in hexadecimal digits")
        }
        soak.tape = tape
      case "--format":
        let word = try Arguments.value(of: flag, from: &rest)
        guard let known = Format(rawValue: word) else {
          let names = Format.allCases.map(\.rawValue).joined(separator: ", ")
          throw Mistake(message: "unknown format '\(word)'", hint: "The formats are \(names).")
        }
        format = known
      default:
        throw Mistake(unknown: flag, among: Arguments.flags)
      }
    }
    try checkCombinations()
  }

  private static func command(_ word: String, _ rest: inout ArraySlice<String>) throws(Mistake) -> Command {
    switch word {
    case "compare": .compare(recording: try value(of: word, from: &rest))
    case "export": .export(folder: try value(of: word, from: &rest))
    case "report": .report
    case "floods": .floods
    case "soak": .soak
    default: throw Mistake(unknown: word, among: words)
    }
  }

  private mutating func set(_ other: Command, _ flag: String) throws(Mistake) {
    guard command == .measure || command == other else {
      throw Mistake(message: "\(flag) does not go with what was asked for before it")
    }
    command = other
  }

  private func checkCombinations() throws(Mistake) {
    if once, repeats != nil {
      throw Mistake(message: "--once and --repeat exclude each other", hint: "Leave out one of the two.")
    }
    if let generated, let size, generated < size {
      throw Mistake(message: "--generate is less than --size", hint: "Generate at least as many messages as are timed.")
    }
    let setsWork = once || size != nil || streams != nil || generated != nil || repeats != nil
    if command == .check || command == .update, setsWork || quick || list || format != .text {
      throw Mistake(
        message: "the gate sets the amount of work and its format itself", hint: "It takes --filter and --thresholds.")
    }
    if command == .report, setsWork || list || !filters.isEmpty || format != .text {
      throw Mistake(message: "a report is of everything", hint: "It takes --quick, --draw and --results.")
    }
    if command == .soak, setsWork || quick || list || !filters.isEmpty || format != .text {
      throw Mistake(
        message: "a soak measures nothing", hint: "It takes --seconds or --worlds, and --seed; or a --tape alone.")
    }
    if command == .floods, setsWork || quick || list || !filters.isEmpty || format != .text {
      throw Mistake(message: "the floods are measured as they are promised", hint: "It takes no other word.")
    }
    if command != .soak, soak != Soak() {
      throw Mistake(message: "--seconds, --worlds, --seed and --tape go with 'bench soak' only")
    }
    if soak.tape != nil, soak != Soak(tape: soak.tape) {
      throw Mistake(message: "a tape is a world of its own", hint: "Leave out the other options.")
    }
    if drawsOnly, command != .report { throw Mistake(message: "--draw goes with 'bench report' only") }
  }

  private static func value(of flag: String, from rest: inout ArraySlice<String>) throws(Mistake) -> String {
    guard let value = rest.popFirst(), !value.hasPrefix("--"), !value.isEmpty else {
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

extension Arguments.Mistake {
  init(unknown word: String, among known: [String]) {
    message = "unknown argument '\(word)'"
    if let nearest = Nearest.match(for: word, among: known) { hint = "Did you mean '\(nearest)'?" }
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

  /// The scenarios whose name contains any of the filters; without a filter all but those that run on request.
  func select(from scenarios: [Scenario]) throws(Mistake) -> [Scenario] {
    if filters.isEmpty { return list ? scenarios : scenarios.filter { !$0.isOnRequest } }
    let names = Set(scenarios.map(\.name))
    // A whole name takes only that one, though other names begin with it: a counting run wants a single scenario.
    let isTaken = { (scenario: Scenario, filter: String) in
      if names.contains(filter) { return scenario.name == filter }
      return scenario.isOnRequest ? scenario.name.hasPrefix(filter) : scenario.name.contains(filter)
    }
    for filter in filters where !scenarios.contains(where: { isTaken($0, filter) }) {
      var mistake = Mistake(message: "no scenario's name contains '\(filter)'", hint: "'bench --list' shows the names.")
      if let nearest = Nearest.match(for: filter, among: scenarios.map(\.name)) {
        mistake.hint = "Did you mean '\(nearest)'? \(mistake.hint)"
      }
      throw mistake
    }
    return scenarios.filter { scenario in filters.contains { isTaken(scenario, $0) } }
  }
}
