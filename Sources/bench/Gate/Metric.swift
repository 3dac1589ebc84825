/// What the gate holds a scenario to.
///
/// All but time are the same in every run, on a busy machine as on an idle one, so that they can be held tightly. Of all of
/// them less is better.
enum Metric: String, CaseIterable {
  /// Instructions a message.
  case instructions
  /// Calls of the allocator a message.
  case allocations
  /// Calls of `swift_retain` a message.
  case retains
  /// Accesses a message that miss a simulated first-level data cache of 32 KiB.
  case misses = "cache-misses"
  /// Resident bytes a stream.
  case bytes
  /// How many times its yardstick's time a message takes.
  case time
  /// The digest of the result.
  case hash

  /// How far a figure may be from its threshold at least; `nil` if it must be equal.
  ///
  /// Counts differ by a little where addresses do: a new C library, a longer path of the executable. What the gate is for,
  /// an allocation, a missed line or a fifth more instructions, is many times as much.
  func tolerance(at value: Double) -> Double? {
    switch self {
    case .instructions: max(0.5, value * 0.02)
    // One call in ten thousand messages: a process starts with a few more or less.
    case .allocations, .retains: max(0.0001, value * 0.01)
    // Of a path with many, one more must still be news.
    case .misses: min(max(0.1, value * 0.05), 0.5)
    case .bytes: value * 0.03
    case .time: value * Metric.leastTimeTolerance
    case .hash: nil
    }
  }

  /// The widest tolerance that is believed: nothing but time varies, and a threshold must mean something.
  func widestTolerance(at value: Double) -> Double? {
    self == .time ? value * Metric.mostTimeTolerance : tolerance(at: value)
  }

  /// Less than this is no news about time, however quiet the machine that wrote the threshold was: where the linker puts a
  /// short loop is worth a third, and changes with code that has nothing to do with it.
  static let leastTimeTolerance = 0.5
  /// And this always is: a threshold that was written in a noisy hour still means something.
  static let mostTimeTolerance = 1.0
}
