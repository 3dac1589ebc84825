import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Says which worlds were being played when the process traps: that is the worst a soak can find, and it must not be lost.
enum Traps {
  private static let cores = Affinity.coreCount

  /// By core, the seed of the world under way plus one; 0: none.
  nonisolated(unsafe) private static let seeds = {
    let seeds = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: cores)
    for core in 0..<cores { unsafe (seeds + core).initialize(to: Atomic(0)) }
    return unsafe seeds
  }()

  /// What was done about a signal before.
  nonisolated(unsafe) private static let handlers = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)

  static func play<Result>(_ seed: UInt64, onCore core: Int, _ body: () -> Result) -> Result {
    unsafe seeds[core].store(seed &+ 1, ordering: .relaxed)
    defer { unsafe seeds[core].store(0, ordering: .relaxed) }
    return body()
  }

  /// From here on a trap is told, before what would have happened happens.
  static func watch() {
    _ = unsafe seeds
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = unsafe sigaction()
      #if canImport(Darwin)
        unsafe action.__sigaction_u.__sa_handler = tell
      #elseif canImport(Glibc)
        unsafe action.__sigaction_handler.sa_handler = tell
      #else
        unsafe action.__sa_handler.sa_handler = tell
      #endif
      unsafe sigaction(signal, &action, handlers + Int(signal))
    }
  }

  /// Runs in a signal handler: nothing here may allocate or lock.
  private static let tell: @convention(c) (Int32) -> Void = { signal in
    for core in 0..<cores {
      let seed = unsafe seeds[core].load(ordering: .relaxed)
      if seed > 0 {
        write("\nTRAP, maybe in this world: swift run -c release bench soak --worlds 1 --seed ", seed &- 1)
      }
    }
    // The instruction is run again, and traps for good.
    unsafe sigaction(signal, handlers + Int(signal), nil)
  }

  private static func write(_ text: StaticString, _ number: UInt64) {
    unsafe write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { digits in
      var place = 20
      var rest = number
      unsafe digits[place] = UInt8(ascii: "\n")
      repeat {
        place -= 1
        unsafe digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      _ = unsafe write(STDERR_FILENO, digits.baseAddress! + place, 21 - place)
    }
  }

  private static func write(_ file: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
    #if canImport(Darwin)
      _ = unsafe Darwin.write(file, bytes, count)
    #elseif canImport(Glibc)
      _ = unsafe Glibc.write(file, bytes, count)
    #else
      _ = unsafe Musl.write(file, bytes, count)
    #endif
  }
}
