#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Another program that runs beside this one.
struct Child {
  private let identifier: pid_t

  /// Starts the program; what it prints goes to a file.
  ///
  /// - Parameters:
  ///   - path: of the executable.
  ///   - log: a file that it prints to.
  init(_ path: String, _ arguments: [String], log: String) throws(Files.Failure) {
    try Files.save("", to: log)
    // Copies that live until the child has its own.
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { while let word = unsafe words.popLast() { unsafe free(word) } }
    var redirection = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&redirection)
    defer { unsafe posix_spawn_file_actions_destroy(&redirection) }
    unsafe posix_spawn_file_actions_addopen(&redirection, STDOUT_FILENO, log, O_WRONLY | O_APPEND, 0)
    unsafe posix_spawn_file_actions_adddup2(&redirection, STDOUT_FILENO, STDERR_FILENO)
    var identifier: pid_t = 0
    let status = unsafe posix_spawn(&identifier, path, &redirection, nil, words, environ)
    guard status == 0 else { throw Files.Failure(path, code: status) }
    self.identifier = identifier
  }

  /// Returns when the program has ended: its exit status, or 128 and more if a signal ended it.
  func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 {
      if errno != EINTR { return -1 }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// Where the shell would find a program.
  static func find(_ name: String) -> String? {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
  }

  /// This program's own file.
  static var ownExecutable: String {
    #if os(Linux)
      // Resolved here: for a child the link would name itself.
      var bytes = [CChar](repeating: 0, count: 4_096)
      let length = unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count)
      }
      if length > 0 { return String(decoding: bytes[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) }
    #endif
    return CommandLine.arguments[0]
  }
}
