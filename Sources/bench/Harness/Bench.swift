/// The program from its arguments to its exit status; `main.swift` only calls it, so that tests can, too.
enum Bench {
  /// Exit statuses, as `sysexits.h` has them.
  static let success: Int32 = 0
  static let wrongResult: Int32 = 1
  static let usage: Int32 = 64

  /// Runs the program and returns its exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      let options = try Arguments(parsing: arguments)
      if options.help {
        print(Arguments.help)
        return success
      }
      let scenarios = try options.select(from: Scenario.all)
      if options.list {
        print(Report.list(scenarios))
        return success
      }
      return measure(scenarios, options)
    } catch {
      StandardError.put("bench: \(error.message)\n\(error.hint)\n")
      return usage
    }
  }

  private static func measure(_ scenarios: [Scenario], _ options: Arguments) -> Int32 {
    // One core for the whole run: a migration costs its caches, and the next sample pays for it.
    Affinity.pin(toCore: 0)
    let runner = Runner(
      scenarios: scenarios, repetitions: options.repetitions, warmsUp: !options.once && !options.quick,
      secondsAllowed: options.secondsAllowed)
    let results = runner.run(Context(options.plan), progress: Progress.onTerminal)
    let remarks = Report.remarks(on: results).joined(separator: "\n")
    switch options.format {
    case .text: print("\(Report.text(results))\n\n\(remarks)")
    case .json:
      print(Report.json(results))
      StandardError.put("\(remarks)\n")
    }
    let errors = Runner.errors(in: results)
    for error in errors { StandardError.put("bench: \(error)\n") }
    return errors.isEmpty ? success : wrongResult
  }
}
