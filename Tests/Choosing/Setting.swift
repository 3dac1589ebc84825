#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What whoever starts a test asks of it: `MODEL_SEED=17 swift test --filter ModelTests`. A word that is no number ends the
/// run; it must not pass for one that did as it was told.
package func setting(_ name: String) -> UInt64? {
  guard let text = unsafe getenv(name) else { return nil }
  guard let number = UInt64(unsafe String(cString: text)) else {
    preconditionFailure("\(name) is a whole number, not '\(unsafe String(cString: text))'")
  }
  return number
}
