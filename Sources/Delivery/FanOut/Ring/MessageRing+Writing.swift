extension MessageRing where Word: ~Copyable {
  /// Whether the writer may now write at `position`, the one after the last that it wrote. If not, then a reader has been
  /// copying since the ring was last at this slot.
  ///
  /// - Complexity: O(1); every `capacity / 8` messages, O(readers)
  @inlinable
  package func mayWrite(at position: UInt64) -> Bool {
    position < limit || makeRoom(at: position)
  }

  @inline(never)
  @inlinable
  func makeRoom(at position: UInt64) -> Bool {
    let overwritten = position &- UInt64(capacity)
    raiseFloor(to: floorStored <= overwritten ? overwritten &+ stride : floorStored)
    return position < limit
  }

  /// Lets nobody read below `position` any more, and finds how far the writer may come.
  @inlinable
  func raiseFloor(to position: UInt64) {
    if floorStored < position {
      floorStored = position
      withFloor { $0.storeReleasing(position) }
    }
    var lowest = floorStored
    for reader in 0..<readers {
      // It changes nothing, but it is a write: a reader that claims after it knows of the floor.
      lowest = min(lowest, withClaim(of: reader) { $0.or(0) })
    }
    limit = lowest &+ UInt64(capacity)
  }

  /// Puts a message where the writer may write, or nil for one that does not exist. Returns what stood there, so that its
  /// end, which may run anybody's code, comes when the new one has been published.
  @inlinable
  package func replace(at position: UInt64, with element: consuming Element?) -> Element? {
    unsafe replace(at: position, of: slots.unsafelyUnwrapped, with: element)
  }

  /// The same for a writer that has the ring for life, and keeps its slots at hand.
  @unsafe
  @inlinable
  package func replace(
    at position: UInt64, of slots: UnsafeMutablePointer<Element?>, with element: consuming Element?
  ) -> Element? {
    assert(position < limit)
    let slot = unsafe slots + Int(truncatingIfNeeded: position & mask)
    unsafe Word.willWrite(slot)
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
    guard position < end else { return position }
    // All of the hole at once: of one that is larger than the ring, what has no slot has to lie below the floor, so that
    // readers cross it in a step. If somebody is in the way, then what is below the floor is lost in any case.
    guard mayWrite(at: end &- 1) else { return max(position, min(floorStored, end)) }
    let count = min(end &- position, UInt64(capacity))
    for position in end &- count..<end { _ = replace(at: position, with: nil) }
    return end
  }

  /// Lets go of all messages; `end` is the position after the last. They cannot be read any more in any case. If it returns
  /// false, then a reader is in the way, and it has to be called again.
  ///
  /// - Complexity: O(*capacity*)
  package func clear(below end: UInt64) -> Bool {
    raiseFloor(to: end)
    guard limit >= end &+ UInt64(capacity) else { return false }
    for position in end..<end &+ UInt64(capacity) { _ = replace(at: position, with: nil) }
    return true
  }
}
