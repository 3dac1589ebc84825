/// How much work a run does.
struct Plan: Sendable {
  /// Streams of the `1M-streams` scenarios.
  var streams = 1_000_000
  /// Messages that a steady scenario is timed over, after its streams are open.
  var messages = 9_000_000
  /// Messages to generate; `nil`: as many as are timed. Fixing it lets two counting runs of different length share one
  /// cost of generation, which then cancels out.
  var generated: Int?
  /// Operations of everything that is not fed with messages; `nil`: each scenario's own number, over `divisor`.
  var operations: Int?
  var divisor = 1
  /// The largest buffer a limit may use. Several times the last-level cache, so that DRAM is what is measured.
  var bufferBytes = 256 << 20

  static let full = Plan()

  /// The same streams, because their number decides how much misses the cache, but fewer messages for them.
  static let quick = Plan(messages: 1_000_000, divisor: 10)

  /// Small enough for every scenario to run within a debug build's tests.
  static let tiny = Plan(streams: 500, messages: 4_000, operations: 2_000, bufferBytes: 1 << 16)

  /// Streams that a scenario opens which is about opening them, or about what all of them cost.
  var newStreams: Int { min(streams, operations ?? streams) }

  /// How many operations a scenario does whose usual number is `usual`.
  func operations(_ usual: Int) -> Int { operations ?? max(1, usual / divisor) }
}
