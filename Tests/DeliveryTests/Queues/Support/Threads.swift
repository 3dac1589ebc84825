import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Runs bodies on threads of their own, all at once, and returns when all have returned.
///
/// Threads of the system, not tasks: these tests block, and the thread sanitizer understands starting and joining.
func concurrently(_ bodies: [@Sendable () -> Void]) {
  let gate = Gate(bodies.count)
  var threads: [pthread_t] = []
  for body in bodies {
    let start = unsafe Unmanaged.passRetained(Start(gate, body)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
      let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { argument in
        unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }
      let status = unsafe pthread_create(&thread, nil, main, start)
      if let thread = unsafe thread { unsafe threads.append(thread) }
    #else
      var thread = pthread_t()
      let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }
      let status = unsafe pthread_create(&thread, nil, main, start)
      threads.append(thread)
    #endif
    precondition(status == 0, "a thread could not be started")
  }
  for thread in threads {
    #if canImport(Darwin)
      unsafe pthread_join(thread, nil)
    #else
      pthread_join(thread, nil)
    #endif
  }
}

/// Lets other threads run: the machine may have fewer cores than a test has threads.
func yieldThread() { sched_yield() }

private final class Start: Sendable {
  let gate: Gate
  let body: @Sendable () -> Void

  init(_ gate: Gate, _ body: @escaping @Sendable () -> Void) {
    self.gate = gate
    self.body = body
  }

  func run() {
    gate.meet()
    body()
  }
}

/// Threads start together, so that they get into each other's way.
private final class Gate: Sendable {
  let missing: Atomic<Int>

  init(_ count: Int) { missing = Atomic(count) }

  func meet() {
    missing.subtract(1, ordering: .acquiringAndReleasing)
    while missing.load(ordering: .acquiring) > 0 { yieldThread() }
  }
}

/// What a sleeping consumer waits for: tokens, counted.
@safe
final class SleepTokens: @unchecked Sendable {
  private var mutex = unsafe pthread_mutex_t()
  private var condition = pthread_cond_t()
  private var count = 0
  /// The most that ever lay there at once.
  private(set) var most = 0

  init() {
    unsafe pthread_mutex_init(&mutex, nil)
    unsafe pthread_cond_init(&condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(&condition)
    unsafe pthread_mutex_destroy(&mutex)
  }

  func put() {
    unsafe pthread_mutex_lock(&mutex)
    count += 1
    most = max(most, count)
    unsafe pthread_cond_signal(&condition)
    unsafe pthread_mutex_unlock(&mutex)
  }

  func take() {
    unsafe pthread_mutex_lock(&mutex)
    while count == 0 { unsafe pthread_cond_wait(&condition, &mutex) }
    count -= 1
    unsafe pthread_mutex_unlock(&mutex)
  }

  /// Takes a token if one lies there.
  func takeIfThere() -> Bool {
    unsafe pthread_mutex_lock(&mutex)
    defer { unsafe pthread_mutex_unlock(&mutex) }
    if count == 0 { return false }
    count -= 1
    return true
  }
}
