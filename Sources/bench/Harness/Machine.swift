#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where and when: what every file of figures begins with.
enum Machine {
  /// The platform that counts hold for: instructions of one mean nothing on another.
  static var platform: String {
    #if os(Linux)
      let system = "linux"
    #elseif os(macOS)
      let system = "macos"
    #else
      let system = "other"
    #endif
    #if arch(x86_64)
      return "\(system)-x86_64"
    #elseif arch(arm64)
      return "\(system)-arm64"
    #else
      return "\(system)-other"
    #endif
  }

  /// The processor's name, family and model, as far as the system tells them: a host may hide the name's end.
  static let processor: String = {
    let information = (try? Files.contents(of: "/proc/cpuinfo")) ?? ""
    let value = { (name: String) -> String? in
      for line in information.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].prefix(while: { $0 != "\t" }) == name else { continue }
        return String(parts[1].drop { $0 == " " })
      }
      return nil
    }
    guard let name = value("model name") else { return "unknown processor" }
    guard let family = value("cpu family"), let model = value("model") else { return name }
    return "\(name) (family \(family), model \(model))"
  }()

  static var description: String {
    let gibibytes = (sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) + 1 << 29) >> 30
    return "\(processor), \(Affinity.available.count) cores, \(gibibytes) GiB, \(platform)"
  }

  /// The day, as `2026-01-31`, in universal time.
  static var date: String {
    var now = time(nil)
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&now, &parts)
    let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    let twoDigits = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(twoDigits(month))-\(twoDigits(day))"
  }
}
