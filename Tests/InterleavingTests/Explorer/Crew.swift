import Dispatch
import Foundation

/// The threads that bodies run on, kept from one execution to the next, since starting one takes far longer than an
/// execution does. Each waits for its own semaphore; the first belongs to the exploring thread.
final class Crew: @unchecked Sendable {
  private var semaphores = [DispatchSemaphore(value: 0)]
  private var bodies: [() -> Void] = []
  private var execution: Execution?
  private var isAbandoned = false

  /// Has a thread for each of the bodies, which begins when it is woken.
  func prepare(_ bodies: [() -> Void], for execution: Execution) {
    self.bodies = bodies
    self.execution = execution
    while semaphores.count <= bodies.count { startThread() }
  }

  private func startThread() {
    let number = semaphores.count
    let semaphore = DispatchSemaphore(value: 0)
    semaphores.append(semaphore)
    let thread = Thread {
      while true {
        semaphore.wait()
        guard let execution = self.execution else { return }
        execution.asCurrent {
          self.runBody(of: number)
          execution.finish()
        }
      }
    }
    thread.stackSize = 1 << 19
    thread.start()
  }

  /// Not inlined, so that nothing of the body outlives it on this thread: the exploring one tears the structures down.
  @inline(never)
  private func runBody(of thread: Int) { bodies[thread - 1]() }

  func wake(_ thread: Int) { semaphores[thread].signal() }

  func wait(_ thread: Int) { semaphores[thread].wait() }

  /// Waits until the threads have finished or one has failed. False after a minute.
  func waitAsMain() -> Bool { semaphores[0].wait(timeout: .now() + 60) == .success }

  /// The calling thread is given up: it stands in the middle of code that must not go on, and cannot be unwound.
  func waitForEver() -> Never {
    while true { DispatchSemaphore(value: 0).wait() }
  }

  /// Lets go of the bodies, and of what they hold on to.
  func forgetBodies() { bodies = [] }

  /// Keeps the threads as they stand, for ever: some may be in ``waitForEver()``, or wait for them.
  func abandon() {
    isAbandoned = true
    _ = unsafe Unmanaged.passRetained(self)
  }

  /// Ends the threads, unless they were abandoned.
  func dismiss() {
    guard !isAbandoned else { return }
    bodies = []
    execution = nil
    for semaphore in semaphores.dropFirst() { semaphore.signal() }
  }
}
