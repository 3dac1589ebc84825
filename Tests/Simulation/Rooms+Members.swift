import Choosing
import Delivery
import Sequencer

/// What members say, and who they are.
extension Rooms {
  func read(_ packet: Packet, in world: World) {
    switch packet {
    case .hello(let member, let session, let seen): welcome(member, session, seen, in: world)
    case .wanted(let member, let room, let numbers): resend(numbers, room, to: member, in: world)
    case .receipt(let member, let room, let receipt, let progress):
      apply(receipt, progress, from: member, room, in: world)
    default: break
    }
  }

  /// A member connects, anew or again, and says what it has seen.
  private func welcome(_ member: Int, _ session: Int, _ seen: [UInt64], in world: World) {
    guard session > feeds[member].session || feeds[member].connection == nil && session == feeds[member].session
    else {
      if feeds[member].connection != nil { world.send(.welcome(member: member, session: session)) }
      return
    }
    disconnect(member, in: world)
    feeds[member].session = session
    feeds[member].isBlocked = false
    let loop = member % seats.count
    guard let connection = try? seats[loop].loop.connect(member, policy) else {
      return world.violate(.broken, "the hub takes no connection")
    }
    feeds[member].connection = connection
    for room in stays.indices {
      guard let stay = stay(of: member, in: room) else { continue }
      subscribe(member, room, from: max(seen[room], stay.from - 1), in: world)
    }
    world.send(.welcome(member: member, session: session))
    drainSoon(in: world)
  }

  private func subscribe(_ member: Int, _ room: Int, from seen: UInt64, in world: World) {
    guard let connection = feeds[member].connection else { return }
    let token = Position(epoch: Server.roomEpoch, number: seen)
    guard
      let (subscription, start) = try? seats[member % seats.count].loop.subscribe(
        connection, to: topics[room], from: token)
    else { return world.violate(.broken, "the hub takes no subscription") }
    let head = UInt64(world.server.disk.counts[room])
    feeds[member].subscriptions[room] = subscription
    (feeds[member].start[room], feeds[member].next[room]) = (seen, seen + 1)
    (feeds[member].delivered[room], feeds[member].lagged[room]) = (0, 0)
    for client in feeds[member].typing[room].indices { feeds[member].typing[room][client] = 0 }
    switch start {
    case .nothingMissed: world.check(seen == head, "member \(member) missed something of room \(room)")
    case .replay(let numbers):
      world.see(.replayed)
      world.check(numbers == seen + 1...head, "member \(member) is replayed \(numbers) of \(head)")
    case .gap(let gap, let replay):
      world.see(.gapThenReplay)
      world.check(gap.lowerBound == seen + 1 && (replay?.upperBound ?? gap.upperBound) == head, "a gap of \(gap)")
      feeds[member].next[room] = gap.upperBound + 1
      feeds[member].lagged[room] = UInt64(gap.count)
      sendHistory(gap, room, to: member, in: world)
    case .otherEpoch, .ahead: world.violate(.broken, "member \(member) is said to be \(start)")
    }
  }

  /// Who was away for very long is told where to go on, and may look up what was before.
  private func sendHistory(_ gap: ClosedRange<UInt64>, _ room: Int, to member: Int, in world: World) {
    guard gap.count > world.weather.history else { return sendLog(gap, room, to: member, in: world) }
    let next = gap.upperBound + 1 - UInt64(world.weather.history)
    world.send(.history(member: member, room: room, next: next))
    if next <= gap.upperBound { sendLog(next...gap.upperBound, room, to: member, in: world) }
  }

  func disconnect(_ member: Int, in world: World) {
    guard let connection = feeds[member].connection else { return }
    feeds[member].connection = nil
    feeds[member].isBlocked = false
    seats[member % seats.count].loop.disconnect(connection) { subscription, account in
      guard let room = feeds[member].subscriptions.firstIndex(of: subscription) else { return }
      check(account, of: member, room, in: world)
      feeds[member].subscriptions[room] = nil
    }
  }

