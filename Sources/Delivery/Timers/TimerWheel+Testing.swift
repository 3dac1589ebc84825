/// What only tests may see and do.
extension TimerWheel where Payload: ~Copyable {
  /// Blocks of buckets in memory, the eleven levels among them.
  package var blockCount: Int { Int(storage.usedBlocks) }

  /// Makes a timer's slot look as if it had been used this often, and names the timer anew.
  package mutating func setUses(_ uses: UInt32, of handle: TimerHandle) -> TimerHandle {
    guard let index = storage.find(handle) else { return .none }
    storage.setGeneration(uses, of: index)
    return storage.handle(of: index)
  }
}

extension TimerStorage where Payload: ~Copyable {
  func setGeneration(_ generation: UInt32, of index: Int32) {
    unsafe nodes[Int(index)].name = TimerHandle(slot: index, generation: generation)
  }
}
