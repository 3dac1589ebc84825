/// What a stream holds under its numbers, by pages of sixteen: the numbers that agree in all but their low four bits.
///
/// A page's bits are two planes of sixteen. The low one alone marks a message, the high one alone a voided number; both mark a
/// tip, which holds a place in the buffer while its number is missing.
///
/// A number held *near* has its bit in the header, one held *far* in a page of its own. Sixteen numbers from `next` on lie in
/// at most two pages, and their low four bits say where in a page, so both kinds are looked at in the same way. One message
/// far ahead costs a page and a directory, not a window.
extension Stream {
  @usableFromInline
  enum Kind {
    case missing, message, void, tip
  }

  @inlinable
  static func page(of number: UInt64) -> UInt64 { number >> 4 }

  @inlinable
  static func bit(of number: UInt64) -> UInt32 { 1 << UInt32(truncatingIfNeeded: number & 15) }

  /// The far page with this index, if there is one.
  @inlinable
  func farPage(_ page: UInt64) -> UnsafeMutableRawPointer? {
    guard let far = unsafe header.pointee.far else { return nil }
    return unsafe far[Int(truncatingIfNeeded: page & UInt64(header.pointee.farMask))]
  }

  /// The bits of a page at or above the one that `next` lies in.
  @inlinable
  func bits(ofPage page: UInt64) -> UInt32 {
    var bits: UInt32 = 0
    if let far = unsafe farPage(page) { bits = unsafe far.load(as: UInt32.self) }
    // Of the near bits, those at or above next's belong to next's page, the others to the one behind it.
    let ahead: UInt32 = (0xFFFF << UInt32(truncatingIfNeeded: next & 15)) & 0xFFFF
    switch page &- Self.page(of: next) {
    case 0: unsafe bits |= header.pointee.near & (ahead | ahead << 16)
    case 1: unsafe bits |= header.pointee.near & ~(ahead | ahead << 16)
    default: break
    }
    return bits
  }

  /// What is held under `number`, which is not below `next`.
  @inlinable
  func kind(of number: UInt64) -> Kind {
    if number > top { return .missing }
    let bit = Self.bit(of: number)
    var bits = unsafe number &- next < 16 ? header.pointee.near : 0
    if let far = unsafe farPage(Self.page(of: number)) { bits |= unsafe far.load(as: UInt32.self) }
    let isLow = bits & bit != 0
    let isHigh = bits & (bit << 16) != 0
    return isLow ? (isHigh ? .tip : .message) : (isHigh ? .void : .missing)
  }

  /// The lowest number with a message, a void or a tip from `number` on, which is not below `next`; the one behind `top`, or
  /// `number` itself if that is higher, if there is none.
  @inlinable
  func firstMark(from number: UInt64) -> UInt64 {
    search(from: number) { ($0 | $0 >> 16) & 0xFFFF }
  }

  /// The lowest missing number from `number` on, in the same way. Tips are missing. What lies above `limit` is not looked at.
  @inlinable
  func firstMissing(from number: UInt64, through limit: UInt64 = .max) -> UInt64 {
    search(from: number, through: limit) { ~($0 ^ $0 >> 16) & 0xFFFF }
  }

  /// The lowest held number from `number` on, in the same way. Tips are not held.
  @inlinable
  func firstHeld(from number: UInt64, through limit: UInt64 = .max) -> UInt64 {
    search(from: number, through: limit) { ($0 ^ $0 >> 16) & 0xFFFF }
  }

  @inlinable
  func search(from number: UInt64, through limit: UInt64 = .max, _ select: (UInt32) -> UInt32) -> UInt64 {
    let top = min(top, limit)
    if number > top { return number }
    var page = Self.page(of: number)
    var mask: UInt32 = 0xFFFF << UInt32(truncatingIfNeeded: number & 15)
    while page <= Self.page(of: top) {
      let found = select(bits(ofPage: page)) & mask
      if found != 0 { return min(page << 4 | UInt64(found.trailingZeroBitCount), top &+ 1) }
      mask = 0xFFFF
      page &+= 1
    }
    return top &+ 1
  }

  /// What a range ahead of `next` lacks: how many places of the buffer it would take, and how many of its numbers are missing;
  /// nil if it would take more than `room`.
  ///
  /// A sender may have the same window looked through again and again: a page of which nothing is missing costs next to nothing,
  /// and whoever has no room left is turned away at the first number.
  @inlinable
  func countMissing(_ first: UInt64, _ last: UInt64, room: Int) -> (places: Int, missing: Int)? {
    let end = min(last, top)
    var missing = Int(truncatingIfNeeded: last &- max(end, first &- 1))
    var tips = 0
    guard missing <= room else { return nil }
    var page = Self.page(of: first)
    var mask: UInt32 = 0xFFFF << UInt32(truncatingIfNeeded: first & 15) & 0xFFFF
    while page << 4 <= end {
      if page == Self.page(of: end) { mask &= 0xFFFF >> (15 - UInt32(truncatingIfNeeded: end & 15)) }
      let bits = bits(ofPage: page)
      let lacks = ~(bits ^ bits >> 16) & mask
      if lacks != 0 {
        missing &+= lacks.nonzeroBitCount
        tips &+= (bits & bits >> 16 & mask).nonzeroBitCount
        guard missing &- tips <= room else { return nil }
      }
      mask = 0xFFFF
      page &+= 1
    }
    return (missing &- tips, missing)
  }
}
