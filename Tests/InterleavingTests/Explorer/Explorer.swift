/// Runs a scenario again and again, each time with other decisions: which thread goes on, and what a load returns.
///
/// To explore a structure that is generic over `AtomicWord`, give it a `ModelWord` and say what its threads do:
///
///     let handOver = Scenario("queue of two") { world in
///       let queue = Storage<UInt64, ModelWord>(capacity: 2)       // new for every execution
///       var received: [UInt64] = []
///       world.thread { for value in 1...3 { _ = queue.push(UInt64(value)) } }
///       world.thread { for _ in 1...3 { if let value = queue.pop() { received.append(value) } } }
///       world.check { world.expect(received == Array(1...).prefix(received.count), "\(received)") }
///     }
///
///     @Test func holds() { explore(handOver) }
///     @Test func isChecked() { expectFound(.relaxed(.stores, of: .slot), in: handOver, as: .race) }
///
/// Payload that threads must not meet at is announced with `willRead` and `willWrite`; a race there is found in whatever
/// order the threads ran. `world.expect` states the rest. A body may do nothing that differs from one execution to the
/// next: no hash order, no clock, no random numbers. Its loops are bounded, or call `world.yield()`. A thread that would
/// park waits for a `world.semaphore()`; if nobody is left to wake it, that is a deadlock.
///
/// The walk is depth first and complete up to a number of preemptions, the fewest first, so the schedule that a
/// failure prints is among the simplest. A thread that ends, yields or waits is not preempted. Threads may be interrupted
/// before each operation on a word, and nowhere else: that is enough, since what lies between is announced or private.
///
/// Covered is C++20's model for relaxed, acquire and release operations: coherence, happens-before, release sequences.
/// Not covered:
/// - values out of thin air and load buffering: a load never returns what is stored later in the execution;
/// - stores that take effect in another order than they ran in: 2 + 2 writes. Words in which plain stores of several
///   threads meet without order are the only ones to which this matters;
/// - sequential consistency and fences, which the library does not use;
/// - weak compare-exchange, which may fail for no reason;
/// - payload memory that is freed and allocated again within one execution: it counts as the same payload.
///
/// A fault that makes the structure fail a precondition of its own ends the process; pick scenarios in which the
/// explorer is first to notice.
struct Explorer {
  let scenario: Scenario
  var fault: Fault?
  /// More executions than this are a failure: a scenario that is too large should say so, not run for ever.
  var executionLimit = 500_000

  /// What has been found.
  struct Findings {
    var executions = 0
    var outcomes: Set<[UInt64]> = []
    var failure: Failure?
    /// What was covered, in words.
    var extent = ""
    var duration = Duration.zero

    var description: String {
      let milliseconds = duration / .milliseconds(1)
      let rate = Int(Double(executions) / max(duration / .seconds(1), 1e-6))
      return "\(executions) executions, \(extent), \(Int(milliseconds)) ms (\(rate) a second)"
    }
  }

  var name: String { scenario.name + (fault.map { ", where \($0)" } ?? "") }

  /// Walks all schedules with at most `bound` preemptions: first those with none, then with one, and so on. What counts is
  /// the last of these walks, which the others are part of.
  func exhaust(preemptions bound: Int) -> Findings {
    var findings = Findings()
    findings.duration = ContinuousClock().measure {
      for preemptions in 0...bound {
        let goesOn = walk(preemptions, &findings)
        if !goesOn { break }
      }
    }
    return findings
  }

  /// Whether nothing was found, and a higher bound would add something.
  private func walk(_ bound: Int, _ findings: inout Findings) -> Bool {
    findings.executions = 0
    findings.extent = bound == 1 ? "up to 1 preemption" : "up to \(bound) preemptions"
    let decisions = Decisions()
    let crew = Crew()
    defer { crew.dismiss() }
    var metBound = false
    repeat {
      guard findings.executions < executionLimit else {
        findings.failure = Failure(kind: .unfinished, message: "more than \(executionLimit) executions")
        return false
      }
      let execution = run(decisions, bound, crew, &findings)
      guard findings.failure == nil else { return false }
      metBound = metBound || execution.metBound
    } while decisions.moveOn()
    if !metBound { findings.extent = "all schedules" }
    return metBound
  }

  /// Runs so many executions at random, each from a seed of its own, counted up from the first.
  func sample(seed: UInt64, executions: Int) -> Findings {
    var findings = Findings()
    findings.extent = "at random from seed \(seed)"
    let crew = Crew()
    findings.duration = ContinuousClock().measure {
      for execution in 0..<executions where findings.failure == nil {
        let seed = seed &+ UInt64(execution)
        _ = run(Decisions(seed: seed), .max, crew, &findings)
        findings.failure?.replay = Replay.command(seed: seed, exploration: name)
      }
    }
    crew.dismiss()
    return findings
  }

  /// Runs the one execution that a failure named.
  func replay(path: String, preemptions bound: Int) -> Findings {
    var findings = Findings()
    findings.extent = "replayed"
    let crew = Crew()
    _ = run(Decisions(replaying: path), bound, crew, &findings)
    crew.dismiss()
    return findings
  }

  private func run(_ decisions: Decisions, _ bound: Int, _ crew: Crew, _ findings: inout Findings) -> Execution {
    let execution = Execution(decisions: decisions, fault: fault, preemptionBound: bound, crew: crew)
    let world = World(execution)
    let holds = execution.asCurrent {
      scenario.body(world)
      guard execution.run(world.threads), world.runChecks() else { return false }
      crew.forgetBodies()
      return world.tearDown()
    }
    findings.executions += 1
    if let outcome = world.outcome { findings.outcomes.insert(outcome) }
    if !holds {
      // What broke is not torn down, and threads may stand in the middle of it.
      _ = unsafe Unmanaged.passRetained(world)
      crew.abandon()
      findings.failure = execution.failure
      findings.failure?.replay = Replay.command(path: decisions.description, preemptions: bound, exploration: name)
    } else if decisions.hasDiverged {
      findings.failure = Failure(kind: .nondeterminism, message: "the body did something else on the same path")
    }
    return execution
  }
}
