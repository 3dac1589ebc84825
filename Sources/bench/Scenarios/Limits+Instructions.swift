internal import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Limits {
  /// What one atomic operation, one allocation and one look at the clock cost.
  static var instructions: [Scenario] {
    [
      Scenario("limit/atomic-add", unit: "ns/operation", "fetch-and-add on a word that nobody else touches") {
        context in
        let count = context.plan.operations(20_000_000)
        return {
          let word = Atomic<UInt64>(0)
          let start = Clock.nanoseconds()
          timedAtomicAdds(word, count)
          let nanoseconds = Clock.nanoseconds() - start
          return Sample(nanoseconds: nanoseconds, count: count, hash: digest(word.load(ordering: .relaxed)))
        }
      },
      Scenario("limit/release-store", unit: "ns/operation", "store with release ordering to such a word") { context in
        let count = context.plan.operations(50_000_000)
        return {
          let word = Atomic<UInt64>(0)
          let start = Clock.nanoseconds()
          timedReleaseStores(word, count)
          let nanoseconds = Clock.nanoseconds() - start
          return Sample(nanoseconds: nanoseconds, count: count, hash: digest(word.load(ordering: .relaxed)))
        }
      },
      Scenario("limit/malloc", unit: "ns/pair", "allocate and free 64 bytes, sixteen of them alive") { context in
        let count = context.plan.operations(5_000_000)
        return {
          let start = Clock.nanoseconds()
          let freed = timedAllocations(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(freed))
        }
      },
      Scenario("limit/clock", unit: "ns/reading", "read the monotonic clock") { context in
        let count = context.plan.operations(2_000_000)
        return {
          let start = Clock.nanoseconds()
          let backwards = timedClockReadings(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(backwards))
        }
      },
    ]
  }

  @inline(never)
  private static func timedAtomicAdds(_ word: borrowing Atomic<UInt64>, _ count: Int) {
    for _ in 0..<count { word.wrappingAdd(1, ordering: .acquiringAndReleasing) }
  }

  @inline(never)
  private static func timedReleaseStores(_ word: borrowing Atomic<UInt64>, _ count: Int) {
    for value in 0..<UInt64(count) { word.store(value, ordering: .releasing) }
  }

  /// Keeps a few blocks alive: the compiler may remove an allocation that is freed at once.
  @inline(never)
  private static func timedAllocations(_ count: Int) -> UInt64 {
    let alive = 16
    let blocks = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: alive)
    unsafe blocks.initialize(repeating: nil, count: alive)
    var freed: UInt64 = 0
    for index in 0..<count {
      let slot = index & (alive - 1)
      if let old = unsafe blocks[slot] {
        unsafe free(old)
        freed &+= 1
      }
      unsafe blocks[slot] = unsafe malloc(64)
    }
    for slot in 0..<alive { unsafe free(blocks[slot]) }
    unsafe blocks.deallocate()
    return freed
  }

  @inline(never)
  private static func timedClockReadings(_ count: Int) -> UInt64 {
    var last: UInt64 = 0
    var backwards: UInt64 = 0
    for _ in 0..<count {
      let now = Clock.nanoseconds()
      if now < last { backwards &+= 1 }
      last = now
    }
    return backwards
  }
}
