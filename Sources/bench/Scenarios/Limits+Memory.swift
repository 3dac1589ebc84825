/// What this machine can do at all: the yardsticks that every run carries with it.
enum Limits {}

extension Limits {
  /// Reading and writing memory, at random and in order.
  static var memory: [Scenario] {
    [
      Scenario(
        "limit/random-line/read", unit: "ns/line", "read a random line of 64 bytes in 64 MB, none waiting for another"
      ) {
        context in
        let chain = randomLines(context)
        let count = context.plan.operations(10_000_000)
        return {
          let start = Clock.nanoseconds()
          let sum = chain.timedRandomReads(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(sum))
        }
      },
      Scenario("limit/random-line/update", unit: "ns/line", "the same, and write it back changed") { context in
        let chain = randomLines(context)
        let count = context.plan.operations(10_000_000)
        return {
          let start = Clock.nanoseconds()
          let state = chain.timedRandomUpdates(count)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, hash: digest(state))
        }
      },
      dependentRead("L1", bytes: 16 << 10, steps: 20_000_000),
      dependentRead("L2", bytes: 512 << 10, steps: 10_000_000),
      dependentRead("L3", bytes: 8 << 20, steps: 2_000_000),
      dependentRead("DRAM", bytes: nil, steps: 500_000),
      Scenario("limit/bandwidth", unit: "GB/s", "read a buffer far larger than the caches from end to end") { context in
        let chain = context.largeChain
        return {
          let start = Clock.nanoseconds()
          let sum = chain.timedScan()
          let nanoseconds = Clock.nanoseconds() - start
          let bytes = chain.lines * LineChain.lineBytes
          return Sample(value: Double(bytes) / Double(max(nanoseconds, 1)), hash: digest(sum))
        }
      },
    ]
  }

  private static func randomLines(_ context: Context) -> LineChain {
    LineChain(lines: min(64_000_000, context.plan.bufferBytes) / LineChain.lineBytes, hugePages: true)
  }

  /// Follows pointers through a buffer that fits the level, or, without a size, through the largest one there is.
  private static func dependentRead(_ level: String, bytes: Int?, steps: Int) -> Scenario {
    Scenario("limit/dependent-read/\(level)", unit: "ns/read", "read a line that the line before it names, in \(level)")
    {
      context in
      let chain =
        bytes.map { bytes in
          LineChain(lines: min(bytes, context.plan.bufferBytes) / LineChain.lineBytes, hugePages: bytes >= 2 << 20)
        } ?? context.largeChain
      let steps = context.plan.operations(steps)
      return {
        let start = Clock.nanoseconds()
        let line = chain.timedWalk(steps)
        return Sample(nanoseconds: Clock.nanoseconds() - start, count: steps, hash: digest(line))
      }
    }
  }
}
