extension MessageRing where Word: ~Copyable {
  /// Whether the writer may now write at `position`, the one after the last that it wrote. If not, then a reader has been
  /// copying since the ring was last at this slot.
  ///
  /// - Complexity: O(1); every `capacity / 8` messages, O(readers)
  @inlinable
  package func mayWrite(at position: UInt64) -> Bool {
    position < limit || raiseFloor(for: position)
  }

  @inline(never)
  @usableFromInline
  func raiseFloor(for position: UInt64) -> Bool {
    let overwritten = position &- UInt64(capacity)
    if floorStored <= overwritten {
      floorStored = overwritten &+ stride
      withFloor { $0.storeReleasing(floorStored) }
    }
    var lowest = floorStored
    for reader in 0..<readers {
      // It changes nothing, but it is a write: a reader that claims after it knows of the floor.
      lowest = min(lowest, withClaim(of: reader) { $0.or(0) })
    }
    limit = lowest &+ UInt64(capacity)
    return position < limit
  }

  /// Puts a message where the writer may write, or nil for one that does not exist. Returns what stood there, so that its
  /// end, which may run anybody's code, comes when the new one has been published.
  @inlinable
  package func replace(at position: UInt64, with element: consuming Element?) -> Element? {
    let slot = unsafe slotToWrite(at: position)
    let old = unsafe slot.move()
    unsafe slot.initialize(to: element)
    return old
  }

  @unsafe
  @inlinable
  func slotToWrite(at position: UInt64) -> UnsafeMutablePointer<Element?> {
    assert(position < limit)
    let slot = unsafe slots.unsafelyUnwrapped + Int(truncatingIfNeeded: position & mask)
    unsafe Word.willWrite(slot)
    return unsafe slot
  }

  /// Says that the messages from `position` on, below `end`, will never come. Returns how far it came: a reader may be in the
  /// way, as of a message.
  ///
  /// - Complexity: O(min(*positions*, *capacity*))
  package func skip(from position: UInt64, below end: UInt64) -> UInt64 {
    var position = position
    // Once round, nothing is left that a larger hole could overwrite.
    let stop = min(end, position &+ UInt64(capacity))
    while position < stop {
      guard mayWrite(at: position) else { return position }
      _ = replace(at: position, with: nil)
      position &+= 1
    }
    return end
  }
}
