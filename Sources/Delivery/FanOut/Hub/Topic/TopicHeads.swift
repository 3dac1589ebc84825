/// How far a topic has come, as a loop sees it.
@frozen
@usableFromInline
package struct TopicHeads {
  /// The number of the next message.
  @usableFromInline package let messages: UInt64
  /// The position of the next news of a key.
  @usableFromInline package let latest: UInt64
  @usableFromInline package let isClosed: Bool

  @inlinable
  init(messages: UInt64, latest: UInt64, isClosed: Bool) {
    self.messages = messages
    self.latest = latest
    self.isClosed = isClosed
  }
}

extension TopicCore where Word: ~Copyable {
  /// How far the topic has come. News of keys are looked at first: what was published before them is then there.
  @inlinable
  package var heads: TopicHeads {
    let latest = latestHead.loadAcquiring()
    let head = head.loadAcquiring()
    return TopicHeads(messages: head & ~Self.closedBit, latest: latest, isClosed: head & Self.closedBit != 0)
  }

  /// The same for a loop that has taken the topic from its list. The mark goes first: whatever is published after the look
  /// puts the topic back into the list.
  @inlinable
  package func takeNews(of loop: Int) -> TopicHeads {
    markClean(loop)
    return heads
  }
}
