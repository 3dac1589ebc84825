import Delivery
import Sequencer
import SequencerModel

/// A client with an outbox, a server with a sequencer, and a reader who sends receipts, joined by lossy pipes.
struct LossyWorld: ~Copyable {
  enum Downstream {
    case progress(UInt64, StreamProgress)
    case missing(UInt64, UInt32, ClosedRange<UInt64>)
    case stale(Transmission<UInt64, UInt64>)
    case receipt(UInt64, Receipt, through: UInt64)
  }

  /// What a message went through.
  struct Life {
    var status = DeliveryStatus.sending(round: 0)
    var room: UInt64 = 0
    /// The number in the room, as the server counts.
    var place: UInt64 = 0
    var emissions = 0
    var wasLate = false
    var lastSent: UInt64 = 0
    var attempt: UInt32 = 0
    var wasHurried = false
  }

  static let epoch: UInt32 = 1
  static let reader: UInt64 = 1
  static let author: UInt64 = 2

  var outbox: Outbox<UInt64, UInt64>
  var sequencer: Sequencer<UInt64, UInt64>
  var up: LossyPipe<Transmission<UInt64, UInt64>>
  var down: LossyPipe<Downstream>
  let rooms: UInt64
  /// The receipts as the client counts them, by room.
  var receipts: [ReceiptsBox]
  /// By content, which counts from 1.
  var lives: [Life]
  var contents: [UInt64: UInt64] = [:]
  /// The content of each number, by room.
  var numbered: [[UInt64]]
  /// How many the server has emitted in a room, and the last number among them.
  var emitted: [UInt64]
  var lastNumbers: [UInt64]
  var outages: [(from: UInt64, to: UInt64)]
  var now: UInt64 = 0
  var opensAt: UInt64 = 0
  var complaints: [String] = []
  var lateCount = 0
  var transmissions = 0
  var retries = 0

  init(seed: UInt64, messages: Int, rooms: UInt64, gapTimeout: Duration, outages: [(from: UInt64, to: UInt64)]) {
    outbox = Outbox(epoch: Self.epoch, seed: seed)
    var configuration = SequencerConfiguration()
    configuration.gapTimeout = gapTimeout
    sequencer = Sequencer(configuration, hashSeed: seed)
    up = LossyPipe(seed: seed + 1, loss: 30, duplicates: 10, delay: 5_000_000...120_000_000)
    down = LossyPipe(seed: seed + 2, loss: 30, duplicates: 10, delay: 5_000_000...120_000_000)
    self.rooms = rooms
    receipts = (0..<rooms).map { _ in ReceiptsBox() }
    lives = Array(repeating: Life(), count: messages + 1)
    emitted = Array(repeating: 0, count: Int(rooms))
    lastNumbers = emitted
    numbered = Array(repeating: [], count: Int(rooms))
    self.outages = outages
  }

  mutating func complain(_ text: String) {
    if complaints.count < 10 { complaints.append("\(now): \(text)") }
  }
}

/// Receipts can stand in an array only by reference.
final class ReceiptsBox {
  var receipts = Receipts<UInt64>(members: [LossyWorld.reader, LossyWorld.author], hashSeed: 7)
}

extension LossyWorld {
  /// Runs until every message is settled and read, or until nothing can happen any more.
  mutating func run() {
    var queued = 0
    var isDone = false
    while !isDone {
      while queued + 1 < lives.count, outbox.count < 1_000 {
        queued += 1
        enqueue(UInt64(queued))
      }
      drain()
      isDone = queued + 1 == lives.count && outbox.count == 0
      if !isDone, !step() { return complain("nothing is due, and \(outbox.count) messages remain") }
    }
    // The reader says once more, until it gets through, what was read.
    for room in 0..<Int(rooms) { receipts[room].receipts.apply(.read, 1...max(1, emitted[room]), from: Self.reader) }
    for content in lives.indices.dropFirst() {
      let life = lives[content]
      if let status = receipts[Int(life.room)].receipts.status(of: life.place) { lives[content].status.merge(status) }
    }
  }

  private mutating func enqueue(_ content: UInt64) {
    let room = content % rooms
    let at = Instant(nanoseconds: now)
    guard case .queued(let id, _) = outbox.enqueue(content, to: room, at: at) else {
      return complain("not taken: \(content)")
    }
    contents[id.rawValue] = content
    lives[Int(content)].room = room
    numbered[Int(room)].append(content)
  }

  /// Goes to the next moment at which anything happens, and lets it.
  private mutating func step() -> Bool {
    var moments = [up.nextArrival, down.nextArrival]
    moments += [outbox.nextDeadline?.nanoseconds, sequencer.nextDeadline?.nanoseconds]
    moments += [outages.first?.from, outages.first?.to].map { $0.flatMap { $0 > now ? $0 : nil } }
    guard let next = moments.compactMap({ $0 }).min() else { return false }
    now = max(now, next)
    let at = Instant(nanoseconds: now)
    if let outage = outages.first {
      if now >= outage.to {
        outages.removeFirst()
        (up.isDown, down.isDown) = (false, false)
        opensAt = outbox.transportUp(at: at).nanoseconds
      } else if now >= outage.from, !up.isDown {
        (up.isDown, down.isDown) = (true, true)
        outbox.transportDown(at: at)
      }
    }
    while let transmission = up.receive(at: now) { serve(transmission, at) }
    advanceServer(at)
    while let packet = down.receive(at: now) { handle(packet, at) }
    outbox.advance(to: at)
    return true
  }

