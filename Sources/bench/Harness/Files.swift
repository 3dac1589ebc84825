#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Text files, read and written whole.
enum Files {
  /// What went wrong, in the system's words.
  struct Failure: Error {
    var message: String

    fileprivate init(_ path: String, _ problem: String) { message = "\(path): \(problem)" }

    /// - Parameter code: one of the system's error codes.
    init(_ path: String, code: Int32) {
      self.init(path, unsafe strerror(code).map { unsafe String(cString: $0) } ?? "unknown error")
    }

    fileprivate static func ofSystem(_ path: String) -> Failure { Failure(path, code: errno) }
  }

  static func contents(of path: String) throws(Failure) -> String {
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else { throw .ofSystem(path) }
    defer { close(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let length = unsafe chunk.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress!, $0.count) }
      guard length >= 0 else { throw .ofSystem(path) }
      if length == 0 { break }
      content += chunk[..<length]
    }
    guard let text = String(validating: content, as: UTF8.self) else { throw Failure(path, "is no text") }
    return text
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

  static func save(_ text: String, to path: String) throws(Failure) {
    try unsafe save(Array(text.utf8).span.bytes, to: path)
  }

  /// Replaces the file as a whole, or leaves it as it was.
  static func save(_ bytes: RawSpan, to path: String) throws(Failure) {
    let draft = "\(path).draft"
    do {
      try put(bytes, into: draft)
    } catch {
      delete(draft)
      throw error
    }
    guard unsafe rename(draft, path) == 0 else { throw .ofSystem(path) }
  }

  private static func put(_ bytes: RawSpan, into path: String) throws(Failure) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw .ofSystem(path) }
    var written = 0
    while written < bytes.byteCount {
      let rest = bytes.extracting(written...)
      let length = unsafe rest.withUnsafeBytes { unsafe write(file, $0.baseAddress!, $0.count) }
      guard length > 0 else {
        close(file)
        throw .ofSystem(path)
      }
      written += length
    }
    // Some file systems only say here that there was no room.
    guard close(file) == 0 else { throw .ofSystem(path) }
  }

  /// A new folder of its own for files that are not kept.
  static func makeTemporaryFolder() throws(Failure) -> String {
    let pattern = "/tmp/bench-XXXXXX"
    var bytes = Array(pattern.utf8CString)
    guard unsafe bytes.withUnsafeMutableBufferPointer({ unsafe mkdtemp($0.baseAddress!) }) != nil else {
      throw .ofSystem(pattern)
    }
    return String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func delete(_ path: String) { _ = unsafe remove(path) }
}
