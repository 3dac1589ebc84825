/// One thing to measure, as a value: the program, its tests and its documentation walk the same list of them.
struct Scenario: Sendable {
  /// A path like `sequencer/open`. Thresholds, reports and documents use it, so it is never changed lightly.
  let name: String
  /// What the figure counts, for example `ns/message`.
  let unit: String
  /// One line for `--list`.
  let summary: String
  /// Scenarios with the same word do the same work on the same input, so their hashes must agree.
  let work: String?
  /// Whether only a filter that names it, or what its name begins with, brings it: a plain run is to stay short.
  let isOnRequest: Bool
  /// Prepares what every repetition shares, and returns the repetition. What a repetition prepares for itself it keeps
  /// out of the time it reports.
  let prepare: @Sendable (Context) -> () -> Sample

  init(
    _ name: String, unit: String, _ summary: String, work: String? = nil, isOnRequest: Bool = false,
    prepare: @escaping @Sendable (Context) -> () -> Sample
  ) {
    self.name = name
    self.unit = unit
    self.summary = summary
    self.work = work
    self.isOnRequest = isOnRequest
    self.prepare = prepare
  }

  /// Every scenario, in the order in which they are run and reported.
  static var all: [Scenario] {
    Limits.memory + Limits.instructions + Limits.machine + Baselines.ordering + Baselines.others
      + SequencerScenarios.inOrder + SequencerScenarios.outOfOrder + SequencerScenarios.streams
      + SequencerScenarios.adversary + ReceiptsScenarios.baselines + ReceiptsScenarios.all
      + QueueScenarios.single + QueueScenarios.many + FanOutScenarios.baselines + FanOutScenarios.all + HubScenarios.all
      + TimerScenarios.all + RetryScenarios.all
      + OutboxScenarios.baselines + OutboxScenarios.all + PathScenarios.baselines + PathScenarios.all
      + LatencyScenarios.all + ScaleScenarios.all + MemoryScenarios.all + MemoryScenarios.delivery
  }
}

/// A figure beside the main one of a scenario, which the same repetition found: a percentile, or the memory.
struct Figure {
  /// What the scenario's name is continued with, as in `spsc/ping-pong/p99`.
  var name: String
  var unit: String
  var value: Double
}

/// What one repetition found.
struct Sample {
  /// The figure, in the scenario's unit.
  var value: Double
  /// Others, always the same ones in the same order. Each is reported in a row of its own.
  var further: [Figure] = []
  /// A digest of what the work computed. It keeps the optimiser honest, and it must not change between repetitions.
  var hash: UInt64
  /// What was wrong with the result, if the scenario can tell.
  var fault: String?

  init(value: Double, hash: UInt64) {
    self.value = value
    self.hash = hash
  }

  /// A figure in nanoseconds a piece.
  init(nanoseconds: UInt64, count: Int, hash: UInt64) {
    self.init(value: Double(nanoseconds) / Double(max(count, 1)), hash: hash)
  }
}
