/// The counts of the newest messages, and of the numbers within a window above them, kept as receipts come.
///
/// They are those of all who were there, a message's author among them. A receipt adds one to each message that it is news
/// for, so in the long run each costs one addition a member and message, and never more than two windows at a time. A small
/// conversation keeps none: looking at its rows is as fast.
@usableFromInline
struct RecentCounts {
  @usableFromInline
  struct Slot {
    @usableFromInline var recipients: UInt32 = 0
    @usableFromInline var delivered: UInt32 = 0
    @usableFromInline var read: UInt32 = 0

    @usableFromInline
    init() {}
  }

  /// Empty while no counts are kept; else a power of two, at least two windows.
  @usableFromInline var slots: [Slot] = []
  @usableFromInline let window: UInt64
  /// The newest message.
  @usableFromInline var tip: UInt64

  @usableFromInline
  init(window: Int, tip: UInt64) {
    self.window = UInt64(window)
    self.tip = tip
  }

  @inlinable var areKept: Bool { !slots.isEmpty }
  /// The lowest and the highest number that are counted.
  @inlinable var first: UInt64 { tip > window ? tip &- window &+ 1 : 1 }
  @inlinable var last: UInt64 { tip &+ window }

  @inlinable
  func index(of number: UInt64) -> Int { Int(truncatingIfNeeded: number) & (slots.count &- 1) }

  @inlinable
  subscript(number: UInt64) -> Slot {
    get { slots[index(of: number)] }
    set { slots[index(of: number)] = newValue }
  }

  /// Begins to keep counts, all of them 0.
  @usableFromInline
  mutating func keep() {
    var capacity = 2
    while capacity < 2 * Int(window) { capacity *= 2 }
    slots = Array(repeating: Slot(), count: capacity)
  }

  /// Adds `change` to the numbers of a range that are counted and lie within `stays`.
  @inlinable
  mutating func add(_ change: Int32, _ range: ClosedRange<UInt64>, _ stays: borrowing Stays, _ receipt: Receipt) {
    let lower = max(range.lowerBound, first)
    let upper = min(range.upperBound, last)
    guard lower <= upper else { return }
    let current = max(lower, stays.since)
    if current <= upper { add(change, current, upper, receipt) }
    guard !stays.earlier.isEmpty else { return }
    for stay in stays.earlier where stay.upperBound >= lower && stay.lowerBound <= upper {
      add(change, max(lower, stay.lowerBound), min(upper, stay.upperBound), receipt)
    }
  }

  @inlinable @inline(__always)
  mutating func add(_ change: Int32, _ first: UInt64, _ last: UInt64, _ receipt: Receipt) {
    let change = UInt32(bitPattern: change)
    var number = first
    switch receipt {
    case .delivered:
      while number <= last {
        slots[index(of: number)].delivered &+= change
        number &+= 1
      }
    case .read:
      while number <= last {
        slots[index(of: number)].read &+= change
        number &+= 1
      }
    }
  }

  /// Moves on to a new tip. What comes into the window above it starts at 0; what was leapt over has all members as its
  /// recipients, since nobody wrote it.
  @inlinable @inline(__always)
  mutating func advance(to newTip: UInt64, recipients: UInt32) {
    if areKept { moveSlots(to: newTip, recipients) }
    tip = newTip
  }

  @usableFromInline
  mutating func moveSlots(to newTip: UInt64, _ recipients: UInt32) {
    let (oldTip, oldLast) = (tip, last)
    tip = newTip
    var number = max(oldLast &+ 1, first)
    while number <= last {
      self[number] = Slot()
      number &+= 1
    }
    number = max(oldTip &+ 1, first)
    while number <= newTip {
      slots[index(of: number)].recipients = recipients
      number &+= 1
    }
  }
}
