/// What names a stream: usually one sender's device in one conversation.
///
/// `UInt64`, `Int`, `UInt32`, `UInt128` (a 16-byte id), `StreamPair` and `String` are ready-made. Any other `Hashable` type
/// becomes a key by saying so:
///
/// ```swift
/// struct DeviceInRoom: StreamKey { var room: String; var device: UInt32 }
/// ```
public protocol StreamKey: Hashable {
  /// The key's hash under a secret seed, so that nobody can choose keys that collide. All 64 bits count, the upper ones most.
  ///
  /// The default goes through `Hasher`. Fixed-width keys do better with a multiplication or two.
  func streamHash(_ seed: HashSeed) -> UInt64

  /// Which of the four slots of a bucket holds `key`, or a negative number if none does. An empty slot may be named, if its
  /// bytes look like the key; the caller sees that its cell is empty.
  ///
  /// The default compares the occupied slots with `==`. Fixed-width keys can compare all four without a branch.
  static func _slot(
    of key: Self, keys: UnsafeMutablePointer<Self>, cells: UnsafeMutablePointer<UInt64>
  ) -> Int
}

/// The secret that stream hashes are keyed with. Made from one 64-bit number; the same number gives the same hashes.
@frozen
public struct HashSeed: Sendable {
  public let first: UInt64
  public let second: UInt64
  public let third: UInt64
  public let fourth: UInt64

  /// - Complexity: O(1)
  @inlinable
  public init(_ seed: UInt64) {
    var state = seed
    // SplitMix64: neighbouring seeds give unrelated words. The multipliers are odd, so no bit of a key is lost.
    func word() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    first = word()
    second = word() | 1
    third = word()
    fourth = word() | 1
  }

  /// Hashes one word: a keyed multiplication whose two halves are folded together.
  ///
  /// Counters and other ids with a pattern are scattered before. Multiplied as they are, they would fall into clusters under
  /// one seed of some hundreds.
  ///
  /// - Complexity: O(1)
  @inlinable @inline(__always)
  public func hash(_ word: UInt64) -> UInt64 { Self.fold(Self.scatter(word) ^ first, second) }

  @inlinable @inline(__always)
  static func scatter(_ word: UInt64) -> UInt64 { (word ^ word >> 32) &* 0x9E37_79B9_7F4A_7C15 }

  @inlinable @inline(__always)
  static func fold(_ word: UInt64, _ multiplier: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: multiplier)
    return product.high ^ product.low
  }

  /// Hashes two words, each with a key of its own; the two multiplications overlap.
  ///
  /// - Complexity: O(1)
  @inlinable @inline(__always)
  public func hash(_ word: UInt64, _ other: UInt64) -> UInt64 {
    hash(word) &+ Self.fold(Self.scatter(other) ^ third, fourth)
  }
}

extension StreamKey {
  @inlinable
  public func streamHash(_ seed: HashSeed) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(seed.first)
    hash(into: &hasher)
    // `finalize` gives 32 bits on small machines; the multiplication spreads them.
    return seed.hash(UInt64(truncatingIfNeeded: hasher.finalize()))
  }

  @inlinable
  public static func _slot(
    of key: Self, keys: UnsafeMutablePointer<Self>, cells: UnsafeMutablePointer<UInt64>
  ) -> Int {
    for slot in 0..<4 where unsafe cells[slot] != 0 && keys[slot] == key { return slot }
    return -1
  }
}

extension StreamKey where Self: BitwiseCopyable {
  /// The slot of a key whose empty slots may be compared like any other.
  @inlinable @inline(__always)
  static func slotWithoutBranches(of key: Self, keys: UnsafeMutablePointer<Self>) -> Int {
    // Four comparisons joined by branches cost twice as much: which slot it is cannot be predicted.
    let slot = unsafe (keys[1] == key ? 1 : 0) | (keys[2] == key ? 2 : 0) | (keys[3] == key ? 3 : 0)
    return unsafe keys[slot] == key ? slot : -1
  }
}

extension StreamKey where Self: FixedWidthInteger & BitwiseCopyable {
  @inlinable @inline(__always)
  public func streamHash(_ seed: HashSeed) -> UInt64 { seed.hash(UInt64(truncatingIfNeeded: self)) }

  @inlinable @inline(__always)
  public static func _slot(
    of key: Self, keys: UnsafeMutablePointer<Self>, cells: UnsafeMutablePointer<UInt64>
  ) -> Int { unsafe slotWithoutBranches(of: key, keys: keys) }
}

extension UInt64: StreamKey {}
extension Int: StreamKey {}
extension UInt32: StreamKey {}

extension UInt128: StreamKey {
  @inlinable @inline(__always)
  public func streamHash(_ seed: HashSeed) -> UInt64 {
    seed.hash(UInt64(truncatingIfNeeded: self), UInt64(truncatingIfNeeded: self >> 64))
  }
}

/// A pair of 64-bit ids, such as a conversation and a sender in it.
///
/// ```swift
/// var sequencer = Sequencer<StreamPair, String>()
/// _ = sequencer.receive("hello", number: 1, from: StreamPair(conversation, sender), at: now) { event in … }
/// ```
@frozen
public struct StreamPair: StreamKey, Sendable, BitwiseCopyable {
  public var first: UInt64
  public var second: UInt64

  /// - Complexity: O(1)
  @inlinable
  public init(_ first: UInt64, _ second: UInt64) {
    self.first = first
    self.second = second
  }

  @inlinable @inline(__always)
  public func streamHash(_ seed: HashSeed) -> UInt64 { seed.hash(first, second) }

  @inlinable @inline(__always)
  public static func _slot(
    of key: Self, keys: UnsafeMutablePointer<Self>, cells: UnsafeMutablePointer<UInt64>
  ) -> Int { unsafe slotWithoutBranches(of: key, keys: keys) }
}

extension String: StreamKey {}
