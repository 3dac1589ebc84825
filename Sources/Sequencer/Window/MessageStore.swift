/// Where held messages lie: the slots behind a stream's header, and the slots of its far pages.
///
/// It owns the pools of both; a stream says only *which* numbers it holds. Every message that it takes is given back exactly
/// once, by `take` or by `discardAll`.
@safe
@usableFromInline
struct MessageStore<Key: StreamKey, Message: ~Copyable>: ~Copyable {
  /// Headers with sixteen slots behind them, for streams that hold something.
  @usableFromInline var windows: BlockPool
  /// Headers alone, for streams that only remember something.
  @usableFromInline var headers: BlockPool
  @usableFromInline var pages: BlockPool
  @usableFromInline var sizes = SizeClasses()

  @usableFromInline static var alignment: Int {
    unsafe max(16, MemoryLayout<Message>.alignment, MemoryLayout<StreamHeader<Key>>.alignment)
  }
  @inlinable static var slotsOffset: Int {
    let alignment = MemoryLayout<Message>.alignment
    return unsafe (MemoryLayout<StreamHeader<Key>>.size + alignment - 1) & ~(alignment - 1)
  }
  /// A page begins with its bits.
  @inlinable static var pageSlotsOffset: Int { max(4, MemoryLayout<Message>.alignment) }

  @inlinable
  init() {
    let slots = 16 * MemoryLayout<Message>.stride
    windows = BlockPool(blockSize: Self.slotsOffset + slots, alignment: max(64, Self.alignment))
    headers = unsafe BlockPool(blockSize: MemoryLayout<StreamHeader<Key>>.size, alignment: Self.alignment)
    pages = BlockPool(blockSize: Self.pageSlotsOffset + slots, alignment: Self.alignment)
  }

  var allocatedBytes: Int {
    windows.allocatedBytes + headers.allocatedBytes + pages.allocatedBytes + sizes.allocatedBytes
  }

  @inlinable @inline(__always)
  func slot(_ number: UInt64, in block: UnsafeMutableRawPointer, offset: Int) -> UnsafeMutablePointer<Message> {
    let index = Int(truncatingIfNeeded: number & 15)
    return unsafe (block + (offset &+ index &* MemoryLayout<Message>.stride)).assumingMemoryBound(to: Message.self)
  }
}

extension MessageStore where Message: ~Copyable {
  /// Reads from the line in which the message behind the next one is held, if it is held near.
  @inlinable @inline(__always)
  func touchSlots(_ stream: Stream<Key>) -> UInt64 {
    guard stream.hasSlots, MemoryLayout<Message>.size > 0 else { return 0 }
    let slot = unsafe slot(stream.next &+ 1, in: stream.block, offset: Self.slotsOffset)
    return unsafe UInt64(UnsafeRawPointer(slot).load(as: UInt8.self))
  }
}

// MARK: - Headers

extension MessageStore where Message: ~Copyable {
  /// Whether any stream has one.
  @inlinable var hasHeaders: Bool { windows.isInUse || headers.isInUse }

  /// A header for a stream that was quiet or new, with slots if it is about to hold something.
  @inlinable
  mutating func makeStream(_ key: Key, next: UInt64, epoch: UInt32, hasSlots: Bool) -> Stream<Key> {
    let block = unsafe hasSlots ? windows.allocate() : headers.allocate()
    let stream = unsafe Stream<Key>(block)
    unsafe stream.header.initialize(to: StreamHeader(key: key, next: next, epoch: epoch))
    unsafe stream.header.pointee.hasSlots = hasSlots
    return stream
  }

  /// The same stream in a block with slots, or in one without. It holds nothing ahead, so nothing points at its header but
  /// its cell.
  @inlinable
  mutating func moved(_ stream: Stream<Key>, hasSlots: Bool) -> Stream<Key> {
    let block = unsafe hasSlots ? windows.allocate() : headers.allocate()
    let copy = unsafe Stream<Key>(block)
    unsafe copy.header.moveInitialize(from: stream.header, count: 1)
    unsafe releaseBlock(stream.block, hasSlots: copy.hasSlots)
    unsafe copy.header.pointee.hasSlots = hasSlots
    return copy
  }

