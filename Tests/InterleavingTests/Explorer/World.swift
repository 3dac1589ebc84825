/// What is explored: a name, and a body that makes new structures for each execution and says what the threads do.
struct Scenario: Sendable {
  let name: String
  let body: @Sendable (World) -> Void

  init(_ name: String, _ body: @escaping @Sendable (World) -> Void) {
    self.name = name
    self.body = body
  }
}

/// One execution, as a scenario's body sees it.
///
/// What the body does itself, and the checks, run before and after all threads and are ordered with all they do.
final class World {
  private let execution: Execution
  private(set) var threads: [() -> Void] = []
  private var checks: [() -> Void] = []
  private var epilogues: [() -> Void] = []
  /// What ``observe(_:)`` was told.
  private(set) var outcome: [UInt64]?

  init(_ execution: Execution) { self.execution = execution }

  /// Adds a thread. Its number, which schedules and faults use, counts from 1.
  func thread(_ body: @escaping () -> Void) { threads.append(body) }

  /// Runs once all threads have come to their ends.
  func check(_ body: @escaping () -> Void) { checks.append(body) }

  /// Runs after the threads' bodies and the checks have been let go of, and with them the structures: for what must have
  /// been released by then.
  func afterTeardown(_ body: @escaping () -> Void) { epilogues.append(body) }

  /// What must hold, in a thread or a check. If it doesn't, a thread goes no further, and nothing is torn down.
  func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { execution.fail(.expectation, message()) }
  }

  /// For a loop that waits for another thread: that one goes on first, without counting as a preemption.
  func yield() { execution.yield() }

  /// How a thread is parked and woken. Unless it `synchronizes`, it orders nothing.
  func semaphore(synchronizes: Bool = false) -> ModelSemaphore { execution.makeSemaphore(synchronizes: synchronizes) }

  /// Adds to the set of outcomes that the exploration reports.
  func observe(_ values: UInt64...) { outcome = values }

  /// False as soon as a check fails.
  func runChecks() -> Bool {
    for check in checks where execution.failure == nil { check() }
    return execution.failure == nil
  }

  /// False if what the structures left behind is wrong.
  func tearDown() -> Bool {
    threads = []
    checks = []
    for epilogue in epilogues where execution.failure == nil { epilogue() }
    return execution.failure == nil
  }
}