  /// Persists, tells and transmits what the outbox has.
  private mutating func drain() {
    while let event = outbox.nextEvent() {
      switch event {
      case .persist(let record): outbox.persisted(through: record.sequence)
      case .status(let id, _, let status): note(status, of: id)
      case .failed(let id, _, let status, _):
        note(status, of: id)
        retries += 1
        outbox.retry(id, at: Instant(nanoseconds: now))
      }
    }
    while let transmission = outbox.nextTransmission(at: Instant(nanoseconds: now)) {
      check(transmission)
      up.send(transmission, at: now)
    }
  }

  private mutating func note(_ status: DeliveryStatus, of id: MessageID) {
    guard let content = contents[id.rawValue] else { return complain("an unknown message") }
    let life = lives[Int(content)]
    if status < life.status { complain("a status that steps back") }
    lives[Int(content)].status.merge(status)
    guard status == .sent else { return }
    if life.emissions == 0 { return complain("\(content) acknowledged but not emitted") }
    let room = receipts[Int(life.room)]
    while room.receipts.tip < life.place { room.receipts.note(room.receipts.tip + 1, author: Self.author) }
  }

  /// Nothing goes out before its time.
  private mutating func check(_ transmission: Transmission<UInt64, UInt64>) {
    transmissions += 1
    if up.isDown || now < opensAt { complain("sent in an outage") }
    let life = lives[Int(transmission.message)]
    if transmission.attempt > 1, transmission.attempt > life.attempt, !life.wasHurried, life.lastSent > 0 {
      // The acknowledgement's five seconds, and the floor of the backoff.
      if now - life.lastSent < 5_100_000_000 { complain("tried again after \(now - life.lastSent) ns") }
    }
    lives[Int(transmission.message)].attempt = transmission.attempt
    lives[Int(transmission.message)].lastSent = now
    lives[Int(transmission.message)].wasHurried = false
  }
}

// MARK: - The server and what comes back

extension LossyWorld {
  private mutating func serve(_ transmission: Transmission<UInt64, UInt64>, _ at: Instant) {
    let room = transmission.conversation
    var events: [(UInt64, UInt64, Bool)] = []
    let outcome = sequencer.receive(
      transmission.message, number: transmission.number, epoch: transmission.epoch, base: transmission.base, from: room,
      at: at
    ) { event in
      switch event {
      case .delivered(_, let position, let message): events.append((message, position.number, false))
      case .late(_, let position, let message): events.append((message, position.number, true))
      case .skipped, .missing: break
      }
    }
    for (message, number, isLate) in events { emit(message, number, isLate, room) }
    switch outcome {
    case .stale: down.send(.stale(transmission), at: now)
    case .rejected(let rejection): complain("the server rejected \(transmission.number): \(rejection)")
    case .delivered, .late, .buffered, .duplicate:
      if let progress = sequencer.progress(of: room) { down.send(.progress(room, progress), at: now) }
    }
  }

  private mutating func advanceServer(_ at: Instant) {
    var events: [(UInt64, UInt64, UInt64)] = []
    var requests: [(UInt64, UInt32, ClosedRange<UInt64>)] = []
    sequencer.advance(to: at) { event in
      switch event {
      case .delivered(let room, let position, let message): events.append((room, message, position.number))
      case .missing(let room, let epoch, let numbers, _): requests.append((room, epoch, numbers))
      case .late, .skipped: break
      }
    }
    for (room, message, number) in events { emit(message, number, false, room) }
    for (room, epoch, numbers) in requests { down.send(.missing(room, epoch, numbers), at: now) }
  }

  /// The server's stream: it counts the room's messages, and the reader gets and reads them.
  private mutating func emit(_ content: UInt64, _ number: UInt64, _ isLate: Bool, _ room: UInt64) {
    let index = Int(room)
    emitted[index] += 1
    lives[Int(content)].emissions += 1
    lives[Int(content)].place = emitted[index]
    if isLate {
      lateCount += 1
      lives[Int(content)].wasLate = true
      if number >= lastNumbers[index] { complain("\(number) late before its time") }
    } else {
      if number <= lastNumbers[index] { complain("\(number) after \(lastNumbers[index])") }
      lastNumbers[index] = number
    }
    down.send(.receipt(room, .delivered, through: emitted[index]), at: now)
    down.send(.receipt(room, .read, through: emitted[index]), at: now)
  }

  private mutating func handle(_ packet: Downstream, _ at: Instant) {
    switch packet {
    case .progress(let room, let progress):
      if case .rejected(let why) = outbox.acknowledge(progress, in: room, at: at) { complain("refused: \(why)") }
    case .missing(let room, let epoch, let numbers):
      let hurried = outbox.resend(numbers, epoch: epoch, in: room, at: at)
      if hurried > 0 {
        for number in numbers where number <= numbered[Int(room)].count {
          lives[Int(numbered[Int(room)][Int(number) - 1])].wasHurried = true
        }
      }
    case .stale(let transmission):
      outbox.reject(
        transmission.number, epoch: transmission.epoch, attempt: transmission.attempt, in: transmission.conversation,
        .stale, at: at)
    case .receipt(let room, let receipt, let through):
      receipts[Int(room)].receipts.apply(receipt, 1...through, from: Self.reader)
    }
  }
}
