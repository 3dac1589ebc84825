#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program from its arguments to its exit status; `main.swift` only calls it, so that tests can, too.
enum Bench {
  /// Exit statuses: `usage` and `unavailable` as `sysexits.h` has them, those of the gate as Swift's benchmarks use them.
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
      let status = try run(options, scenarios)
      // A table that did not arrive is no success.
      guard fflush(nil) == 0 else { throw Files.Failure("standard output", code: errno) }
      return status
    } catch let mistake as Arguments.Mistake {
      StandardError.put("bench: \(mistake.message)\n\(mistake.hint)\n")
      return usage
    } catch let failure as Files.Failure {
      StandardError.put("bench: \(failure.message)\n")
      return wrongResult
    } catch let damage as Recording.Damage {
      StandardError.put("bench: \(damage.message)\n")
      return wrongResult
    } catch {
      StandardError.put("bench: \(error)\n")
      return wrongResult
    }
  }

  private static func run(_ options: Arguments, _ scenarios: [Scenario]) throws -> Int32 {
    switch options.command {
    case .measure: measure(scenarios, options)
    case .compare(let recording): try compare(Recording(parsing: Files.contents(of: recording)), options.format)
    case .check, .update: try RegressionGate(options, scenarios).run(updating: options.command == .update)
    case .report: try ReportCommand(options).run()
    case .export(let folder): try export(options.plan, to: folder)
    case .floods: FloodCheck.run()
    case .soak: options.soak.run()
    }
  }

  private static func measure(_ scenarios: [Scenario], _ options: Arguments) -> Int32 {
    let results = measurements(of: scenarios, options, repetitions: options.repetitions)
    let remarks = Report.remarks(on: results).joined(separator: "\n")
    switch options.format {
    case .text: print("\(Report.text(results))\n\n\(remarks)")
    case .markdown: print("\(Report.markdown(results))\n\n\(remarks)")
    case .json:
      print(Report.json(results))
      StandardError.put("\(remarks)\n")
    case .samples:
      print(Recording(results).text, terminator: "")
      StandardError.put("\(remarks)\n")
    }
    return complain(Runner.errors(in: results))
  }

  /// Runs scenarios as the arguments ask for.
  static func measurements(of scenarios: [Scenario], _ options: Arguments, repetitions: Int) -> [Measurement] {
    // One core for the whole run: a migration costs its caches, and the next sample pays for it.
    Affinity.pin(toCore: 0)
    let runner = Runner(
      scenarios: scenarios, repetitions: repetitions, warmsUp: !options.once && !options.quick,
      secondsAllowed: options.secondsAllowed)
    return runner.run(Context(options.plan), progress: Progress.onTerminal)
  }

  /// Shows what a recording says of us and our peers; fails if they do not agree on a result.
  private static func compare(_ recording: Recording, _ format: Arguments.Format) throws -> Int32 {
    let comparison = Comparison(recording)
    guard !comparison.rows.isEmpty else { throw Recording.Damage(message: "the recording has no figures of ours") }
    switch format {
    case .text: print(comparison.text)
    case .markdown: print(comparison.markdown)
    case .samples: print(recording.text, terminator: "")
    case .json:
      throw Arguments.Mistake(
        message: "a comparison has no JSON", hint: "Its formats are text, markdown and samples.")
    }
    return complain(comparison.disagreements)
  }

  private static func export(_ plan: Plan, to folder: String) throws(Files.Failure) -> Int32 {
    try Inputs.export(plan, to: folder)
    return success
  }

  /// Prints what was wrong, and answers the status that says whether anything was.
  static func complain(_ errors: [String]) -> Int32 {
    for error in errors { StandardError.put("bench: \(error)\n") }
    return errors.isEmpty ? success : wrongResult
  }
}
