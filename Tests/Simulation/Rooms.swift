import Choosing
import Delivery
import Sequencer

/// The server's way to the members: a hub, their connections to it, and the receipts that they send.
final class Rooms {
  /// Holds what cannot be copied.
  final class Seat {
    var loop: HubLoop<UInt64, Int>
    init(_ hub: Hub<UInt64>) { loop = hub.makeLoop() }
  }

  let hub: Hub<UInt64>
  var publisher: HubPublisher<UInt64>
  var seats: [Seat]
  let topics: [HubTopic<UInt64>]
  var feeds: [Feed]
  /// Who belonged to a room, from which number to which, one stay after the other: rows that survive a crash.
  var stays: [[[Stay]]]
  var receipts: [ReceiptsBox]
  var drainsAt: UInt64?
  /// When to look whether a full socket takes more.
  var looksAt: UInt64?
  private var tipsAt: UInt64 = 0
  private var tipPause = Rooms.shortestTipPause
  private static let shortestTipPause: UInt64 = 1_000_000_000
  /// The greatest status that an author was told, by room and number.
  var told: [[DeliveryStatus]]
  /// What was published of who is typing: how far the room had come then.
  var typing: [UInt64]

  final class ReceiptsBox {
    var receipts: Receipts<UInt64>
    init(_ receipts: consuming Receipts<UInt64>) { self.receipts = receipts }
  }

  /// A member's time in a room; without an end it goes on.
  struct Stay {
    var from: UInt64
    var through: UInt64?

    func contains(_ number: UInt64) -> Bool { from <= number && number <= through ?? .max }
  }

  /// The stay that goes on.
  func stay(of member: Int, in room: Int) -> Stay? {
    stays[room][member].last.flatMap { $0.through == nil ? $0 : nil }
  }

  /// What the server knows of a member's connection.
  struct Feed {
    var session = 0
    var connection: HubConnection?
    var subscriptions: [HubSubscription?]
    /// By room: what is to be given next, and the account that the hub's own must agree with.
    var next: [UInt64]
    var start: [UInt64]
    var delivered: [UInt64]
    var lagged: [UInt64]
    /// By room and author: the newest that was shown of what they type.
    var typing: [[UInt64]]
    /// Its socket takes nothing until then.
    var stallsUntil: UInt64 = 0
    var isBlocked = false

    init(_ world: World) {
      let rooms = world.scale.rooms
      subscriptions = Array(repeating: nil, count: rooms)
      next = Array(repeating: 1, count: rooms)
      start = Array(repeating: 0, count: rooms)
      delivered = Array(repeating: 0, count: rooms)
      lagged = Array(repeating: 0, count: rooms)
      typing = Array(repeating: Array(repeating: 0, count: world.scale.clients), count: rooms)
    }
  }

  init(_ world: World) {
    let members = world.scale.members
    var stays: [[[Stay]]] = []
    for _ in 0..<world.scale.rooms {
      stays.append((0..<members).map { _ in world.choices.chance(15) ? [] : [Stay(from: 1)] })
    }
    self.stays = stays
    var policy = HubPolicy.lag
    if !world.scale.isCrowd, world.choices.chance(40) {
      policy.hardLimit = world.choices.pick([.max, 2_000, 60, 3])
      policy.softLimit = world.choices.pick([.max, 20, 0])
      policy.softDuration = world.choices.pick([.seconds(3), .milliseconds(50)])
    }
    self.policy = policy
    frame = world.scale.isCrowd ? 64 : world.choices.pick([64, 64, 1, 7])
    window = world.scale.isCrowd ? 1_000 : world.choices.pick([1_000, 2, 20])
    var configuration = HubConfiguration()
    configuration.loops = 1 + world.choices.below(2)
    configuration.ringCapacity = world.scale.isCrowd ? 1_024 : world.choices.pick([256, 1, 4, 16])
    configuration.retention = world.choices.pick([.seconds(60), .seconds(2), .zero])
    configuration.ringLimit = world.choices.pick([16_384, 1])
    hub = Hub(configuration)
    publisher = hub.makePublisher()
    seats = []
    for _ in 0..<configuration.loops { seats.append(Seat(hub)) }
    var topics: [HubTopic<UInt64>] = []
    for room in 0..<world.scale.rooms { topics.append(publisher.open(UInt64(room), epoch: Server.roomEpoch)) }
    self.topics = topics
    feeds = (0..<members).map { _ in Feed(world) }
    typing = Array(repeating: 0, count: world.scale.clients)
    told = Array(repeating: [.sent], count: world.scale.rooms)
    receipts = []
    for room in 0..<world.scale.rooms { receipts.append(box(room, in: world)) }
  }

  let policy: HubPolicy
  /// Messages in a packet, and packets that a socket takes before it is full.
  let frame: Int
  let window: Int

  /// After a crash: what was in memory is gone, what stands in tables is read again.
  init(restoring old: Rooms, in world: World) {
    (policy, frame, window, stays) = (old.policy, old.frame, old.window, old.stays)
    hub = Hub(old.hub.configuration)
    publisher = hub.makePublisher()
    seats = []
    for _ in 0..<hub.configuration.loops { seats.append(Seat(hub)) }
    var topics: [HubTopic<UInt64>] = []
    for room in world.log.indices {
      topics.append(publisher.open(UInt64(room), epoch: Server.roomEpoch, after: UInt64(world.log[room].count)))
    }
    self.topics = topics
    feeds = (0..<world.scale.members).map { _ in Feed(world) }
    for member in feeds.indices { feeds[member].session = old.feeds[member].session }
    typing = old.typing
    told = world.log.map { Array(repeating: .sent, count: $0.count + 1) }
    receipts = []
    for room in world.log.indices { receipts.append(box(room, in: world)) }
  }

