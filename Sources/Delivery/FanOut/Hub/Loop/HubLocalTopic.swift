/// What a loop has of a topic: its subscribers, side by side. The slab that it lies in frees nothing; the loop does.
@safe
@usableFromInline
struct HubLocalTopic<Element: Sendable, Word: AtomicWord & ~Copyable> {
  @usableFromInline typealias Core = TopicCore<Element, Word>

  /// The slot of no topic.
  @inlinable static var none: UInt32 { .max }

  /// The topic, retained; nil in a slot that nobody has.
  @usableFromInline let retained: Unmanaged<Core>?
  @usableFromInline var cursors: UnsafeMutablePointer<HubCursor>?
  @usableFromInline var count = 0
  @usableFromInline var capacity = 2
  /// How far the news of keys had been published when all subscribers were last given them.
  @usableFromInline var latestSeen: UInt64 = 1

  @inlinable
  init(_ core: Core) {
    unsafe retained = Unmanaged.passRetained(core)
    unsafe cursors = .allocate(capacity: capacity)
  }

  private init() {
    unsafe retained = nil
    unsafe cursors = nil
  }

  @inlinable
  var core: Core? { unsafe retained?.takeUnretainedValue() }

  @inlinable
  subscript(place: Int) -> HubCursor {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(cursors.unsafelyUnwrapped + place) }
    @inline(__always) unsafeMutableAddress { unsafe cursors.unsafelyUnwrapped + place }
  }

  @inlinable
  mutating func append(_ cursor: HubCursor) {
    if count == capacity { grow() }
    unsafe (cursors.unsafelyUnwrapped + count).initialize(to: cursor)
    count &+= 1
  }

  @usableFromInline @inline(never)
  mutating func grow() {
    let smaller = unsafe cursors.unsafelyUnwrapped
    capacity *= 2
    unsafe cursors = .allocate(capacity: capacity)
    unsafe cursors.unsafelyUnwrapped.moveInitialize(from: smaller, count: count)
    unsafe smaller.deallocate()
  }

  /// Frees what it has. What is left is the content of a free slot.
  @usableFromInline
  mutating func free() {
    unsafe cursors?.deallocate()
    unsafe retained?.release()
    self = HubLocalTopic()
  }
}
