/// Counts what a message costs in instructions, allocations, retains and cache misses.
///
/// A scenario runs twice under Callgrind, over a number of messages and over more, fed from an input of one size. The two
/// runs differ by those messages alone, so starting up and generating the input cancel out to the last instruction.
struct Counting {
  var scenario: String
  /// Few, so that the messages before those counted bring the pools to the size that the traffic needs.
  var streams = 500
  var fewer = 200_000
  var more = 300_000

  /// The hot path of every part. Scenarios of several threads are not here: how often a thread looks in vain differs.
  static let all: [Counting] =
    [
      "sequencer/in-order/one-stream", "sequencer/in-order/1M-streams", "sequencer/in-order/1M-streams/batch",
      "sequencer/displaced/1M-streams", "sequencer/displaced/1M-streams/batch", "sequencer/lost/1M-streams",
      "sequencer/lost/1M-streams/repair",
      "outbox/cycle", "outbox/cycle/persisted", "receipts/apply", "receipts/apply-1k", "timers/churn", "retry/backoff",
      "spsc/uncontended", "mpsc/uncontended", "fan-out/publish", "fan-out/100", "fan-out/publish/reference",
      "hub/publish", "path/1",
    ].map { Counting(scenario: $0) }
    + ["sequencer/open", "sequencer/expire"].map {
      Counting(scenario: $0, streams: 20_000, fewer: 10_000, more: 20_000)
    }
    // A hundred deliveries a message.
    + [Counting(scenario: "path/100", fewer: 10_000, more: 12_000)]
    + [Counting(scenario: "timers/life", fewer: 20_000, more: 40_000)]

  /// Those whose traffic is steady allocate nothing, and no threshold can allow it.
  static let allocating: Set<String> = ["sequencer/open", "sequencer/expire", "timers/life"]

  struct Counts: Equatable {
    var findings: [Metric: Finding]

    init(_ counting: Counting, fewer: CallProfile, more: CallProfile) {
      let count = Double(counting.more - counting.fewer)
      let perMessage = { (quantity: (CallProfile) -> Int) in
        // Of what there is none of, the longer run may have a few less.
        Finding.value(max(0, Double(quantity(more) - quantity(fewer)) / count))
      }
      findings = [
        .instructions: perMessage { $0.events["Ir", default: 0] },
        .misses: perMessage { $0.events["D1mr", default: 0] + $0.events["D1mw", default: 0] },
        .allocations: perMessage { $0.allocations },
        .retains: perMessage { $0.calls["swift_retain", default: 0] },
      ]
    }
  }
}

extension Counting {
  /// Why nothing could be counted.
  enum Failure: Error, Equatable {
    case valgrindIsMissing
    case runFailed(scenario: String, log: String)
  }

  /// Counts all, as many at once as there are cores: unlike times, counts do not mind company.
  static func run(
    _ countings: [Counting], executable: String, progress: Progress
  ) throws -> [(scenario: String, counts: Counts)] {
    guard let valgrind = Child.find("valgrind") else { throw Failure.valgrindIsMissing }
    let folder = try Files.makeTemporaryFolder()
    let jobs = countings.indices.flatMap { index in [false, true].map { (index: index, isLonger: $0) } }
    let paths = jobs.map { "\(folder)/\($0.index).\($0.isLonger ? "more" : "fewer")" }
    defer {
      for path in paths {
        Files.delete(path)
        Files.delete("\(path).log")
      }
      Files.delete(folder)
    }
    var running: [(job: Int, child: Child)] = []
    for (job, path) in zip(jobs.indices, paths) {
      if running.count == Affinity.available.count { try wait(for: &running, countings, jobs.map(\.index), paths) }
      let counting = countings[jobs[job].index]
      progress.show("counting \(jobs[job].index + 1)/\(countings.count) \(counting.scenario)")
      let arguments = counting.arguments(over: jobs[job].isLonger ? counting.more : counting.fewer)
      running.append(
        (job, try Child(valgrind, Counting.switches(out: path) + [executable] + arguments, log: "\(path).log")))
    }
    while !running.isEmpty { try wait(for: &running, countings, jobs.map(\.index), paths) }
    progress.clear()

    return try countings.enumerated().map { index, counting in
      guard let fewer = try CallProfile(parsing: Files.contents(of: paths[2 * index])),
        let more = try CallProfile(parsing: Files.contents(of: paths[2 * index + 1]))
      else { throw Failure.runFailed(scenario: counting.scenario, log: "the profile has no totals") }
      let counts = Counts(counting, fewer: fewer, more: more)
      guard counts.findings[.instructions] != .value(0) else {
        throw Failure.runFailed(scenario: counting.scenario, log: "more messages took no more instructions")
      }
      return (counting.scenario, counts)
    }
  }

  /// Waits for the child that was started first.
  private static func wait(
    for running: inout [(job: Int, child: Child)], _ countings: [Counting], _ indices: [Int], _ paths: [String]
  ) throws {
    let (job, child) = running.removeFirst()
    if child.wait() != 0 {
      for other in running { _ = other.child.wait() }
      let log = (try? Files.contents(of: "\(paths[job]).log")) ?? ""
      throw Failure.runFailed(scenario: countings[indices[job]].scenario, log: log)
    }
  }

  /// A cache that no machine decides: counts of one processor hold on the next.
  private static func switches(out path: String) -> [String] {
    [
      "--tool=callgrind", "--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=1048576,16,64",
      "--compress-strings=no", "--callgrind-out-file=\(path)",
    ]
  }

  private func arguments(over size: Int) -> [String] {
    [
      "--filter", scenario, "--once", "--streams", "\(streams)", "--size", "\(size)", "--generate", "\(more)",
    ]
  }
}
