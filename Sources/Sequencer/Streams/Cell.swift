/// Eight bytes that are all a quiet stream needs: the epoch if it is small, the next number, and whether the stream was
/// touched since the last sweep.
///
/// A stream that needs more (a large epoch, a ledger, anything ahead) has the address of its header here instead, and the rest
/// there. All zeros is an empty slot.
///
///     63 … 56   55 ……………… 2   1   0
///     epoch     next number   0   touched
///     address of the header   1   touched
@usableFromInline
@frozen
struct Cell {
  @usableFromInline var bits: UInt64

  @inlinable
  init(bits: UInt64) { self.bits = bits }

  @inlinable @inline(__always)
  init(untouchedNext next: UInt64, epoch: UInt32) { bits = UInt64(epoch) << 56 | next << 2 }

  @inlinable @inline(__always)
  init(next: UInt64, epoch: UInt32) { bits = UInt64(epoch) << 56 | next << 2 | Self.touched }

  @inlinable
  init(header: UnsafeMutableRawPointer) { bits = UInt64(UInt(bitPattern: header)) | Self.hasHeader | Self.touched }

  /// The largest epoch that a quiet stream may have. A sender that comes back more often gets a header.
  @usableFromInline static var largestEpoch: UInt32 { 255 }
  @usableFromInline static var touched: UInt64 { 1 }
  @usableFromInline static var hasHeader: UInt64 { 2 }

  @inlinable var isEmpty: Bool { bits == 0 }
  @inlinable var hasHeader: Bool { bits & Self.hasHeader != 0 }
  @inlinable var isTouched: Bool { bits & Self.touched != 0 }

  /// The next number of a quiet stream.
  @inlinable var next: UInt64 { (bits << 8) >> 10 }

  /// The epoch of a quiet stream.
  @inlinable var epoch: UInt32 { UInt32(truncatingIfNeeded: bits >> 56) }

  /// The header of a stream that is not quiet.
  @inlinable var header: UnsafeMutableRawPointer {
    unsafe UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: bits & ~3)).unsafelyUnwrapped
  }
}

/// A place in the table where a stream's cell is. It holds until a stream is added to the table or removed from it.
@safe
@usableFromInline
@frozen
struct CellReference {
  @usableFromInline let address: UnsafeMutablePointer<UInt64>

  @inlinable
  init(_ address: UnsafeMutablePointer<UInt64>) { unsafe self.address = address }

  @inlinable var cell: Cell {
    get { unsafe Cell(bits: address.pointee) }
    nonmutating set { unsafe address.pointee = newValue.bits }
  }

  @inlinable
  func touch() { unsafe address.pointee |= Cell.touched }

  @inlinable
  func clearTouched() { unsafe address.pointee &= ~Cell.touched }
}
