import Testing

@testable import bench

/// The gate is itself held: a check that cannot fail would be none.
@Suite("The gate")
struct GateTests {
  @Test("A figure holds within its tolerance, and is news beyond it, to either side")
  func verdicts() {
    let threshold = Thresholds.Threshold.value(100, tolerance: 2)
    #expect(Verdict(.value(100), against: threshold) == .holds)
    #expect(Verdict(.value(102), against: threshold) == .holds)
    #expect(Verdict(.value(102.1), against: threshold) == .regression)
    #expect(Verdict(.value(98), against: threshold) == .holds)
    #expect(Verdict(.value(97.9), against: threshold) == .improvement)
    #expect(Verdict(.value(107.9), against: threshold, allowance: 4) == .holds)
    #expect(Verdict(.value(108.1), against: threshold, allowance: 4) == .regression)
    #expect(Verdict(.value(100), against: nil) == .noThreshold)
    #expect(Verdict(.hash(7), against: .hash(7)) == .holds)
    #expect(Verdict(.hash(7), against: .hash(8)) == .regression)
    #expect(Verdict(.hash(7), against: threshold) == .noThreshold)
  }

  @Test("The gravest verdict is the exit status")
  func statuses() {
    #expect([Verdict]().status == 0)
    #expect([Verdict.holds, .holds].status == 0)
    #expect([Verdict.holds, .improvement].status == 4)
    #expect([Verdict.improvement, .noThreshold].status == 5)
    #expect([Verdict.noThreshold, .regression, .improvement].status == 2)
  }

  /// One more of each, on a path as the library's: what every regression that the gate is for comes to.
  @Test("One allocation, one missed line, or a fifth more instructions a message is a regression")
  func smallestRegressions() {
    let sound: [Metric: Double] = [.instructions: 100, .allocations: 0, .retains: 0, .misses: 1.26]
    let planted: [Metric: Double] = [.instructions: 120, .allocations: 1, .retains: 1, .misses: 2.26]
    for (metric, value) in sound {
      let threshold = Finding.value(value).threshold(of: metric)
      #expect(Verdict(.value(value), against: threshold) == .holds)
      #expect(Verdict(.value(planted[metric]!), against: threshold) == .regression, "\(metric)")
    }
  }

  @Test("A threshold of time allows for the spread it was written with, at least a half and at most as much again")
  func timeTolerance() {
    #expect(Finding.value(2, spread: 0.1).threshold(of: .time) == .value(2, tolerance: 1))
    #expect(Finding.value(2, spread: 1.2).threshold(of: .time) == .value(2, tolerance: 1.2))
    #expect(Finding.value(2, spread: 7).threshold(of: .time) == .value(2, tolerance: 2))
    // Counts do not vary, and a miss more of many is news.
    #expect(Finding.value(100, spread: 7).threshold(of: .instructions) == .value(100, tolerance: 2))
    #expect(Finding.value(37).threshold(of: .misses) == .value(37, tolerance: 0.5))
  }

