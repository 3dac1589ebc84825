/// A planted regression: some thirty instructions a message, a fifth of the shortest path and more.
@usableFromInline @inline(never)
func plantedRegression() {
  var word = unsafe state
  for _ in 0..<5 {
    word ^= word << 13
    word ^= word >> 7
    word ^= word << 17
  }
  unsafe state = word
}

nonisolated(unsafe) private var state: UInt64 = 1
