/// A planted regression: one allocation a message.
@usableFromInline
func plantedRegression() {
  unsafe kept?.deallocate()
  unsafe kept = .allocate(byteCount: 48, alignment: 16)
}

nonisolated(unsafe) private var kept: UnsafeMutableRawPointer?
