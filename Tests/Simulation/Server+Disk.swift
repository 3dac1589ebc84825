import Choosing
import Sequencer

/// What the server would find after a crash.
struct Disk {
  var sequencer: [UInt8]
  var numbering: [UInt8]
  /// Not bytes, but what must agree with them.
  var lines: [LineAccount]
  /// How much of each room's log is stored.
  var counts: [Int]
  var records: [StreamPair: StreamRecord<StreamPair>]
  /// Those of evicted streams as the running server has them; `records` are those that are stored.
  var evicted: [StreamPair: StreamRecord<StreamPair>] = [:]
}

/// Storing, and what comes after it: acknowledging and publishing. Nothing of a message is said before it is stored.
extension Server {
  func commit(in world: World) {
    guard world.now >= diskFailsUntil else {
      world.see(.diskFailed)
      commitsAt = diskFailsUntil
      return
    }
    commitsAt = nil
    let before = disk.counts
    disk = Disk(
      sequencer: sequencer.snapshot(), numbering: numbering.snapshot(), lines: lines,
      counts: world.log.map(\.count), records: disk.evicted)
    disk.evicted = disk.records
    for line in disk.lines.indices { disk.lines[line].dropHeld() }
    for room in world.log.indices { rooms.publish(before[room]..<disk.counts[room], room, in: world) }
    rooms.wakeLoops(in: world)
    acknowledge(in: world)
  }

  func acknowledge(in world: World) {
    for line in unacknowledged.indices where unacknowledged[line] {
      unacknowledged[line] = false
      let stream = stream(of: line, in: world)
      guard let progress = sequencer.progress(of: stream) else { continue }
      world.check(progress.isValid, "the server's progress is not valid: \(progress)")
      if progress.above > 0 { world.see(.ledgerOverflowed) }
      world.send(.acknowledgement(client: Int(stream.first), room: stream.second, progress))
    }
  }

  // MARK: - Crashing

  func crash(in world: World) {
    guard startsAt == nil else { return }
    world.totals.crashes += 1
    world.see(.serverCrashed)
    world.tell("the server crashes")
    startsAt = world.now + world.choices.upTo(world.weather.pause) * 1_000
    // What was being written when it crashed is there in part.
    if commitsAt != nil { checkTorn(sequencer.snapshot(), in: world) }
    rollBack(in: world)
    (commitsAt, readsAt, standsStillUntil) = (nil, nil, nil)
    inbox = []
    rooms.crash()
    world.wake(.server, at: startsAt!)
    for member in world.members { member.loseConnection(in: world) }
  }

  /// A snapshot that was cut or has a wrong bit is refused, and the one before it counts.
  private func checkTorn(_ snapshot: [UInt8], in world: World) {
    var bytes = snapshot
    if world.choices.chance(50) {
      bytes.removeLast(1 + world.choices.below(bytes.count))
    } else {
      bytes[world.choices.below(bytes.count)] ^= 1 << UInt8(world.choices.below(8))
    }
    world.see(.snapshotTorn)
    do {
      _ = try Sequencer<StreamPair, UInt64>(restoring: bytes, configuration, hashSeed: 1)
      world.violate(.broken, "a damaged snapshot was restored")
    } catch {}
  }

  /// What was taken and not stored was never acknowledged, so that its senders will send it again.
  private func rollBack(in world: World) {
    for room in world.log.indices {
      for word in world.log[room][disk.counts[room]...] {
        world.see(.emissionsRolledBack)
        world.letters[Letter.client(of: word)][Letter.serial(of: word)].place = 0
        world.totals.emitted -= 1
      }
      world.log[room].removeLast(world.log[room].count - disk.counts[room])
    }
    lines = disk.lines
    for line in unacknowledged.indices { unacknowledged[line] = false }
  }

  func restart(in world: World) {
    startsAt = nil
    clock.restart()
    world.tell("the server restarts")
    do {
      if world.sabotage == .forgetsRecords {
        disk.sequencer = Sequencer<StreamPair, UInt64>(hashSeed: 0).snapshot()
        for line in lines.indices { lines[line] = LineAccount() }
      }
      sequencer = try Sequencer(restoring: disk.sequencer, configuration, hashSeed: world.choices.next())
      numbering = try Numbering(restoring: disk.numbering, hashSeed: 9)
    } catch {
      world.violate(.lost, "the server cannot restore what it stored: \(error)")
    }
    disk.evicted = disk.records
    for line in lines.indices {
      let stream = stream(of: line, in: world)
      guard let position = sequencer.position(of: stream) else { continue }
      // A higher epoch of which nothing has come out yet left no trace on its line.
      lines[line].begin(epoch: position.epoch)
      world.check(
        position == Position(epoch: lines[line].epoch, number: lines[line].next),
        "line \(line) is restored at \(position)")
    }
    beginLimiting()
    rooms = Rooms(restoring: rooms, in: world)
  }
}
