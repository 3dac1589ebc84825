/// The connections of a loop: what the loop knows of each, and the caller's own part, which is lent to the caller's closures
/// where it lies.
@safe
@usableFromInline
struct ConnectionTable<Connection>: ~Copyable {
  @usableFromInline var records = Slab<HubConnectionRecord>()
  @usableFromInline var peers: UnsafeMutablePointer<Connection>
  @usableFromInline var capacity = 0
  @usableFromInline var lastGeneration: UInt64

  /// - Parameter generation: below those of its connections.
  init(after generation: UInt64) {
    lastGeneration = generation
    unsafe peers = .allocate(capacity: 0)
  }

  @inlinable
  deinit {
    for slot in 0..<UInt32(truncatingIfNeeded: records.used) where records[slot].state != .free {
      unsafe (peers + Int(slot)).deinitialize(count: 1)
    }
    unsafe peers.deallocate()
  }

  @inlinable
  mutating func insert(_ peer: consuming Connection, _ policy: HubPolicy) -> HubConnection {
    lastGeneration &+= 1
    let slot = records.insert(HubConnectionRecord(generation: lastGeneration, policy: policy))
    if Int(slot) >= capacity { grow() }
    unsafe (peers + Int(slot)).initialize(to: peer)
    return HubConnection(slot: slot, generation: lastGeneration)
  }

  @inlinable
  mutating func remove(_ slot: UInt32) -> Connection {
    records[slot].state = .free
    let peer = unsafe (peers + Int(slot)).move()
    records.release(slot)
    return peer
  }

  /// The slot of a connection that there still is.
  @inlinable
  func slot(of connection: HubConnection) -> UInt32? {
    guard Int(connection.slot) < records.used, records[connection.slot].generation == connection.generation,
      records[connection.slot].state != .free
    else { return nil }
    return connection.slot
  }

  @inlinable @inline(never)
  mutating func grow() {
    let larger = UnsafeMutablePointer<Connection>.allocate(capacity: records.capacity)
    // The newest slot is the one that there is no room for yet. Free ones among the others hold nothing.
    for slot in 0..<capacity where records[UInt32(truncatingIfNeeded: slot)].state != .free {
      unsafe (larger + slot).moveInitialize(from: peers + slot, count: 1)
    }
    unsafe peers.deallocate()
    unsafe peers = larger
    capacity = records.capacity
  }
}
