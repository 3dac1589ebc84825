import Choosing
import Sequencer

extension Sequencer {
  /// Advances to what a clock shows. A deadline is exact: a nanosecond before it nothing happens, and at it something does.
  mutating func advanceExactly(
    _ clock: inout NodeClock, in world: World, _ emit: (consuming SequencerEvent<Key, Message>) -> Void
  ) {
    let newest = clock.newest
    let now = clock.read(world.now)
    let due = nextDeadline.flatMap { $0 <= now ? $0 : nil }
    var count = 0
    if let due, due.nanoseconds > newest, world.choices.chance(10) {
      advance(to: Instant(nanoseconds: due.nanoseconds - 1)) {
        count += 1
        emit($0)
      }
      world.check(count == 0, "a sequencer acted a nanosecond before its deadline")
      world.see(.gapLeftToTheLastNanosecond)
    }
    advance(to: now) {
      count += 1
      emit($0)
    }
    world.check(count == 0 || due != nil, "a sequencer acted before its deadline")
    world.check(count > 0 || due == nil, "a sequencer's deadline came, and nothing happened")
  }
}
