extension AtomicWord where Self: ~Copyable {
  /// Puts the node at `address` in front of the list whose first node this word names. Whoever takes the list exchanges the
  /// word for 0, and so has all nodes at once: nobody meets a node again that somebody has in hand.
  ///
  /// - Parameter link: stores the address of the node behind it in the node.
  @inlinable
  borrowing func push(_ address: UInt64, _ link: (_ next: UInt64) -> Void) {
    var first = loadRelaxed()
    while true {
      link(first)
      let seen = compareExchange(expected: first, desired: address)
      if seen == first { return }
      first = seen
    }
  }
}
