/// SplitMix64's finaliser: every bit of the input moves every bit of the output.
@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
  var word = value &+ 0x9E37_79B9_7F4A_7C15
  word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word >> 31)
}

/// Folds words into the hash of a result.
func digest(_ words: UInt64...) -> UInt64 {
  words.reduce(0) { mix($0 ^ $1) }
}

/// A small generator whose sequence is the same everywhere: inputs must not change from run to run.
struct XorShift {
  private var state: UInt64

  /// - Precondition: `seed` is not 0, which would stay 0.
  init(seed: UInt64) {
    precondition(seed != 0, "xorshift needs a seed other than 0")
    state = seed
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// A number below `bound`; the bias of the remainder is far below what any scenario could notice.
  @inline(__always)
  mutating func next(below bound: Int) -> Int {
    Int(truncatingIfNeeded: (next() >> 20) % UInt64(bound))
  }
}
