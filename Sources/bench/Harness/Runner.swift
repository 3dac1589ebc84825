/// What was found of one scenario.
struct Measurement {
  var scenario: Scenario
  /// Of the repetitions that count.
  var samples: [Sample] = []
  /// Of every repetition, the warm-up included.
  var hashes: [UInt64] = []
  /// What a repetition itself found wrong.
  var fault: String?

  /// The main figure of each repetition.
  var values: [Double] { samples.map(\.value) }
  var statistics: Statistics { Statistics(values) }

  /// What is reported: the main figure, and then each further one under a name of its own.
  var rows: [Row] {
    let hash = hashes.first ?? 0
    var rows = [Row(name: scenario.name, unit: scenario.unit, values: values, hash: hash)]
    for (index, figure) in (samples.first?.further ?? []).enumerated() {
      let values = samples.map { $0.further[index].value }
      rows.append(Row(name: "\(scenario.name)/\(figure.name)", unit: figure.unit, values: values, hash: hash))
    }
    return rows
  }
}

/// One figure over all repetitions.
struct Row {
  var name: String
  var unit: String
  var values: [Double]
  var hash: UInt64

  var statistics: Statistics { Statistics(values) }
}

/// Runs scenarios in turn, again and again.
///
/// The repetitions are interleaved: all scenarios once, then all once more. What drifts, be it the clock rate or a
/// neighbour on the machine, then hits all of them alike, and the ratios between them hold.
struct Runner {
  var scenarios: [Scenario]
  /// Rounds that count.
  var repetitions: Int
  /// Whether a round goes before them that does not: it pays for first touches of memory and of code.
  var warmsUp: Bool
  /// No round begins that would probably end later than this. If that leaves only the warm-up, it counts.
  var secondsAllowed: Double?

  func run(_ context: Context, progress: Progress) -> [Measurement] {
    let start = Clock.nanoseconds()
    var measurements = scenarios.map { Measurement(scenario: $0) }
    var bodies: [() -> Sample] = []
    for (index, scenario) in scenarios.enumerated() {
      progress.show("preparing \(index + 1)/\(scenarios.count) \(scenario.name)")
      bodies.append(scenario.prepare(context))
    }
    for round in (warmsUp ? 0 : 1)...repetitions {
      let roundStart = Clock.nanoseconds()
      let stage = round == 0 ? "warm-up" : "round \(round)/\(repetitions)"
      for index in bodies.indices {
        progress.show("\(stage), \(index + 1)/\(bodies.count) \(scenarios[index].name)")
        let sample = bodies[index]()
        measurements[index].hashes.append(sample.hash)
        if let fault = sample.fault { measurements[index].fault = fault }
        measurements[index].samples.append(sample)
      }
      let now = Clock.nanoseconds()
      let expectedEnd = Double(now - start + (now - roundStart)) / 1e9
      if let secondsAllowed, expectedEnd > secondsAllowed { break }
    }
    if warmsUp {
      for index in measurements.indices where measurements[index].samples.count > 1 {
        measurements[index].samples.removeFirst()
      }
    }
    progress.clear()
    return measurements
  }

  /// What is wrong with the results: what a scenario found itself, a hash that changed from one repetition to the next,
  /// or two ways of doing the same work that do not agree.
  static func errors(in measurements: [Measurement]) -> [String] {
    var errors: [String] = []
    var firstOfWork: [String: Measurement] = [:]
    for measurement in measurements {
      let name = measurement.scenario.name
      if let fault = measurement.fault { errors.append("\(name): \(fault)") }
      guard let hash = measurement.hashes.first else { continue }
      if measurement.hashes.contains(where: { $0 != hash }) {
        let all = measurement.hashes.map { Report.hexadecimal($0) }.joined(separator: " ")
        errors.append("\(name): the result changed between repetitions: \(all)")
      }
      guard let work = measurement.scenario.work else { continue }
      if let first = firstOfWork[work] {
        if first.hashes.first != hash { errors.append("\(name): its result is not that of \(first.scenario.name)") }
      } else {
        firstOfWork[work] = measurement
      }
    }
    return errors
  }
}