  /// A member lacks something. What it may ask for at a time is bounded, as everything is that a peer may ask for.
  private func resend(_ numbers: ClosedRange<UInt64>, _ room: Int, to member: Int, in world: World) {
    let last = min(numbers.upperBound, UInt64(world.server.disk.counts[room]), numbers.lowerBound + 1_023)
    if numbers.lowerBound >= 1, numbers.lowerBound <= last {
      sendLog(numbers.lowerBound...last, room, to: member, in: world)
    }
  }

  // MARK: - Receipts

  private func apply(
    _ receipt: Receipt, _ progress: StreamProgress, from member: Int, _ room: Int, in world: World
  ) {
    var news: [ClosedRange<UInt64>] = []
    let outcome = receipts[room].receipts.apply(receipt, progress, from: UInt64(member)) { news.append($0) }
    switch outcome {
    case .changed, .unchanged, .partial(.tooManyRanges), .rejected(.tooManyRanges): break
    case .partial, .rejected: world.violate(.broken, "an honest receipt was refused: \(outcome)")
    }
    for range in news {
      for number in range where number <= receipts[room].receipts.tip { tellAuthor(of: number, room, in: world) }
    }
  }

  /// What holds for all members is told to the author, when it changes; and it only grows.
  private func tellAuthor(of number: UInt64, _ room: Int, in world: World) {
    guard let status = receipts[room].receipts.status(of: number) else { return }
    let told = self.told[room][Int(number)]
    if status < told { world.violate(.broken, "\(number) of room \(room) was \(told), and is \(status)") }
    world.see(status == .read ? .readByAll : .partlyRead)
    guard status > told else { return }
    self.told[room][Int(number)] = status
    let word = world.log[room][Int(number) - 1]
    world.send(.status(client: Letter.client(of: word), message: word, status))
  }

  // MARK: - Coming and going

  /// One of a few who cannot make up their minds.
  func comeOrGo(_ room: Int, in world: World) {
    let member = world.choices.below(min(3, world.scale.members))
    if stay(of: member, in: room) == nil { join(member, room, in: world) } else { leave(member, room, in: world) }
  }

  func join(_ member: Int, _ room: Int, in world: World) {
    guard stay(of: member, in: room) == nil else { return }
    guard case .joined(let first) = receipts[room].receipts.join(UInt64(member)) else {
      world.see(.tooManyStays)
      let isAtLimit = stays[room][member].count >= ReceiptsConfiguration().stayLimit
      return world.check(isAtLimit, "member \(member) cannot come back to room \(room)")
    }
    let tip = receipts[room].receipts.tip
    if let last = stays[room][member].last, last.through == tip {
      // Nothing came in between: it is as if the member had never left.
      world.see(.stayContinued)
      world.check(first == last.from, "member \(member) came back at \(first), and had come at \(last.from)")
      stays[room][member][stays[room][member].count - 1].through = nil
    } else {
      world.see(stays[room][member].isEmpty ? .memberJoined : .memberRejoined)
      world.check(first == tip + 1, "member \(member) joined at \(first)")
      stays[room][member].append(Stay(from: first))
    }
    world.members[member].join(room, from: tip + 1, in: world)
    if feeds[member].connection != nil { subscribe(member, room, from: tip, in: world) }
    drainSoon(in: world)
  }

  func leave(_ member: Int, _ room: Int, in world: World) {
    guard let stay = stay(of: member, in: room),
      case .left(let last) = receipts[room].receipts.leave(UInt64(member))
    else { return }
    world.see(.memberLeft)
    world.check(last + 1 >= stay.from, "member \(member) left through \(last)")
    stays[room][member].removeLast()
    // Without a message in it there was no stay.
    if last >= stay.from { stays[room][member].append(Stay(from: stay.from, through: last)) }
    world.members[member].leave(room, in: world)
    if let subscription = feeds[member].subscriptions[room],
      let account = seats[member % seats.count].loop.unsubscribe(subscription)
    {
      check(account, of: member, room, in: world)
      feeds[member].subscriptions[room] = nil
    }
  }
}
