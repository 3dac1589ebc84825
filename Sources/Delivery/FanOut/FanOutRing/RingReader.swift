/// A reader's end of a ring, over any word: the window that all its subscriptions share.
@safe
@usableFromInline
package struct RingReader<Element: Sendable, Word: AtomicWord & ~Copyable>: ~Copyable {
  @usableFromInline package let core: FanOutCore<Element, Word>
  @usableFromInline let heads: WordLines<Word>
  @usableFromInline let index: Int
  @usableFromInline package var window = ReadingWindow<Element>()
  /// The positions last found lost, so that only the first of many subscribers has to look for them. They stay lost.
  @usableFromInline var lostFirst: UInt64 = 0
  @usableFromInline var lostEnd: UInt64 = 0

  init(_ core: FanOutCore<Element, Word>, _ index: Int) {
    self.core = core
    unsafe heads = core.heads
    self.index = index
  }

  @inlinable
  deinit { core.giveBack(1 &+ index) }

  /// What stands before a subscription that the window does not contain.
  @frozen
  @usableFromInline
  enum Ahead {
    /// The window contains it now.
    case messages
    case lost(below: UInt64)
    case closed
    case nothing
  }

  @inlinable
  package mutating func drain<Failure>(
    _ subscription: inout FanOutSubscription, limit: Int,
    _ body: (borrowing FanOutDelivery<Element>) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    // A closed ring's head is above every number, so that the end is looked at where it does not cost the others.
    let head = unsafe heads[0].pointee.loadAcquiring()
    guard subscription.next <= head else {
      if window.count > 0 { forgetWhatIsGone() }
      return 0
    }
    let before = subscription
    var end = limit == .max ? head &+ 1 : min(head &+ 1, subscription.next &+ UInt64(limit))
    while subscription.next < end {
      if window.contains(subscription.next) {
        let stop = min(window.end, end)
        let messages = unsafe window.messages(from: subscription.next, below: stop)
        try body(.messages(unsafe messages.span, from: subscription.next))
        subscription.next = stop
        continue
      }
      switch look(ahead: subscription.next) {
      case .messages: break
      case .lost(let position):
        try body(.lagged(subscription.next...position &- 1))
        if limit != .max { end = min(head &+ 1, end &+ (position &- subscription.next)) }
        subscription.lose(below: position)
      case .closed:
        try body(.closed)
        end = 0
      case .nothing: end = 0
      }
    }
    return Int(truncatingIfNeeded: subscription.delivered &- before.delivered)
  }

  /// The same for all of `subscriptions`, window by window: each message is copied once, however many there are.
  @inlinable
  package mutating func drain<Failure>(
    _ subscriptions: inout MutableSpan<FanOutSubscription>,
    _ body: (Int, borrowing FanOutDelivery<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    let head = lookAtHead()
    let end = head & ~FanOutCore<Element, Word>.closed &+ 1
    var isBehind = true
    while isBehind {
      isBehind = false
      var index = 0
      while index < subscriptions.count {
        let next = subscriptions[index].next
        guard next < end else {
          index &+= 1
          continue
        }
        if !window.contains(next), case .lost(let position) = look(ahead: next) {
          try body(index, .lagged(next...position &- 1))
          subscriptions[index].lose(below: position)
          continue
        }
        let stop = window.end
        if stop < end { isBehind = true }
        // A single message has a loop of its own, in which the compiler knows that it is one.
        if stop &- next == 1 {
          try give(from: next, below: next &+ 1, to: &subscriptions, at: &index, body)
        } else {
          try give(from: next, below: stop, to: &subscriptions, at: &index, body)
        }
      }
    }
    guard head >= end else { return }
    for index in subscriptions.indices { try body(index, .closed) }
  }

  /// Gives messages of the window to the subscription at `index`, which stands there, and to all behind it that do, too: who
  /// has been served together stands together, so that what there is for them is looked up once.
  @inlinable @inline(__always)
  func give<Failure>(
    from next: UInt64, below stop: UInt64, to subscriptions: inout MutableSpan<FanOutSubscription>, at index: inout Int,
    _ body: (Int, borrowing FanOutDelivery<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    let messages = unsafe window.messages(from: next, below: stop)
    repeat {
      try body(index, .messages(unsafe messages.span, from: next))
      unsafe subscriptions[unchecked: index].next = stop
      index &+= 1
    } while index < subscriptions.count && (unsafe subscriptions[unchecked: index].next) == next
  }

  /// A call of its own, once for all subscriptions, so that those find the registers free.
  @inline(never)
  @inlinable
  mutating func lookAtHead() -> UInt64 {
    let head = unsafe heads[0].pointee.loadAcquiring()
    if window.count > 0, window.end > head & ~FanOutCore<Element, Word>.closed { forgetWhatIsGone() }
    return head
  }

  @inlinable
  package mutating func next(_ subscription: inout FanOutSubscription) -> FanOutNext<Element> {
    let head = unsafe heads[0].pointee.loadAcquiring()
    let number = subscription.next
    guard number <= head else {
      if window.count > 0 { forgetWhatIsGone() }
      return .empty
    }
    if !window.contains(number) {
      switch look(ahead: number) {
      case .messages: break
      case .lost(let position):
        subscription.lose(below: position)
        return .lagged(number...position &- 1)
      case .closed: return .closed
      case .nothing: return .empty
      }
    }
    subscription.next = number &+ 1
    return .message(number: number, unsafe window.messages(from: number, limit: 1)[0])
  }

  /// Fills the window from `position` on, or finds why it cannot.
  @inline(never)
  @inlinable
  mutating func look(ahead position: UInt64) -> Ahead {
    typealias Core = FanOutCore<Element, Word>
    let word = unsafe heads[0].pointee.loadAcquiring()
    var head = word & ~Core.closed
    guard position <= head else { return word < Core.closed ? .nothing : .closed }
    if position &- lostFirst < lostEnd &- lostFirst { return .lost(below: lostEnd) }
    var next = position
    filling: while next <= head {
      switch core.ring.read(from: next, below: head &+ 1, by: index, tenant: Core.tenant, into: &window) {
      case .messages: break filling
      case .nothing, .retired: break filling
      case .lost(let below):
        // The floor may have passed the head that was loaded, but nobody hears of numbers that are not published.
        head = core.head
        next = min(below, head &+ 1)
      }
    }
    if next == position { return .messages }
    (lostFirst, lostEnd) = (position, next)
    return .lost(below: next)
  }

  /// Lets go of the window once the ring does not have its messages any more, either.
  @inline(never)
  @inlinable
  mutating func forgetWhatIsGone() {
    if let floor = core.ring.floor(tenant: FanOutCore<Element, Word>.tenant), floor >= window.end { window.removeAll() }
  }

  /// Lets go of the messages that the window keeps.
  @inlinable
  package mutating func release() { window.removeAll() }
}
