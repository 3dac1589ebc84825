/// What a stream needs beyond its next number: a large epoch, a ledger of what was skipped, or numbers held ahead.
///
/// It lies in a pool block, at an address that stays. While the stream holds numbers ahead, the block goes on with sixteen
/// message slots (see `MessageStore`). The fields come in the order of need: an arrival reads the first 64 bytes.
@unsafe
@usableFromInline
struct StreamHeader<Key: StreamKey> {
  @usableFromInline let key: Key
  /// The number that is emitted next.
  @usableFromInline var next: UInt64
  /// The highest number known of: held, voided, or named by a tip. Below `next` when nothing is ahead.
  @usableFromInline var top: UInt64
  /// What is held of the numbers `next ..< next + 16`: the bits of a page (see `Stream+Pages`).
  @usableFromInline var near: UInt32 = 0
  @usableFromInline var epoch: UInt32
  /// The clocks of the stream's gaps, in the order of their numbers, which is the order of their starts.
  @usableFromInline var firstClock: UnsafeMutablePointer<GapClock>? = nil
  @usableFromInline var lastClock: UnsafeMutablePointer<GapClock>? = nil
  /// Pages of sixteen for numbers that were further ahead when they came: a ring of `farMask + 1` page addresses.
  @usableFromInline var far: UnsafeMutablePointer<UnsafeMutableRawPointer?>? = nil
  @usableFromInline var farMask: UInt16 = 0
  @usableFromInline var farPages: UInt16 = 0
  /// The place of the stream's last clock among those that are being asked for, counted from 1; 0 if there is none.
  @usableFromInline var due: UInt32 = 0
  @usableFromInline var ledger = unsafe Ledger()
  /// Places taken in the buffer, by messages, voided numbers and tips.
  @usableFromInline var held: UInt32 = 0
  /// Whether the block has message slots.
  @usableFromInline var hasSlots = false
  /// Whether the stream's clocks were stopped by `suspend`.
  @usableFromInline var isSuspended = false

  @usableFromInline
  init(key: Key, next: UInt64, epoch: UInt32) {
    unsafe self.key = key
    unsafe self.next = next
    unsafe self.top = next &- 1
    unsafe self.epoch = epoch
  }
}

/// A stream that is not quiet: its header, by address.
@safe
@usableFromInline
@frozen
struct Stream<Key: StreamKey> {
  @usableFromInline let header: UnsafeMutablePointer<StreamHeader<Key>>

  @inlinable
  init(_ block: UnsafeMutableRawPointer) {
    unsafe header = block.assumingMemoryBound(to: StreamHeader<Key>.self)
  }

  @inlinable var block: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(header) }

  @inlinable var key: Key { unsafe header.pointee.key }
  @inlinable var next: UInt64 {
    get { unsafe header.pointee.next }
    nonmutating set { unsafe header.pointee.next = newValue }
  }
  @inlinable var top: UInt64 {
    get { unsafe header.pointee.top }
    nonmutating set { unsafe header.pointee.top = newValue }
  }
  @inlinable var epoch: UInt32 {
    get { unsafe header.pointee.epoch }
    nonmutating set { unsafe header.pointee.epoch = newValue }
  }
  @inlinable var held: UInt32 {
    get { unsafe header.pointee.held }
    nonmutating set { unsafe header.pointee.held = newValue }
  }
  @inlinable var hasSlots: Bool { unsafe header.pointee.hasSlots }
  @inlinable var isSuspended: Bool {
    get { unsafe header.pointee.isSuspended }
    nonmutating set { unsafe header.pointee.isSuspended = newValue }
  }

  /// Whether any number above `next` is known of, so that `next` is missing.
  @inlinable var isWaiting: Bool { top >= next }

  /// Whether the stream is more than its next number.
  @inlinable var needsHeader: Bool {
    isWaiting || epoch > Cell.largestEpoch || isSuspended || hasLedger
  }

  /// Whether anything is known of what was skipped.
  @inlinable var hasLedger: Bool { unsafe header.pointee.ledger.count != 0 || header.pointee.ledger.floor != 0 }

  /// At or below it, nobody remembers which numbers came out.
  @inlinable var floor: UInt64 {
    get { unsafe header.pointee.ledger.floor }
    nonmutating set { unsafe header.pointee.ledger.floor = newValue }
  }

  @inlinable var skippedRanges: [ClosedRange<UInt64>] {
    guard let ranges = unsafe header.pointee.ledger.ranges else { return [] }
    return unsafe (0..<Int(header.pointee.ledger.count)).map { unsafe ranges[$0].first...ranges[$0].last }
  }
}
