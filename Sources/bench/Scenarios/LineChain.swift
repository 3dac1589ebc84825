#if canImport(Glibc)
  import Glibc
#endif

/// A buffer of cache lines, each of which names the next in one random cycle through all of them.
@safe
final class LineChain {
  static let lineBytes = 64
  /// Words of a line; the first is the chain's, the others are free.
  static let lineWords = 8

  let lines: Int
  private let words: UnsafeMutablePointer<UInt64>

  /// - Parameter hugePages: whether to ask for large pages, so that the caches are measured and not the page tables.
  init(lines: Int, hugePages: Bool = false) {
    self.lines = max(lines, 2)
    let bytes = self.lines * LineChain.lineBytes
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 2 << 20)
    #if canImport(Glibc)
      if hugePages { _ = unsafe madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    unsafe words = raw.bindMemory(to: UInt64.self, capacity: bytes / 8)
    unsafe words.initialize(repeating: 0, count: bytes / 8)
    // Sattolo's shuffle: a permutation of a single cycle.
    for line in 0..<self.lines { self[line * LineChain.lineWords] = UInt64(line) }
    var random = XorShift(seed: 0x1357_9BDF_2468_ACE1)
    for line in stride(from: self.lines - 1, to: 0, by: -1) {
      let other = random.next(below: line)
      let next = self[line * LineChain.lineWords]
      self[line * LineChain.lineWords] = self[other * LineChain.lineWords]
      self[other * LineChain.lineWords] = next
    }
  }

  deinit { unsafe words.deallocate() }

  private subscript(word: Int) -> UInt64 {
    get { unsafe words[word] }
    set { unsafe words[word] = newValue }
  }

  /// Follows the chain: every read waits for the one before it.
  @inline(never)
  func timedWalk(_ steps: Int) -> UInt64 {
    let words = unsafe self.words
    var line: UInt64 = 0
    for _ in 0..<steps { line = unsafe words[Int(truncatingIfNeeded: line &<< 3)] }
    return line
  }

  /// Reads lines at random, none of which depends on the one before.
  @inline(never)
  func timedRandomReads(_ count: Int) -> UInt64 {
    let words = unsafe self.words
    let lines = UInt64(self.lines)
    var state: UInt64 = 1
    var sum: UInt64 = 0
    for _ in 0..<count {
      sum &+= unsafe words[LineChain.randomLine(&state, lines) &<< 3]
    }
    return sum
  }

  /// Adds to lines at random, none of which depends on the one before.
  @inline(never)
  func timedRandomUpdates(_ count: Int) -> UInt64 {
    let words = unsafe self.words
    let lines = UInt64(self.lines)
    var state: UInt64 = 1
    for _ in 0..<count {
      let word = LineChain.randomLine(&state, lines) &<< 3
      unsafe words[word &+ 1] &+= 1
    }
    return state
  }

  /// Reads everything from one end to the other.
  @inline(never)
  func timedScan() -> UInt64 {
    let words = unsafe self.words
    var sum: UInt64 = 0
    for word in 0..<lines &* LineChain.lineWords { sum &+= unsafe words[word] }
    return sum
  }

  /// A line from the high bits of a congruential generator: a multiplication, cheap beside any miss.
  @inline(__always)
  private static func randomLine(_ state: inout UInt64, _ lines: UInt64) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(truncatingIfNeeded: ((state &>> 32) &* lines) &>> 32)
  }
}
