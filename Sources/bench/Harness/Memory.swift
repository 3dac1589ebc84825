#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc

  @_silgen_name("malloc_trim") private func malloc_trim(_ padding: Int) -> Int32
#elseif canImport(Musl)
  import Musl
#endif

/// What the process holds of the machine's memory.
enum Memory {
  /// Bytes resident, or 0 where the system does not say it this way.
  static func residentBytes() -> Int {
    #if os(Linux)
      let file = unsafe open("/proc/self/statm", O_RDONLY)
      guard file >= 0 else { return 0 }
      defer { close(file) }
      var text = [UInt8](repeating: 0, count: 128)
      let length = unsafe text.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress!, $0.count) }
      let fields = text.prefix(max(length, 0)).split(separator: UInt8(ascii: " "))
      guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
      return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    #else
      return 0
    #endif
  }

  /// Gives what is free in the allocator back to the system, so that what is taken next shows as resident.
  static func trim() {
    #if canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}
