#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One line on the terminal that says what is being measured; nothing anywhere else.
struct Progress {
  var isVisible: Bool

  static var onTerminal: Progress { Progress(isVisible: isatty(STDERR_FILENO) == 1) }
  static var none: Progress { Progress(isVisible: false) }

  func show(_ text: String) {
    if isVisible { StandardError.put("\r\u{1B}[2K\(text)") }
  }

  func clear() {
    if isVisible { StandardError.put("\r\u{1B}[2K") }
  }
}

/// Standard error, past the C library's `stderr`, which Swift 6 holds for shared mutable state.
enum StandardError {
  static func put(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress!, $0.count) }
      if written <= 0 { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