  /// A room's receipts, from its log and its table of members.
  private func box(_ room: Int, in world: World) -> ReceiptsBox {
    var configuration = ReceiptsConfiguration()
    configuration.window = 64
    let box = ReceiptsBox(Receipts(configuration, epoch: Server.roomEpoch, hashSeed: 3))
    enter(room, at: 1, box)
    for number in 1..<UInt64(world.log[room].count + 1) {
      box.receipts.note(number, author: UInt64(Letter.client(of: world.log[room][Int(number) - 1])))
      forgetOldReceipts(box, in: world)
      enter(room, at: number + 1, box)
    }
    return box
  }

  /// Has those leave and join whose stay ends before a number, or begins with it.
  private func enter(_ room: Int, at number: UInt64, _ box: ReceiptsBox) {
    for (member, stays) in stays[room].enumerated() {
      for stay in stays {
        if stay.through == number - 1 { box.receipts.leave(UInt64(member)) }
        if stay.from == number { box.receipts.join(UInt64(member)) }
      }
    }
  }

  // MARK: - The driving loop

  var nextWake: UInt64 { min(drainsAt ?? .max, looksAt ?? .max, tipsAt) }

  func wake(in world: World) {
    let at = world.server.clock.read(world.now)
    if let deadline = publisher.nextDeadline, deadline <= at {
      let rings = publisher.statistics.rings
      publisher.advance(to: at)
      if publisher.statistics.rings < rings { world.see(.ringForgotten) }
    }
    if let looksAt, world.now >= looksAt { resumeThoseFree(in: world) }
    if let drainsAt, world.now >= drainsAt { drain(in: world) }
    if world.now >= tipsAt {
      tipsAt = world.now + tipPause
      // Who has nothing to say says it less often.
      tipPause = min(2 * tipPause, 64_000_000_000)
      for member in feeds.indices { sendTips(to: member, in: world) }
      drain(in: world)
    }
  }

  func wakeLoops(in world: World) {
    publisher.notify { _ in }
    drainSoon(in: world)
  }

  func drainSoon(in world: World) { drain(at: world.now + world.choices.pick([0, 0, 0, 5_000_000]), in: world) }

  func drain(at moment: UInt64, in world: World) {
    drainsAt = min(drainsAt ?? .max, moment)
    world.wake(.server, at: drainsAt!)
  }

  private func sendTips(to member: Int, in world: World) {
    guard feeds[member].connection != nil, world.sabotage != .keepsTipsToItself else { return }
    for room in stays.indices {
      guard let stay = stay(of: member, in: room) else { continue }
      let tip = UInt64(world.server.disk.counts[room])
      if tip >= stay.from { world.send(.tip(member: member, room: room, tip)) }
    }
  }

  func crash() { drainsAt = nil }

  func calmDown() {
    for member in feeds.indices { feeds[member].stallsUntil = 0 }
    (drainsAt, looksAt, tipsAt, tipPause) = (0, 0, 0, Rooms.shortestTipPause)
  }

  var restless: String? {
    feeds.contains { $0.isBlocked } ? "a connection is blocked" : nil
  }

  // MARK: - Publishing

  func publish(_ range: Range<Int>, _ room: Int, in world: World) {
    if !range.isEmpty {
      tipPause = Rooms.shortestTipPause
      tipsAt = min(tipsAt, world.now + tipPause)
    }
    for index in range {
      let number = UInt64(index + 1)
      guard case .published(number) = publisher.publish(world.log[room][index], number: number, to: topics[room]) else {
        return world.violate(.lost, "\(number) of room \(room) was not published")
      }
      let author = UInt64(Letter.client(of: world.log[room][index]))
      let outcome = receipts[room].receipts.note(number, author: author)
      world.check(outcome == .noted || outcome == .approximate, "\(number) of room \(room) was not noted")
      told[room].append(.sent)
    }
    forgetOldReceipts(receipts[room], in: world)
    if !range.isEmpty, world.choices.chance(world.weather.comings) { comeOrGo(room, in: world) }
  }

  /// Who has read what is long gone by is asked by nobody.
  private func forgetOldReceipts(_ box: ReceiptsBox, in world: World) {
    guard world.weather.forgetsReceipts, box.receipts.tip > Rooms.rememberedReceipts else { return }
    world.see(.receiptsForgotten)
    box.receipts.forget(through: box.receipts.tip - Rooms.rememberedReceipts)
  }

  private static let rememberedReceipts: UInt64 = 40

  /// Somebody types: news that count only while they are new.
  func type(_ client: Int, room: Int, in world: World) {
    typing[client] += 1
    let word = typing[client] << 32 | UInt64(world.server.disk.counts[room])
    if publisher.publishLatest(word, key: UInt64(client), to: topics[room]) { drainSoon(in: world) }
  }
}

extension Server {
  func type(_ client: Int, room: Int, in world: World) {
    if startsAt == nil { rooms.type(client, room: room, in: world) }
  }
}
