extension MessageRing where Word: ~Copyable {
  /// What a reader found at a position.
  @frozen
  @usableFromInline
  package enum Found {
    /// The window now begins with it.
    case messages
    /// It is lost, and so are all below this position.
    case lost(below: UInt64)
    /// It has not been published yet.
    case nothing
    /// The ring is another's by now, or nobody's: all that was published below the head is lost.
    case retired
  }

  /// Copies what stands from `position` on, below `head`, into the window, as far as it fits and nothing is missing.
  ///
  /// - Parameter head: what the reader last loaded, acquiring.
  /// - Complexity: O(*messages copied*), at most ``ReadingWindow/limit``
  @inline(never)
  @inlinable
  package func read(
    from position: UInt64, below head: UInt64, by reader: Int, tenant: UInt64, into window: inout ReadingWindow<Element>
  ) -> Found {
    window.removeAll()
    guard position < head else { return .nothing }
    // Who has been overtaken claims nothing: it could only be in the writer's way.
    guard let floor = floor(tenant: tenant) else { return .retired }
    guard position >= floor else { return .lost(below: floor) }
    _ = withClaim(of: reader) { $0.exchange(position) }
    let found = readClaimed(from: position, below: head, tenant: tenant, into: &window)
    _ = withClaim(of: reader) { $0.exchange(Self.unclaimed) }
    return found
  }

  @inlinable
  func readClaimed(
    from position: UInt64, below head: UInt64, tenant: UInt64, into window: inout ReadingWindow<Element>
  ) -> Found {
    guard withTenant({ $0.loadAcquiring() }) == tenant else { return .retired }
    unsafe Word.willRead(own)
    guard let slots = unsafe slots else { return .retired }
    let floor = withFloor { $0.loadAcquiring() }
    guard position >= floor else { return .lost(below: floor) }
    let end = min(head, position &+ UInt64(ReadingWindow<Element>.limit))
    var next = position
    while next < end {
      let slot = unsafe slots + Int(truncatingIfNeeded: next & mask)
      unsafe Word.willRead(slot)
      guard let element = unsafe slot.pointee else { break }
      window.append(element)
      next &+= 1
    }
    if next > position {
      window.first = position
      return .messages
    }
    repeat {
      next &+= 1
    } while next < end && isMissing(next)
    return .lost(below: next)
  }

  @inlinable
  func isMissing(_ position: UInt64) -> Bool {
    let slot = unsafe slots.unsafelyUnwrapped + Int(truncatingIfNeeded: position & mask)
    unsafe Word.willRead(slot)
    return unsafe slot.pointee == nil
  }

  /// The lowest position that can still be read, or nil if the ring is not `tenant`'s any more. A snapshot.
  @inlinable
  package func floor(tenant: UInt64) -> UInt64? {
    let floor = withFloor { $0.loadAcquiring() }
    return withTenant { $0.loadAcquiring() } == tenant ? floor : nil
  }
}
