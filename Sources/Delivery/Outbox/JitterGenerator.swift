/// Where an outbox's jitter comes from: SplitMix64, so that one seed gives the same delays on every platform.
@usableFromInline
struct JitterGenerator: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  @inlinable
  init(seed: UInt64) { state = seed }

  @inlinable
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of `0 ... bound`, as good as evenly spread: what the multiplication is off by is less than one in 2⁶⁴ ÷ bound.
  @inlinable
  mutating func upTo(_ bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound &+ 1).high
  }
}
