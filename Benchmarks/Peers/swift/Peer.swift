// What the Swift peers share: the clock, pinning, the hash of a result, the inputs, and the command line.
import Glibc

// Glibc's module hides these two behind `_GNU_SOURCE`.
@_silgen_name("sched_setaffinity")
private func sched_setaffinity(_ thread: Int32, _ size: Int, _ set: UnsafeRawPointer) -> Int32
@_silgen_name("sched_getaffinity")
private func sched_getaffinity(_ thread: Int32, _ size: Int, _ set: UnsafeMutableRawPointer) -> Int32

enum Peer {
  static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The cores that the process was given. First asked for before anything is pinned.
  static let cores: [Int] = {
    var mask = [UInt64](repeating: 0, count: 16)
    _ = sched_getaffinity(0, mask.count * 8, &mask)
    return (0..<mask.count * 64).filter { mask[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
  }()

  /// Pins the calling thread to the `index`th core of them.
  static func pin(_ index: Int) {
    allow([cores[index % cores.count]])
  }

  /// Lets the calling thread, and those that it starts, move between all of them.
  static func unpin() {
    allow(cores)
  }

  private static func allow(_ cores: [Int]) {
    var mask = [UInt64](repeating: 0, count: 16)
    for core in cores { mask[core / 64] |= 1 << UInt64(core % 64) }
    _ = sched_setaffinity(0, mask.count * 8, mask)
  }

  /// SplitMix64's finaliser.
  static func mix(_ value: UInt64) -> UInt64 {
    var word = value &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Folds words into the hash of a result.
  static func digest(_ words: UInt64...) -> UInt64 {
    words.reduce(0) { mix($0 ^ $1) }
  }

  /// What one repetition found.
  struct Sample {
    var value: Double
    /// None if it cannot be compared with others.
    var hash: UInt64?
    /// Further figures of the same repetition: what the work's name is continued with, and the value.
    var further: [(name: String, value: Double)] = []

    init(value: Double, hash: UInt64?) {
      self.value = value
      self.hash = hash
    }

    /// A figure in nanoseconds a piece.
    init(nanoseconds: UInt64, count: Int, hash: UInt64?) {
      self.init(value: Double(nanoseconds) / Double(count), hash: hash)
    }
  }

  /// What a repetition is given.
  struct Context {
    var folder: String
    /// The repetition does not count: it pays for first touches of memory and of code, and may do less.
    var warmsUp: Bool

    /// How many operations to do whose number is `full`.
    func count(_ full: Int) -> Int { warmsUp ? full / 10 : full }

    /// An input as it was exported: an array of `Element`.
    func load<Element: BitwiseCopyable>(_ name: String, as element: Element.Type) -> [Element] {
      guard let file = fopen("\(folder)/\(name)", "rb") else {
        perror("\(folder)/\(name)")
        exit(66)
      }
      defer { fclose(file) }
      fseek(file, 0, SEEK_END)
      let count = ftell(file) / MemoryLayout<Element>.stride
      rewind(file)
      return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = fread(buffer.baseAddress!, MemoryLayout<Element>.stride, count, file)
        precondition(filled == count, "\(name) could not be read")
      }
    }
  }

  /// One thing that a program measures: a work of ours, as done by a peer.
  struct Work {
    var name: String
    var who: String
    var unit: String
    var run: (Context) -> Sample

    init(_ name: String, _ who: String, unit: String, run: @escaping (Context) -> Sample) {
      self.name = name
      self.who = who
      self.unit = unit
      self.run = run
    }

    fileprivate func print(suffix: String = "", _ value: Double, _ hash: UInt64?) {
      let digits = hash.map { String($0, radix: 16) }
      let hash = digits.map { String(repeating: "0", count: 16 - $0.count) + $0 } ?? "-"
      let value = (value * 10_000).rounded() / 10_000
      Swift.print(name + suffix, who, unit, value, hash, separator: "\t")
      fflush(nil)
    }
  }

  /// The program: `--works` names what it knows, `<input folder> <work>…` measures each of them once.
  static func main(_ works: [Work]) {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--works"] {
      for work in works { print(work.name) }
      return
    }
    guard arguments.count >= 2 else {
      let usage = "usage: <program> --works | <input folder> <work>...\n"
      write(STDERR_FILENO, usage, usage.utf8.count)
      exit(64)
    }
    _ = cores
    pin(0)
    for work in works where arguments.dropFirst().contains(work.name) {
      _ = work.run(Context(folder: arguments[0], warmsUp: true))
      let sample = work.run(Context(folder: arguments[0], warmsUp: false))
      work.print(sample.value, sample.hash)
      for (name, value) in sample.further { work.print(suffix: "/\(name)", value, sample.hash) }
    }
  }
}
