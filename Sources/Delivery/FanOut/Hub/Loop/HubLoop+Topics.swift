/// How a topic comes to a loop and leaves it; see ``TopicStanding``.
extension HubLoop {
  /// The loop's part of a topic, new if it has none.
  @usableFromInline
  mutating func localTopic(_ core: Core) -> UInt32 {
    let mark = unsafe core.marks + index
    if unsafe mark.pointee.local != LocalTopic.none { return unsafe mark.pointee.local }
    let slot = topics.insert(LocalTopic(core))
    unsafe mark.pointee.local = slot
    core.enter(index)
    return slot
  }

  /// Lets go of a topic without subscribers. If there is news of it, that has to wait until it is drained, which it will be.
  @usableFromInline
  mutating func leaveIfEmpty(_ slot: UInt32) {
    guard slot != walked, topics[slot].count == 0 else { return }
    let core = self.core(of: slot)
    guard core.leave(index) else { return }
    unsafe (core.marks + index).pointee.local = LocalTopic.none
    topics[slot].free()
    topics.release(slot)
  }

  /// A loop that ended could not leave the topics that were on their way to its list. The next loop in its place leaves them.
  mutating func adoptPredecessors() {
    unsafe Self.forget(hub.list(of: index).takeAll(), loop: index)
    // It may have ended while it was parked; this one looks before it parks.
    _ = hub.doorbells[index].notify()
  }

  /// Leaves topics that have arrived in the list of a loop that is ending, or has ended.
  @usableFromInline
  static func forget(_ first: UnsafeMutablePointer<Mark>?, loop: Int) {
    var mark = unsafe first
    while let current = unsafe mark {
      unsafe mark = List.mark(at: current.pointee.next)
      let core = unsafe current.pointee.topic.unsafelyUnwrapped.takeRetainedValue()
      core.markClean(loop)
      _ = core.leave(loop)
    }
  }

  /// Leaves a topic of a loop that is ending.
  @usableFromInline
  static func forget(_ topic: LocalTopic, loop: Int) {
    guard let core = topic.core else { return }
    unsafe (core.marks + loop).pointee.local = LocalTopic.none
    _ = core.leave(loop)
    var topic = topic
    topic.free()
  }

  @inlinable
  func core(of slot: UInt32) -> Core { unsafe topics[slot].core.unsafelyUnwrapped }
}
