/// Where a known stream stands, whether it is quiet or has a header.
@usableFromInline
struct Standing<Key: StreamKey> {
  @usableFromInline let stream: Stream<Key>?
  @usableFromInline let epoch: UInt32
  @usableFromInline let next: UInt64

  @inlinable
  init(_ cell: Cell) {
    if cell.hasHeader {
      let stream = unsafe Stream<Key>(cell.header)
      self.stream = stream
      epoch = stream.epoch
      next = stream.next
    } else {
      stream = nil
      epoch = cell.epoch
      next = cell.next
    }
  }

  /// The highest number known of, or the one before `next`.
  @inlinable var top: UInt64 { max(stream?.top ?? 0, next &- 1) }

  /// Whether any number above `next` is known of.
  @inlinable var isWaiting: Bool { stream?.isWaiting ?? false }

  /// Places taken in the buffer.
  @inlinable var held: Int { Int(stream?.held ?? 0) }

  @inlinable
  func record(of key: Key) -> StreamRecord<Key> {
    var record = StreamRecord(stream: key, epoch: epoch, next: next)
    if let stream {
      record.floor = stream.floor
      record.skipped = stream.skippedRanges
    }
    return record
  }
}
