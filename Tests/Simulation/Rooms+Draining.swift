import Choosing
import Delivery
import Sequencer

/// From the hub to the members' sockets.
extension Rooms {
  func drain(in world: World) {
    drainsAt = nil
    let at = world.server.clock.read(world.now)
    for seat in seats {
      seat.loop.drain(at: at) { member, subscription, delivery in
        guard let room = feeds[member].subscriptions.firstIndex(of: subscription) else {
          world.violate(.broken, "member \(member) is given something of a subscription that it has not")
          return .disconnect
        }
        return give(delivery, to: member, room, in: world)
      }
      if let deadline = seat.loop.nextDeadline {
        drain(at: max(world.now + 1, world.server.clock.time(of: deadline)), in: world)
      }
    }
  }

  private func give(
    _ delivery: borrowing HubDelivery<UInt64>, to member: Int, _ room: Int, in world: World
  ) -> HubAnswer {
    switch delivery {
    case .messages(let messages, let first):
      return give(messages, from: first, to: member, room, in: world)
    case .lagged(let numbers):
      world.see(.subscriberLagged)
      world.totals.lagged += UInt64(numbers.count)
      if numbers.lowerBound != feeds[member].next[room] {
        world.violate(.lost, "member \(member) was told of \(numbers), and \(feeds[member].next[room]) was next")
      }
      feeds[member].next[room] = numbers.upperBound + 1
      feeds[member].lagged[room] += UInt64(numbers.count)
      if world.weather.repairsLag { sendLog(numbers, room, to: member, in: world) }
    case .latest(let key, let word):
      world.see(.typed)
      let client = Int(key)
      if word >> 32 <= feeds[member].typing[room][client] { world.violate(.reordered, "typing went back") }
      if word & 0xFFFF_FFFF >= feeds[member].next[room] {
        world.violate(.reordered, "typing overtook the message that it followed")
      }
      feeds[member].typing[room][client] = word >> 32
    case .resynchronize: world.see(.resynchronizedTyping)
    case .ended(let account, let end):
      check(account, of: member, room, in: world)
      if end == .hardLimit { world.see(.hardLimit) }
      if end == .softLimit { world.see(.softLimit) }
      feeds[member].subscriptions[room] = nil
      if end != .left {
        feeds[member].connection = nil
        feeds[member].isBlocked = false
        world.members[member].loseConnection(in: world)
      }
    }
    return isFull(member, in: world) ? block(member, .blocked, in: world) : .ready
  }

  private func give(
    _ messages: Span<UInt64>, from first: UInt64, to member: Int, _ room: Int, in world: World
  ) -> HubAnswer {
    guard first == feeds[member].next[room] else {
      world.violate(.lost, "member \(member) was given \(first), and \(feeds[member].next[room]) was next")
      return .ready
    }
    var taken = messages.count
    if isFull(member, in: world) { taken = world.choices.below(messages.count) }
    for index in 0..<taken where messages[index] != world.log[room][Int(first) + index - 1] {
      world.violate(.broken, "the hub gave another message as \(first + UInt64(index)) of room \(room)")
    }
    if taken > 0 { sendLog(first...first + UInt64(taken - 1), room, to: member, in: world) }
    feeds[member].next[room] += UInt64(taken)
    feeds[member].delivered[room] += UInt64(taken)
    if taken < messages.count { return block(member, .took(taken), in: world) }
    return isFull(member, in: world) ? block(member, .blocked, in: world) : .ready
  }

  /// Messages out of the log, as many to a packet as the wire takes.
  func sendLog(_ numbers: ClosedRange<UInt64>, _ room: Int, to member: Int, in world: World) {
    var first = numbers.lowerBound
    while first <= numbers.upperBound {
      let last = min(numbers.upperBound, first + UInt64(frame - 1))
      world.send(.letters(member: member, room: room, first...last))
      first = last + 1
    }
  }

  // MARK: - Sockets that are full

  private func isFull(_ member: Int, in world: World) -> Bool {
    feeds[member].stallsUntil > world.now || world.network.underWay[world.network.link(of: .member(member))] >= window
  }

  private func block(_ member: Int, _ answer: HubAnswer, in world: World) -> HubAnswer {
    world.see(.blocked)
    feeds[member].isBlocked = true
    looksAt = min(looksAt ?? .max, world.now + Rooms.lookPause)
    world.wake(.server, at: looksAt!)
    return answer
  }

  private static let lookPause: UInt64 = 20_000_000

  func resumeThoseFree(in world: World) {
    looksAt = nil
    for member in feeds.indices where feeds[member].isBlocked { resumeIfFree(member, in: world) }
    if feeds.contains(where: \.isBlocked) { looksAt = world.now + Rooms.lookPause }
  }

  private func resumeIfFree(_ member: Int, in world: World) {
    guard !isFull(member, in: world) else { return }
    feeds[member].isBlocked = false
    guard let connection = feeds[member].connection else { return }
    seats[member % seats.count].loop.resume(connection)
    drainSoon(in: world)
  }

  // MARK: - Accounts

  /// Delivered and lagged are all there was between the start and where it stands.
  func check(_ account: HubAccount, of member: Int, _ room: Int, in world: World) {
    let feed = feeds[member]
    world.check(
      account.delivered + account.lagged == account.position.number - account.start
        && account.position.number + 1 == feed.next[room] && account.start == feed.start[room]
        && account.delivered == feed.delivered[room] && account.lagged == feed.lagged[room],
      "the account of member \(member) in room \(room) does not close: \(account)")
  }
}
