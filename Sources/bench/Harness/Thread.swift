#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A second thread on a core of its own, for the few scenarios that need two.
struct Thread: ~Copyable {
  #if canImport(Darwin)
    private var handle: pthread_t?
  #else
    private var handle = pthread_t()
  #endif

  private final class Body: Sendable {
    let core: Int?
    let run: @Sendable () -> Void
    init(core: Int?, run: @escaping @Sendable () -> Void) {
      self.core = core
      self.run = run
    }
  }

  /// Starts `body` on the `core`th core that the process may use, or on any.
  init(onCore core: Int?, _ body: @escaping @Sendable () -> Void) {
    let argument = unsafe Unmanaged.passRetained(Body(core: core, run: body)).toOpaque()
    let status = unsafe pthread_create(&handle, nil, Thread.main, argument)
    precondition(status == 0, "a thread could not be started")
  }

  consuming func join() {
    #if canImport(Darwin)
      unsafe pthread_join(handle!, nil)
    #else
      pthread_join(handle, nil)
    #endif
  }

  #if canImport(Darwin)
    private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { argument in
      unsafe start(argument)
      return nil
    }
  #else
    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
      unsafe start(argument!)
      return nil
    }
  #endif

  private static func start(_ argument: UnsafeMutableRawPointer) {
    let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
    if let core = body.core { Affinity.pin(toCore: core) }
    body.run()
  }

  /// Lets another thread run. Waiting loops call it now and then, so that they end even where two threads share a core.
  static func yield() { sched_yield() }
}

extension Thread {
  /// Runs `body` on a thread of its own and suspends meanwhile.
  ///
  /// For tests: a scenario may block until a task has finished, and must not hold one of the few threads that tasks
  /// run on while it does.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      Thread(onCore: nil) { continuation.resume(returning: body()) }.detach()
    }
  }

  /// Runs `body` on these cores and `run` on the calling thread, and returns when all have ended.
  static func alongside<Result>(
    _ cores: Range<Int>, _ body: @escaping @Sendable (_ core: Int) -> Void, run: () -> Result
  ) -> Result {
    guard let core = cores.first else { return run() }
    let thread = Thread(onCore: core) { body(core) }
    let result = alongside(cores.dropFirst(), body, run: run)
    thread.join()
    return result
  }

  private consuming func detach() {
    #if canImport(Darwin)
      unsafe pthread_detach(handle!)
    #else
      pthread_detach(handle)
    #endif
  }
}
