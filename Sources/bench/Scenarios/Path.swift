internal import Delivery
internal import Sequencer

/// Where messages are written.
struct PathClient: ~Copyable {
  static let epoch: UInt32 = 1

  private var outbox: Outbox<UInt64, UInt64>

  init() {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    outbox = Outbox(configuration, epoch: PathClient.epoch, seed: SequencerScenarios.hashSeed)
  }

  /// Writes bursts of messages, and has each burst sent, delivered and acknowledged before the next.
  @inline(never)
  static func timedRounds(
    _ messages: Range<Int>, _ client: inout PathClient, _ server: inout PathServer
  ) -> PathAccount {
    let traffic = server.traffic
    var account = PathAccount()
    var now = server.now
    var message = messages.lowerBound
    while message < messages.upperBound {
      let burst = traffic.burst(from: message, in: messages)
      for message in burst.messages {
        _ = client.outbox.enqueue(UInt64(message), to: UInt64(traffic.conversation(of: message)), at: now)
      }
      while let transmission = client.outbox.nextTransmission(at: now) { server.receive(transmission, at: now) }
      server.deliver(at: now, &account)
      for message in burst.messages.prefix(burst.conversations) {
        let conversation = UInt64(traffic.conversation(of: message))
        guard let progress = server.progress(in: conversation) else { continue }
        client.outbox.acknowledge(progress, in: conversation, at: now)
      }
      client.drainEvents(&account)
      message = burst.messages.upperBound
      now = Instant(nanoseconds: now.nanoseconds &+ PathTraffic.roundNanoseconds)
    }
    return account
  }

  @inline(__always)
  private mutating func drainEvents(_ account: inout PathAccount) {
    while let event = outbox.nextEvent() {
      if case .status(_, _, .sent) = event { account.sent &+= 1 }
    }
  }
}

/// Where messages are ordered and numbered, and whence they go to those who subscribe.
struct PathServer: ~Copyable {
  let traffic: PathTraffic
  private(set) var now = Instant.zero
  private var sequencer = Sequencer<UInt64, UInt64>(hashSeed: SequencerScenarios.hashSeed)
  private var rooms: PathRooms
  private var loop: HubLoop<UInt64, Int>

  init(_ traffic: PathTraffic) {
    self.traffic = traffic
    let hub = Hub<UInt64>()
    rooms = PathRooms(hub, count: traffic.conversations)
    loop = hub.makeLoop()
    // Each room has its subscribers side by side; a connection is in several rooms where there are many subscribers.
    let peers = max(traffic.conversations, traffic.subscribers)
    let connections = (0..<peers).compactMap { try? loop.connect($0) }
    for (room, topic) in rooms.topics.enumerated() {
      for subscriber in 0..<traffic.subscribers {
        _ = try? loop.subscribe(connections[(room &+ subscriber) % peers], to: topic)
      }
    }
  }

  @inline(__always)
  mutating func receive(_ transmission: Transmission<UInt64, UInt64>, at now: Instant) {
    PathServer.receive(transmission, at: now, &sequencer, &rooms)
  }

  @inline(__always)
  private static func receive(
    _ transmission: Transmission<UInt64, UInt64>, at now: Instant, _ sequencer: inout Sequencer<UInt64, UInt64>,
    _ rooms: inout PathRooms
  ) {
    _ = sequencer.receive(
      transmission.message, number: transmission.number, epoch: transmission.epoch, base: transmission.base,
      from: transmission.conversation, at: now
    ) { event in
      switch consume event {
      case .delivered(let conversation, _, let message): rooms.publish(message, to: conversation)
      default: break
      }
    }
  }

  /// What a server's loop does: it sends what there is, and sees to what is due.
  @inline(__always)
  mutating func deliver(at now: Instant, _ account: inout PathAccount) {
    self.now = now
    sequencer.advance(to: now) { _ in }
    rooms.advance(to: now)
    var total = account
    loop.drain(at: now) { _, _, delivery in
      switch delivery {
      case .messages(let messages, let first):
        for index in messages.indices { total.deliver(messages[index], number: first &+ UInt64(index)) }
      default: break
      }
      return .ready
    }
    account = total
  }

  @inline(__always)
  func progress(in conversation: UInt64) -> StreamProgress? { sequencer.progress(of: conversation) }
}

/// The rooms of the conversations, which number what is published in them.
private struct PathRooms: ~Copyable {
  private var numbering = Numbering<UInt64>(hashSeed: SequencerScenarios.hashSeed)
  private var publisher: HubPublisher<UInt64>
  let topics: [HubTopic<UInt64>]

  init(_ hub: Hub<UInt64>, count: Int) {
    var publisher = hub.makePublisher()
    topics = (0..<UInt64(count)).map { publisher.open($0) }
    self.publisher = publisher
  }

  @inline(__always)
  mutating func publish(_ message: UInt64, to conversation: UInt64) {
    guard let number = try? numbering.next(in: conversation) else { return }
    _ = publisher.publish(message, number: number, to: topics[Int(truncatingIfNeeded: conversation)])
  }

  @inline(__always)
  mutating func advance(to now: Instant) {
    publisher.notify { _ in }
    publisher.advance(to: now)
  }
}