  /// Ends the header of a stream that holds nothing ahead and has an empty ledger.
  @inlinable
  mutating func release(_ stream: Stream<Key>) {
    let hasSlots = stream.hasSlots
    unsafe stream.header.deinitialize(count: 1)
    unsafe releaseBlock(stream.block, hasSlots: hasSlots)
  }

  @inlinable
  mutating func releaseBlock(_ block: UnsafeMutableRawPointer, hasSlots: Bool) {
    if hasSlots { unsafe windows.release(block) } else { unsafe headers.release(block) }
  }
}

// MARK: - Held numbers

extension MessageStore where Message: ~Copyable {
  /// Holds a message under a number that has none. It takes the place of a void or a tip.
  @inlinable
  mutating func hold(_ message: consuming Message, _ number: UInt64, in stream: Stream<Key>) {
    let bit = Stream<Key>.bit(of: number)
    if let page = unsafe pageToMark(number, in: stream) {
      let bits = unsafe page.load(as: UInt32.self)
      unsafe page.storeBytes(of: bits & ~(bit << 16) | bit, as: UInt32.self)
      unsafe slot(number, in: page, offset: Self.pageSlotsOffset).initialize(to: message)
    } else {
      unsafe stream.header.pointee.near = stream.header.pointee.near & ~(bit << 16) | bit
      unsafe slot(number, in: stream.block, offset: Self.slotsOffset).initialize(to: message)
    }
  }

  /// Marks a number that has no message as voided, or as a tip.
  @inlinable
  mutating func mark(_ number: UInt64, isVoid: Bool, in stream: Stream<Key>) {
    let bit = Stream<Key>.bit(of: number)
    let high = bit << 16
    let low = isVoid ? 0 : bit
    if let page = unsafe pageToMark(number, in: stream) {
      unsafe page.storeBytes(of: page.load(as: UInt32.self) & ~bit | high | low, as: UInt32.self)
    } else {
      unsafe stream.header.pointee.near = stream.header.pointee.near & ~bit | high | low
    }
  }

  /// Takes out the message held under `number`.
  @inlinable
  mutating func take(_ number: UInt64, from stream: Stream<Key>) -> Message {
    let bit = Stream<Key>.bit(of: number)
    if number &- stream.next < 16, unsafe stream.header.pointee.near & bit != 0 {
      unsafe stream.header.pointee.near &= ~bit
      return unsafe slot(number, in: stream.block, offset: Self.slotsOffset).move()
    }
    let page = unsafe stream.farPage(Stream<Key>.page(of: number)).unsafelyUnwrapped
    let message = unsafe slot(number, in: page, offset: Self.pageSlotsOffset).move()
    unsafe clear(bit, in: page, of: number, stream)
    return message
  }

  /// Forgets a void or a tip.
  @inlinable
  mutating func unmark(_ number: UInt64, in stream: Stream<Key>) {
    let bits = Stream<Key>.bit(of: number) | Stream<Key>.bit(of: number) << 16
    if number &- stream.next < 16, unsafe stream.header.pointee.near & bits != 0 {
      unsafe stream.header.pointee.near &= ~bits
    } else {
      let page = unsafe stream.farPage(Stream<Key>.page(of: number)).unsafelyUnwrapped
      unsafe clear(bits, in: page, of: number, stream)
    }
  }

  /// Destroys the messages that a stream holds, without giving their places back: for the end of the store.
  @inlinable
  func destroyMessages(of stream: Stream<Key>) {
    var number = stream.firstHeld(from: stream.next)
    while number <= stream.top {
      if stream.kind(of: number) == .message {
        let bit = Stream<Key>.bit(of: number)
        if number &- stream.next < 16, unsafe stream.header.pointee.near & bit != 0 {
          unsafe slot(number, in: stream.block, offset: Self.slotsOffset).deinitialize(count: 1)
        } else if let page = unsafe stream.farPage(Stream<Key>.page(of: number)) {
          unsafe slot(number, in: page, offset: Self.pageSlotsOffset).deinitialize(count: 1)
        }
      }
      number = stream.firstHeld(from: number &+ 1)
    }
  }

