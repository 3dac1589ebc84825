#if canImport(Glibc)
  import Glibc

  // Glibc's module hides these two behind `_GNU_SOURCE`.
  @_silgen_name("sched_setaffinity")
  private func sched_setaffinity(_ thread: Int32, _ size: Int, _ set: UnsafeRawPointer) -> Int32
  @_silgen_name("sched_getaffinity")
  private func sched_getaffinity(_ thread: Int32, _ size: Int, _ set: UnsafeMutableRawPointer) -> Int32
#endif

/// Keeps the calling thread on one core. Without effect where the system has no such call: the figures are then noisier.
enum Affinity {
  /// A set of up to 1,024 cores, as the kernel takes it.
  typealias Mask = [UInt64]

  /// The cores that this process was given, before anything is pinned.
  static let available: [Int] = {
    let mask = current()
    return (0..<mask.count * 64).filter { mask[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
  }()

  /// How many cores the process may use; 1 where the system does not say it.
  static var coreCount: Int { max(1, available.count) }

  /// Pins the calling thread to the `index`th core that the process may use. An index beyond them wraps.
  static func pin(toCore index: Int) {
    let cores = available
    guard !cores.isEmpty else { return }
    let core = cores[index % cores.count]
    var mask = Mask(repeating: 0, count: 16)
    mask[core / 64] |= 1 << UInt64(core % 64)
    set(mask)
  }

  /// Runs `body` free to move between all cores, as are the threads that the runtime starts meanwhile: threads inherit it.
  static func unpinned<Result>(_ body: () -> Result) -> Result {
    var mask = Mask(repeating: 0, count: 16)
    for core in available { mask[core / 64] |= 1 << UInt64(core % 64) }
    let before = current()
    set(mask)
    defer { set(before) }
    return body()
  }

  private static func current() -> Mask {
    var mask = Mask(repeating: 0, count: 16)
    #if canImport(Glibc)
      _ = unsafe mask.withUnsafeMutableBytes { bytes in
        unsafe sched_getaffinity(0, bytes.count, bytes.baseAddress!)
      }
    #endif
    return mask
  }

  private static func set(_ mask: Mask) {
    #if canImport(Glibc)
      guard mask.contains(where: { $0 != 0 }) else { return }
      _ = unsafe mask.withUnsafeBytes { bytes in unsafe sched_setaffinity(0, bytes.count, bytes.baseAddress!) }
    #endif
  }
}
