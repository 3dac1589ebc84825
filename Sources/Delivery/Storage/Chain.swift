/// A line of elements of a slab, linked through the elements themselves: joining and leaving it anywhere costs O(1).
@usableFromInline
struct Chain {
  @usableFromInline static var none: UInt32 { .max }

  @usableFromInline var first: UInt32 = .max
  @usableFromInline var last: UInt32 = .max

  @inlinable
  init() {}

  @inlinable var isEmpty: Bool { first == .max }
}

/// An element's neighbours in a chain.
@usableFromInline
struct Link {
  @usableFromInline var earlier: UInt32 = .max
  @usableFromInline var later: UInt32 = .max

  @inlinable
  init() {}

  @inlinable
  init(earlier: UInt32, later: UInt32) {
    self.earlier = earlier
    self.later = later
  }
}

/// An element that can stand in several chains at once, one of each kind.
@usableFromInline
protocol Chained {
  associatedtype Kind
  func link(_ kind: Kind) -> Link
  /// Accessors that yield would not be inlined; these are.
  mutating func setLink(_ kind: Kind, _ link: Link)
  mutating func setEarlier(_ kind: Kind, _ slot: UInt32)
  mutating func setLater(_ kind: Kind, _ slot: UInt32)
}

extension Slab where Element: Chained {
  @inlinable @inline(__always)
  mutating func append(_ slot: UInt32, to chain: inout Chain, _ kind: Element.Kind) {
    insert(slot, before: Chain.none, in: &chain, kind)
  }

  /// Puts an element before another one of the chain; before none: at the end.
  @inlinable @inline(__always)
  mutating func insert(_ slot: UInt32, before later: UInt32, in chain: inout Chain, _ kind: Element.Kind) {
    let earlier = later == Chain.none ? chain.last : self[later].link(kind).earlier
    self[slot].setLink(kind, Link(earlier: earlier, later: later))
    if earlier == Chain.none { chain.first = slot } else { self[earlier].setLater(kind, slot) }
    if later == Chain.none { chain.last = slot } else { self[later].setEarlier(kind, slot) }
  }

  @inlinable @inline(__always)
  mutating func remove(_ slot: UInt32, from chain: inout Chain, _ kind: Element.Kind) {
    let link = self[slot].link(kind)
    if link.earlier == Chain.none { chain.first = link.later } else { self[link.earlier].setLater(kind, link.later) }
    if link.later == Chain.none { chain.last = link.earlier } else { self[link.later].setEarlier(kind, link.earlier) }
  }
}