  /// The far page in which `number` is or is to be marked; nil if its place is near.
  @inlinable
  mutating func pageToMark(_ number: UInt64, in stream: Stream<Key>) -> UnsafeMutableRawPointer? {
    if number &- stream.next < 16 {
      // Near, unless it was marked when it was still far.
      if unsafe stream.header.pointee.farPages == 0 { return nil }
      guard let page = unsafe stream.farPage(Stream<Key>.page(of: number)) else { return nil }
      let bits = unsafe page.load(as: UInt32.self)
      return unsafe (bits | bits >> 16) & Stream<Key>.bit(of: number) != 0 ? page : nil
    }
    return unsafe makeFarPage(number, in: stream)
  }

  @inlinable @inline(never)
  mutating func makeFarPage(_ number: UInt64, in stream: Stream<Key>) -> UnsafeMutableRawPointer {
    reserveFar(number, in: stream)
    let index = unsafe Int(truncatingIfNeeded: Stream<Key>.page(of: number) & UInt64(stream.header.pointee.farMask))
    let far = unsafe stream.header.pointee.far.unsafelyUnwrapped
    if let page = unsafe far[index] { return unsafe page }
    let page = unsafe pages.allocate()
    unsafe page.storeBytes(of: 0, as: UInt32.self)
    unsafe far[index] = page
    unsafe stream.header.pointee.farPages &+= 1
    return unsafe page
  }

  /// Makes the directory long enough for the pages from `next` to `number`.
  @inlinable
  mutating func reserveFar(_ number: UInt64, in stream: Stream<Key>) {
    let first = Stream<Key>.page(of: stream.next)
    let span = Int(truncatingIfNeeded: Stream<Key>.page(of: number) &- first &+ 1)
    let old = unsafe stream.header.pointee.far
    let oldSize = unsafe old == nil ? 0 : Int(stream.header.pointee.farMask) &+ 1
    if span <= oldSize { return }
    // Eight pages reach a hundred numbers ahead; then doubling, so that a directory has less than `window` + 64 bytes.
    var size = max(8, oldSize)
    while size < span { size &*= 2 }
    let entry = MemoryLayout<UInt>.stride
    let far = unsafe sizes.allocate(bytes: size &* entry).bindMemory(to: UnsafeMutableRawPointer?.self, capacity: size)
    unsafe far.initialize(repeating: nil, count: size)
    if let old = unsafe old {
      for offset in 0..<oldSize {
        let page = Int(truncatingIfNeeded: first) &+ offset
        unsafe far[page & (size &- 1)] = old[page & (oldSize &- 1)]
      }
      unsafe sizes.release(UnsafeMutableRawPointer(old), bytes: oldSize &* entry)
    }
    unsafe stream.header.pointee.far = far
    unsafe stream.header.pointee.farMask = UInt16(truncatingIfNeeded: size &- 1)
  }

  /// Clears bits of a far page; an empty page goes, and with the last page the directory.
  @inlinable
  mutating func clear(_ cleared: UInt32, in page: UnsafeMutableRawPointer, of number: UInt64, _ stream: Stream<Key>) {
    let bits = unsafe page.load(as: UInt32.self) & ~cleared
    unsafe page.storeBytes(of: bits, as: UInt32.self)
    if bits != 0 { return }
    let far = unsafe stream.header.pointee.far.unsafelyUnwrapped
    unsafe far[Int(truncatingIfNeeded: Stream<Key>.page(of: number) & UInt64(stream.header.pointee.farMask))] = nil
    unsafe pages.release(page)
    unsafe stream.header.pointee.farPages &-= 1
    if unsafe stream.header.pointee.farPages == 0 {
      let size = unsafe Int(stream.header.pointee.farMask) &+ 1
      unsafe sizes.release(UnsafeMutableRawPointer(far), bytes: size &* MemoryLayout<UInt>.stride)
      unsafe stream.header.pointee.far = nil
    }
  }
}
