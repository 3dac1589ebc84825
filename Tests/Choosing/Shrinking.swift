/// The shortest and tamest tape found on which a test still fails: what can be left out is left out, and what can be zero is.
///
/// It tries until nothing helps any more or `attempts` are used up. A failing test is deterministic, or this finds nonsense.
package func shrink(_ tape: [UInt8], attempts: Int = 20_000, while fails: ([UInt8]) -> Bool) -> [UInt8] {
  var shrinker = Shrinker(best: tape, attempts: attempts)
  shrinker.run(fails)
  return shrinker.best
}

private struct Shrinker {
  var best: [UInt8]
  var attempts: Int

  mutating func run(_ fails: ([UInt8]) -> Bool) {
    cutTheEnd(fails)
    var before: [UInt8]
    repeat {
      before = best
      var size = max(1, best.count / 2)
      while size >= 1, attempts > 0 {
        replaceChunks(of: size, with: { _ in [] }, fails)
        replaceChunks(of: size, with: { Array(repeating: 0, count: $0) }, fails)
        size /= 2
      }
      lowerBytes(fails)
    } while best != before && attempts > 0
  }

  /// Keeps a candidate that is shorter or tamer, and fails still.
  private mutating func keep(_ candidate: [UInt8], _ fails: ([UInt8]) -> Bool) -> Bool {
    guard candidate != best, attempts > 0 else { return false }
    attempts -= 1
    guard fails(candidate) else { return false }
    best = candidate
    return true
  }

  /// Most of a tape lies behind the failure, or is zero anyway.
  private mutating func cutTheEnd(_ fails: ([UInt8]) -> Bool) {
    var (fine, failing) = (0, best.count)
    while fine < failing, attempts > 0 {
      let middle = (fine + failing) / 2
      if keep(Array(best.prefix(middle)), fails) { failing = middle } else { fine = middle + 1 }
    }
  }

  private mutating func replaceChunks(
    of size: Int, with replacement: (Int) -> [UInt8], _ fails: ([UInt8]) -> Bool
  ) {
    var start = 0
    while start < best.count, attempts > 0 {
      let end = min(start + size, best.count)
      let chunk = replacement(end - start)
      if !keep(Array(best[..<start]) + chunk + Array(best[end...]), fails) || !chunk.isEmpty { start = end }
    }
  }

  private mutating func lowerBytes(_ fails: ([UInt8]) -> Bool) {
    for index in best.indices {
      var (fine, failing) = (0, Int(index < best.count ? best[index] : 0))
      while fine < failing, attempts > 0 {
        let middle = (fine + failing) / 2
        var candidate = best
        candidate[index] = UInt8(middle)
        if keep(candidate, fails) { failing = middle } else { fine = middle + 1 }
      }
    }
  }
}
