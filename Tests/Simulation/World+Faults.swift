import Choosing
import Delivery
import Sequencer

/// What strikes, and whom.
extension World {
  func strike(_ fault: Fault) {
    if fault != .nothing { tell("fault: \(fault)") }
    switch fault {
    case .nothing: break
    case .partition: cut(up: true, down: true)
    case .uplinkLost: cut(up: true, down: false)
    case .downlinkLost: cut(up: false, down: true)
    case .clientCrash: anyClient.crash(losingStore: false, in: self)
    case .clientLosesStore: anyClient.crash(losingStore: true, in: self)
    case .serverCrash: server.crash(in: self)
    case .memberCrash: anyMember.crash(in: self)
    case .clockBack, .clockStops, .clockDayAhead, .clockDecadeAhead: moveClock(fault)
    case .stall:
      let member = choices.below(scale.members)
      server.rooms.feeds[member].stallsUntil = now + (1 + choices.upTo(weather.pause)) * 1_000
    case .disconnect:
      let member = choices.below(scale.members)
      server.rooms.disconnect(member, in: self)
      members[member].loseConnection(in: self)
    case .memberJoins:
      let (member, room) = (choices.below(scale.members), choices.below(scale.rooms))
      if server.startsAt == nil { server.rooms.join(member, room, in: self) }
    case .memberLeaves:
      let (member, room) = (choices.below(scale.members), choices.below(scale.rooms))
      guard server.startsAt == nil else { return }
      server.rooms.leave(member, room, in: self)
      // Not everybody means it.
      if choices.chance(20) { server.rooms.join(member, room, in: self) }
    case .diskFails: server.diskFailsUntil = now + choices.upTo(weather.pause) * 1_000
    case .suspension: server.standStill(choices.below(scale.clients * scale.rooms), choices.chance(50), in: self)
    }
  }

  private var anyClient: Client { clients[choices.below(scale.clients)] }
  private var anyMember: Member { members[choices.below(scale.members)] }

  private func cut(up: Bool, down: Bool) {
    see(up && down ? .partition : .oneWayPartition)
    totals.outages += 1
    if choices.chance(50) {
      let index = choices.below(scale.clients)
      network.cut(network.link(of: .client(index)), up: up, down: down)
      clients[index].loseTouch(
        noticing: weather.noticesOutages, for: (1 + choices.upTo(weather.pause)) * 1_000, in: self)
    } else {
      let index = choices.below(scale.members)
      network.cut(network.link(of: .member(index)), up: up, down: down)
      members[index].loseTouch(
        noticing: weather.noticesOutages, for: (1 + choices.upTo(weather.pause)) * 1_000, in: self)
    }
  }

  private func moveClock(_ fault: Fault) {
    totals.clockFaults += 1
    switch fault {
    case .clockBack: see(.clockWentBack)
    case .clockStops: see(.clockStood)
    case .clockDayAhead: see(.dayAhead)
    default: see(.decadeAhead)
    }
    switch choices.below(3) {
    case 0:
      anyClient.clock.strike(fault, at: now, &choices)
      for index in clients.indices { wake(.client(index), at: now) }
    case 1:
      anyMember.clock.strike(fault, at: now, &choices)
      for index in members.indices { wake(.member(index), at: now) }
    default:
      server.clock.strike(fault, at: now, &choices)
      wake(.server, at: now)
    }
  }
}

extension NodeClock {
  mutating func strike(_ fault: Fault, at time: UInt64, _ choices: inout Choices) {
    switch fault {
    case .clockBack: leap(by: -Int64(choices.upTo(7_200_000_000_000)))
    case .clockStops: stop(at: time, for: (1 + choices.upTo(20_000_000)) * 1_000)
    case .clockDayAhead: leap(by: 86_400_000_000_000)
    case .clockDecadeAhead: leap(by: 315_360_000_000_000_000)
    default: break
    }
  }
}

extension Client {
  /// The link is cut for a while. Whether the device notices is a matter of its luck.
  func loseTouch(noticing: Bool, for nanoseconds: UInt64, in world: World) {
    healsAt = world.now + nanoseconds
    world.wake(.client(index), at: healsAt!)
    guard noticing, startsAt == nil else { return }
    outbox.transportDown(at: clock.read(world.now))
  }

  func heal(in world: World) {
    healsAt = nil
    world.network.cut(world.network.link(of: .client(index)), up: false, down: false)
    guard startsAt == nil, outbox.isTransportDown else { return }
    let at = clock.read(world.now)
    if outbox.transportUp(at: at) > at { world.see(.spreadAfterOutage) }
  }
}

extension Member {
  func loseTouch(noticing: Bool, for nanoseconds: UInt64, in world: World) {
    healsAt = world.now + nanoseconds
    world.wake(.member(index), at: healsAt!)
    if noticing { loseConnection(in: world) }
  }

  func heal(in world: World) {
    healsAt = nil
    world.network.cut(world.network.link(of: .member(index)), up: false, down: false)
  }
}

extension Server {
  /// The transport of all senders, or one sender's connection, is down for a while: their clocks stand still.
  func standStill(_ line: Int, _ isForAll: Bool, in world: World) {
    guard startsAt == nil else { return }
    // Whatever the clock has shown, the sequencer is told: it may go back later.
    advance(in: world)
    let at = clock.read(world.now)
    if isForAll {
      world.see(.streamsPaused)
      sequencer.pause(at: at)
    } else if sequencer.suspend(stream(of: line, in: world)) {
      world.see(.streamSuspended)
    } else {
      return
    }
    standsStillUntil = world.now + (1 + world.choices.upTo(world.weather.pause)) * 1_000
    world.wake(.server, at: standsStillUntil!)
  }
}