  @Test("Time is the median of the rounds' ratios, and one bad round moves neither it nor the spread")
  func timing() {
    let yardstick = [Double](repeating: 10, count: 9)
    let quiet: [Double] = [20, 21, 19, 20, 22, 18, 20, 21, 19]
    var disturbed = quiet
    disturbed[4] = 900
    guard case .value(let median, let spread) = Timing.finding(quiet, beside: yardstick),
      case .value(let other, let otherSpread) = Timing.finding(disturbed, beside: yardstick)
    else { return #expect(Bool(false), "a time is a value") }
    #expect(median == 2)
    #expect(other == 2)
    #expect(spread == otherSpread)
    #expect(spread > 0)
    // Rounds that agree, and still the linker may put the loop elsewhere.
    #expect(Timing.finding([30, 60], beside: [10, 20]) == .value(3, spread: Timing.leastNews / 15))
  }

  @Test("Steady traffic may not allocate, whatever its threshold says")
  func promise() {
    let steady = Thresholds.Key(scenario: "sequencer/in-order/one-stream", metric: .allocations)
    let opening = Thresholds.Key(scenario: "sequencer/open", metric: .allocations)
    #expect(RegressionGate.breaksPromise(.value(0.01), steady))
    #expect(!RegressionGate.breaksPromise(.value(0), steady))
    #expect(!RegressionGate.breaksPromise(.value(0.01), opening))
  }

  @Test("What is gated exists")
  func names() {
    let known = Set(Scenario.all.map(\.name))
    var names = Counting.all.map(\.scenario) + Counting.allocating
    names += known.map { Timing.yardstick(of: $0) }
    names += Yardsticks.baselines.flatMap { [$0.scenario, $0.work] }
    names += Yardsticks.limits.flatMap { [$0.scenario] + $0.works }
    names += Yardsticks.plainer.flatMap { [$0.key, $0.value] }
    #expect(names.filter { !known.contains($0) } == [])
    for several in Timing.severalThreads { #expect(known.contains { $0.hasPrefix(several) }, "\(several)") }
    #expect(Set(Yardsticks.baselines.map(\.scenario)).count == Yardsticks.baselines.count)
  }

  @Test("The committed thresholds can be read, and are of scenarios that exist")
  func committed() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let thresholds = try Thresholds(parsing: Files.contents(of: "\(root)/Benchmarks/Thresholds/linux-x86_64.tsv"))
    let known = Set(Scenario.all.map(\.name))
    #expect(thresholds.keys.count > 100)
    #expect(thresholds.keys.map(\.scenario).filter { !known.contains($0) } == [])
  }

  @Test("Thresholds are written and read alike, and damage is refused with its line")
  func thresholdFile() throws {
    var thresholds = Thresholds()
    thresholds.remarks = ["machine: a toaster"]
    thresholds[Thresholds.Key(scenario: "b/c", metric: .time)] = .value(1.5, tolerance: 0.375)
    thresholds[Thresholds.Key(scenario: "b/c", metric: .hash)] = .hash(.max - 1)
    thresholds[Thresholds.Key(scenario: "a", metric: .misses)] = .value(0, tolerance: 0.1)
    #expect(try Thresholds(parsing: thresholds.text) == thresholds)
    #expect(thresholds.processor == "a toaster")
    #expect(thresholds.text.split(separator: "\n").count == 4)
    for damage in [
      "a\ttime\t1", "a\tspeed\t1\t1", "a\ttime\tx\t1", "a\ttime\t1\t-1", "a\thash\t1\t-", "a\ttime\tnan\t1",
      "a\ttime\t1\t1\nb\ttime\t1\t1\na\ttime\t2\t1",
      // Widened by hand, to let everything pass.
      "a\tinstructions\t90\t1000000000", "a\ttime\t1\t1.5", "a\tallocations\t0\t1", "a\tinstructions\t1\tinf",
    ] {
      let line = damage.split(separator: "\n").count
      #expect(throws: Thresholds.Damage(line: line)) { try Thresholds(parsing: damage) }
    }
  }

  @Test("Counts come from the difference of two profiles")
  func counting() throws {
    let profile = { (instructions: Int, misses: Int, mallocs: Int) in
      """
      events: Ir D1mr D1mw
      fn=main
      cfn=malloc
      calls=\(mallocs) 0
      0 12 1 1
      fn=posix_memalign
      cfn=malloc
      calls=9\(mallocs) 0
      0 12 1 1
      fn=elsewhere
      cfn=swift_retain
      calls=3 0
      totals: \(instructions) \(misses) 7
      """
    }
    let fewer = try #require(CallProfile(parsing: profile(1_000, 50, 5)))
    let more = try #require(CallProfile(parsing: profile(1_400, 60, 5 + 20)))
    let counting = Counting(scenario: "x", fewer: 10, more: 20)
    let counts = Counting.Counts(counting, fewer: fewer, more: more)
    #expect(counts.findings[.instructions] == .value(40))
    #expect(counts.findings[.misses] == .value(1))
    #expect(counts.findings[.allocations] == .value(2))
    #expect(counts.findings[.retains] == .value(0))
    #expect(CallProfile(parsing: "events: Ir\nfn=main\n") == nil)
  }
}
