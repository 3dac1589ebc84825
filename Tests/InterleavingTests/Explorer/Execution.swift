import Delivery
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One run of a body under one sequence of decisions, and the threads that it runs on, which serve the next one, too.
///
/// Of all the threads, the exploring one included, exactly one runs at a time: the `running` one. Whoever holds that
/// baton may touch everything in here without a lock, and handing it on orders all memory.
final class Execution: @unchecked Sendable {
  /// A thread as the model sees it. The first is the one that sets up and checks.
  struct ModelThread {
    enum State: Equatable {
      case ready
      /// Waits until another thread has done something.
      case yielding
      case waiting(semaphore: Int)
      case finished
    }

    var state = State.ready
    var clock: Clock
    /// Was chosen to run and has done nothing since, so there is nothing that another choice could precede.
    var isFresh = true
    /// What it will read or write late, if a fault says so.
    var postponed: [(access: PayloadAccess, payload: UInt)] = []
  }

  let decisions: Decisions
  let fault: Fault?
  /// How many times a thread may be interrupted.
  let preemptionBound: Int
  private let crew: Crew
  /// Names this execution in its words, so that one that outlives it is recognised.
  private let serial: UInt64

  var running = 0
  var threads: [ModelThread] = []
  var words: [WordHistory] = []
  var ordinals: [WordRole: Int] = [:]
  var payloads: [UInt: Payload] = [:]
  var semaphores: [SemaphoreState] = []
  var preemptions = 0
  var steps = 0
  var events: [Event] = []
  private(set) var failure: Failure?
  /// Whether the bound kept a thread from being interrupted. If not, no higher bound adds anything.
  var metBound = false

  /// Far more than a body needs that makes progress.
  private static let stepLimit = 2_000
  private static let serials = Atomic<UInt32>(0)

  init(decisions: Decisions, fault: Fault?, preemptionBound: Int, crew: Crew) {
    self.decisions = decisions
    self.fault = fault
    self.preemptionBound = preemptionBound
    self.crew = crew
    serial = UInt64(Execution.serials.wrappingAdd(1, ordering: .relaxed).newValue)
    threads = [ModelThread(clock: Clock())]
    threads[0].clock.tick(0)
  }

  /// Lets the threads of the body run to their ends. False if a failure left some of them standing.
  func run(_ bodies: [() -> Void]) -> Bool {
    precondition(!bodies.isEmpty && bodies.count < Clock.threadLimit, "an exploration takes 1 to 7 threads")
    for thread in 1...bodies.count {
      threads.append(ModelThread(clock: threads[0].clock))
      threads[thread].clock.tick(thread)
    }
    threads[0].clock.tick(0)
    crew.prepare(bodies, for: self)
    running = chooseSuccessor()!
    crew.wake(running)
    guard crew.waitAsMain() else {
      // The threads are still at it, so nothing that they share may be looked at.
      failure = Failure(kind: .livelock, message: "a thread went on for a minute without an operation on a word")
      return false
    }
    for thread in threads { threads[0].clock.join(thread.clock) }
    threads[0].clock.tick(0)
    return failure == nil
  }

  /// A thread of the crew has come to the end of its body.
  func finish() {
    applyPostponed()
    threads[running].state = .finished
    if let next = chooseSuccessor() {
      running = next
      crew.wake(next)
    } else {
      running = 0
      crew.wake(0)
    }
  }

  // MARK: Steps

  /// Comes before each operation of a thread that others can tell: another may go first.
  func step() {
    if running != 0 {
      countStep()
      if threads[running].isFresh { threads[running].isFresh = false } else { offerPreemption() }
      for thread in threads.indices where thread != running && threads[thread].state == .yielding {
        threads[thread].state = .ready
      }
    }
    threads[running].clock.tick(running)
  }

  func countStep() {
    steps += 1
    if steps > Execution.stepLimit { fail(.livelock, "more than \(Execution.stepLimit) steps") }
  }

  private func offerPreemption() {
    let others = threads.indices.filter { $0 != 0 && $0 != running && threads[$0].state == .ready }
    guard !others.isEmpty else { return }
    guard preemptions < preemptionBound else {
      metBound = true
      return
    }
    let choice = decisions.choose(others.count + 1, .preemption)
    guard choice > 0 else { return }
    preemptions += 1
    handOver(to: others[choice - 1])
    threads[running].isFresh = false
  }

  /// The running thread cannot go on, or says so: another one does, if there is one.
  func giveWay() {
    let thread = running
    if let next = chooseSuccessor(), next != thread { handOver(to: next) }
    threads[thread].isFresh = true
  }

  private func handOver(to next: Int) {
    let thread = running
    running = next
    crew.wake(next)
    crew.wait(thread)
  }

  /// Who goes on when the running thread does not; nil if all have finished.
  private func chooseSuccessor() -> Int? {
    var able = threads.indices.filter { $0 != 0 && threads[$0].state == .ready }
    if able.isEmpty { able = threads.indices.filter { $0 != 0 && threads[$0].state == .yielding } }
    if !able.isEmpty { return able[decisions.choose(able.count, .successor)] }
    let waiting = threads.indices.filter { if case .waiting = threads[$0].state { true } else { false } }
    if !waiting.isEmpty {
      fail(.deadlock, waiting.map { "\(Schedule.name(ofThread: $0)) waits" }.joined(separator: ", ") + " for ever")
    }
    return nil
  }

  // MARK: Failing

  /// Ends the execution here and now. A thread of the crew does not return from this: what it would do next with a
  /// structure that has just been found broken could crash the process.
  func fail(_ kind: Failure.Kind, _ message: String) {
    if failure == nil {
      failure = Failure(
        kind: kind, message: message, schedule: Schedule(events: events, words: words.map(\.description)))
    }
    guard running != 0 else { return }
    running = 0
    crew.wake(0)
    crew.waitForEver()
  }

  func note(_ action: Event.Action) { events.append(Event(thread: running, action: action)) }

  // MARK: Words

  func makeWord(_ value: UInt64, _ role: WordRole) -> UInt64 {
    let ordinal = ordinals[role, default: 0]
    ordinals[role] = ordinal + 1
    threads[running].clock.tick(running)
    words.append(
      WordHistory(value, role, ordinal: ordinal, madeBy: running, at: threads[running].clock))
    return serial << 32 | UInt64(words.count - 1)
  }

  func index(ofWord name: UInt64) -> Int {
    precondition(name != 0, "a word that was never initialized")
    precondition(name >> 32 == serial, "a word of an earlier execution")
    return Int(truncatingIfNeeded: name & 0xFFFF_FFFF)
  }

  // MARK: The current one

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = unsafe pthread_key_create(&key, nil)
    precondition(status == 0, "no key for the current execution")
    return key
  }()

  /// The execution that the calling thread takes part in. Explorations may run side by side.
  static var current: Execution {
    guard let pointer = unsafe pthread_getspecific(key) else {
      preconditionFailure("a model word is used outside an exploration")
    }
    return unsafe Unmanaged<Execution>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Runs `body` on behalf of this execution.
  func asCurrent<Result>(_ body: () -> Result) -> Result {
    let before = unsafe pthread_getspecific(Execution.key)
    unsafe pthread_setspecific(Execution.key, Unmanaged.passUnretained(self).toOpaque())
    defer { unsafe pthread_setspecific(Execution.key, before) }
    return body()
  }
}
