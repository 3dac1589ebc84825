import Choosing
import Delivery
import Sequencer

/// Storing what is shown, and saying so: receipts are of what a crash cannot take back.
extension Member {
  func save(in world: World) {
    savesAt = nil
    let isRepeating = !isChanged
    sayPause = isRepeating ? min(2 * sayPause, 60_000_000_000) : 2_000_000_000
    isChanged = false
    for room in screen.read.indices where world.isCalm || world.choices.chance(50) {
      screen.read[room] = screen.delivered[room]
    }
    let before = saved.screen
    saved = (sequencer.snapshot(), screen)
    for room in screen.delivered.indices {
      if isRepeating || before.delivered[room] != screen.delivered[room] || before.read[room] != screen.read[room] {
        say(room, in: world)
      }
    }
    // What is said can be lost, and is said again.
    savesAt = world.now + sayPause
  }

  private func say(_ room: Int, in world: World) {
    if !saved.screen.delivered[room].isEmpty {
      world.send(.receipt(member: index, room: room, .delivered, saved.screen.delivered[room]))
    }
    if !saved.screen.read[room].isEmpty {
      world.send(.receipt(member: index, room: room, .read, saved.screen.read[room]))
    }
  }

  /// Whether the server knows all that was shown, or as much as it may remember.
  func hasSaid(in world: World) -> Bool {
    screen.lines.indices.allSatisfy { room in
      if screen.delivered[room].isEmpty { return true }
      let receipts = world.server.rooms.receipts[room]
      let known = receipts.receipts.progress(.read, of: UInt64(index)) ?? nothing
      // What would need more holes than may be is refused. A person's own messages make holes among those it lacks.
      if screen.delivered[room].except.count >= 60 || known.except.count >= 60 { return true }
      var isKnown = true
      screen.delivered[room].forEachRange(notIn: known) {
        if $0.upperBound > receipts.receipts.forgotten { isKnown = false }
      }
      return isKnown
    }
  }
}
