/// Why a snapshot cannot be read. Whatever the bytes are, nothing worse happens.
public enum SnapshotError: Error, Sendable, Hashable {
  /// It does not begin like a snapshot of this kind.
  case notASnapshot
  /// It was written by a version that this one does not know.
  case unsupportedVersion(UInt32)
  /// It is shorter or longer than it says.
  case wrongLength
  /// A bit of it has changed since it was written.
  case corrupted
  /// It holds what no sequencer can have written.
  case malformed
  /// It holds more streams than the configuration allows.
  case tooManyStreams
}
