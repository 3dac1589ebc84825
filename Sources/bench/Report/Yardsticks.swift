/// What a figure of the library is set against: the straightforward code, and what the machine can do at all.
enum Yardsticks {
  /// The straightforward Swift code of this program, as a peer of the work that it does.
  struct Baseline {
    var scenario: String
    var work: String
    var who: String
  }

  static let baselines: [Baseline] = [
    Baseline(
      scenario: "baseline/in-order/one-stream", work: "sequencer/in-order/one-stream", who: "Swift Dictionary"),
    Baseline(
      scenario: "baseline/in-order/1M-streams", work: "sequencer/in-order/1M-streams", who: "Swift Dictionary"),
    Baseline(
      scenario: "baseline/displaced/1M-streams", work: "sequencer/displaced/1M-streams", who: "Swift Dictionary"),
    Baseline(scenario: "baseline/lost/1M-streams", work: "sequencer/lost/1M-streams", who: "Swift Dictionary"),
    Baseline(scenario: "baseline/open", work: "sequencer/open", who: "Swift Dictionary"),
    Baseline(scenario: "baseline/idle-bytes", work: "sequencer/idle-bytes", who: "Swift Dictionary"),
    Baseline(scenario: "baseline/mutex-array", work: "spsc/one-by-one", who: "Swift Mutex + Array"),
    Baseline(scenario: "baseline/async-stream", work: "spsc/one-by-one", who: "Swift AsyncStream"),
    Baseline(scenario: "baseline/fan-out-arrays", work: "fan-out/100", who: "Swift Array × 100"),
    Baseline(scenario: "baseline/fan-out-streams", work: "fan-out/100", who: "Swift AsyncStream × 100"),
    Baseline(scenario: "baseline/receipts/apply", work: "receipts/apply", who: "Swift Dictionary of Sets"),
    Baseline(scenario: "baseline/receipts/apply-1k", work: "receipts/apply-1k", who: "Swift Dictionary of Sets"),
    Baseline(scenario: "baseline/outbox/cycle", work: "outbox/cycle", who: "Swift Dictionary"),
    Baseline(scenario: "baseline/path/1", work: "path/1", who: "Swift Dictionary and closures"),
  ]

  /// Works that nobody else has a form of, and the plainer one whose peers they are set against.
  static let plainer: [String: String] = [
    "sequencer/in-order/1M-streams/batch": "sequencer/in-order/1M-streams",
    "sequencer/displaced/1M-streams/batch": "sequencer/displaced/1M-streams",
    "sequencer/lost/1M-streams/batch": "sequencer/lost/1M-streams",
    "outbox/cycle/persisted": "outbox/cycle",
  ]

  /// What the machine needs for what cannot be left out of a work.
  struct Limit {
    var works: [String]
    var scenario: String
    /// How often the work needs it.
    var times = 1.0
  }

  static let limits: [Limit] = [
    // A message of a stream at random reads and writes that stream's line.
    Limit(
      works: [
        "sequencer/in-order/1M-streams", "sequencer/in-order/1M-streams/batch", "sequencer/displaced/1M-streams",
        "sequencer/displaced/1M-streams/batch", "sequencer/lost/1M-streams", "sequencer/lost/1M-streams/batch",
        "sequencer/open", "timers/cancel",
      ], scenario: "limit/random-line/update"),
    // Of one stream it is in L1, and the next message waits for the number that this one leaves.
    Limit(works: ["sequencer/in-order/one-stream"], scenario: "limit/dependent-read/L1"),
    Limit(works: ["hub/deliver", "hub/deliver/single"], scenario: "limit/random-line/read"),
    Limit(works: ["spsc/ping-pong"], scenario: "limit/hand-over", times: 2),
    Limit(works: LatencyScenarios.all.map(\.name), scenario: "limit/hand-over"),
    Limit(works: ["spsc/one-by-one", "fan-out/publish"], scenario: "limit/release-store"),
    Limit(works: ["mpsc/one-by-one", "mpsc/uncontended", "hub/publish"], scenario: "limit/atomic-add"),
  ]

  /// The straightforward code for a work, or for its plainer form.
  static func baselines(of work: String) -> [Baseline] {
    let own = baselines.filter { $0.work == work }
    guard own.isEmpty, let plain = plainer[work] else { return own }
    return baselines.filter { $0.work == plain }
  }

  static func limit(of work: String) -> Limit? { limits.first { $0.works.contains(work) } }
}
