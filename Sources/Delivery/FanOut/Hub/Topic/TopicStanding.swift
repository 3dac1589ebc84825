/// Which loops have subscribers of a topic (*present*), and which have been told that there is news (*dirty*): two bits for
/// each loop, all in one word, so that publishing tells any number of loops by one read-modify-write.
///
/// For each loop the word says *absent*, *clean* or *dirty*:
///
/// | | from | to | and then |
/// | --- | --- | --- | --- |
/// | publishing, after the head is stored | clean | dirty | the topic joins the loop's list |
/// | | dirty | dirty | nothing: it is in the list, or about to be |
/// | | absent | absent | nothing |
/// | draining, before the head is loaded | dirty | clean | |
/// | the first subscriber joins, before the head is loaded | absent | clean | |
/// | the last one leaves | clean | absent | |
///
/// Every change is a read-modify-write, so whichever of publishing and draining comes second knows of the other. What must
/// not be: to look before marking and leave out the mark; to clear by a plain store; to load the head before clearing. Each
/// loses a message now and then. Nor may a loop go from dirty to absent: the topic is in its list still, and would be put
/// there a second time.
///
/// Publishing sets the dirty bits of absent loops as well, where they mean nothing; joining clears them.
@usableFromInline
package enum TopicStanding {
  /// Loops that a word has room for.
  @inlinable package static var loopLimit: Int { 32 }

  @inlinable static var allDirty: UInt64 { ~0 << 32 }
  @inlinable package static func present(_ loop: Int) -> UInt64 { 1 << UInt64(truncatingIfNeeded: loop) }
  @inlinable package static func dirty(_ loop: Int) -> UInt64 { present(loop) << 32 }

  /// The loops, a bit for each, that were clean.
  @inlinable static func clean(_ standing: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: standing) & ~UInt32(truncatingIfNeeded: standing >> 32)
  }
}

extension TopicCore where Word: ~Copyable {
  /// Tells every loop with subscribers that there is news. Returns those that did not know.
  @inlinable
  package func markDirty() -> UInt32 { TopicStanding.clean(standing.or(TopicStanding.allDirty)) }

  /// The loops with subscribers, a bit each. A snapshot.
  var presentLoops: UInt32 { UInt32(truncatingIfNeeded: standing.or(0)) }

  /// What a loop does before it loads the heads.
  @inlinable
  package func markClean(_ loop: Int) { _ = standing.and(~TopicStanding.dirty(loop)) }

  /// What a loop does before its first subscriber starts at the head.
  @usableFromInline
  package func enter(_ loop: Int) {
    let (present, dirty) = (TopicStanding.present(loop), TopicStanding.dirty(loop))
    var standing = self.standing.loadRelaxed()
    // A loop that has taken the place of another may find itself present, and dirty in earnest.
    while standing & present == 0 {
      let seen = self.standing.compareExchange(expected: standing, desired: (standing | present) & ~dirty)
      if seen == standing { return }
      standing = seen
    }
  }

  /// What a loop does after its last subscriber has left. If there is news it is refused: the loop drains the topic first.
  @usableFromInline
  package func leave(_ loop: Int) -> Bool {
    var standing = self.standing.loadRelaxed()
    while standing & TopicStanding.dirty(loop) == 0 {
      let seen = self.standing.compareExchange(expected: standing, desired: standing & ~TopicStanding.present(loop))
      if seen == standing { return true }
      standing = seen
    }
    return false
  }
}
