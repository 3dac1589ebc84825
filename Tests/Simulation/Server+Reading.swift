import Choosing
import Delivery
import Sequencer

/// From packets to the sequencer.
extension Server {
  func readInbox(in world: World) {
    readsAt = nil
    let packets = inbox
    inbox.removeAll(keepingCapacity: true)
    var batch: [Transmission<UInt64, UInt64>] = []
    var senders: [Int] = []
    for packet in packets where !isTooMuch(packet, in: world) {
      if readsInBatches, case .message(let client, let transmission) = packet,
        !world.letters[client][Letter.serial(of: transmission.message)].isUnwelcome
      {
        batch.append(transmission)
        senders.append(client)
        continue
      }
      takeBatch(&batch, &senders, in: world)
      read(packet, in: world)
    }
    takeBatch(&batch, &senders, in: world)
  }

  /// Whether a sender sends more than it may; then it is told when to go on.
  private func isTooMuch(_ packet: Packet, in world: World) -> Bool {
    guard limiter != nil, case .message(let client, let transmission) = packet else { return false }
    let at = clock.read(world.now)
    switch limiter!.take(from: client, at: at) {
    case .allowed: return false
    case .limited(let moment):
      world.see(.rateLimited)
      world.check(moment > at, "there was room for a message at \(moment) already")
      refuse(transmission, from: client, .forNow(retryAfter: at.duration(to: moment)), in: world)
    case .tooManyKeys: world.violate(.broken, "client \(client) is one too many")
    }
    return true
  }

  private func read(_ packet: Packet, in world: World) {
    switch packet {
    case .message(let client, let transmission): take(transmission, from: client, in: world)
    case .heartbeat(let client, let room, let epoch, let tip):
      note(tip, epoch: epoch, StreamPair(UInt64(client), room), in: world)
    case .hostile(let attack): suffer(attack, in: world)
    default: rooms.read(packet, in: world)
    }
  }

  private func takeBatch(_ batch: inout [Transmission<UInt64, UInt64>], _ senders: inout [Int], in world: World) {
    guard !batch.isEmpty else { return }
    if batch.count > 1 { world.see(.readInBatch) }
    let at = clock.read(world.now)
    let arrivals = batch.indices.map { index in
      Arrival(
        message: batch[index].message, number: batch[index].number, epoch: batch[index].epoch, base: batch[index].base,
        stream: StreamPair(UInt64(senders[index]), batch[index].conversation))
    }
    var outcomes: [ReceiveOutcome] = []
    sequencer.receive(arrivals.span, at: at) {
      events.append($0)
    } outcome: { _, outcome in
      outcomes.append(outcome)
    }
    act(in: world)
    for index in batch.indices { answer(outcomes[index], to: batch[index], from: senders[index], in: world) }
    batch = []
    senders = []
  }

  private func take(_ transmission: Transmission<UInt64, UInt64>, from client: Int, in world: World) {
    let stream = StreamPair(UInt64(client), transmission.conversation)
    let at = clock.read(world.now)
    if world.letters[client][Letter.serial(of: transmission.message)].isUnwelcome {
      // The number will never be filled, and nobody waits for it.
      _ = sequencer.void(transmission.number...transmission.number, epoch: transmission.epoch, of: stream, at: at) {
        events.append($0)
      }
      act(in: world)
      return refuse(transmission, from: client, .forGood, in: world)
    }
    if world.choices.chance(world.weather.refusesForNow) {
      return refuse(
        transmission, from: client, .forNow(retryAfter: world.choices.pick([nil, .milliseconds(700), .seconds(40)])),
        in: world)
    }
    let line = lines[index(of: stream, in: world)!]
    if transmission.epoch == line.epoch, transmission.base > line.next { world.see(.baseClosedGap) }
    let outcome = sequencer.receive(
      transmission.message, number: transmission.number, epoch: transmission.epoch, base: transmission.base,
      from: stream, at: at
    ) { events.append($0) }
    act(in: world)
    answer(outcome, to: transmission, from: client, in: world)
  }

  private func refuse(
    _ transmission: Transmission<UInt64, UInt64>, from client: Int, _ refusal: Refusal, in world: World
  ) {
    world.send(
      .refusal(
        client: client, room: transmission.conversation, epoch: transmission.epoch, number: transmission.number,
        attempt: transmission.attempt, refusal))
  }

  private func answer(
    _ outcome: ReceiveOutcome, to transmission: Transmission<UInt64, UInt64>, from client: Int, in world: World
  ) {
    let line = client * world.scale.rooms + Int(transmission.conversation)
    let stream = StreamPair(UInt64(client), transmission.conversation)
    switch outcome {
    case .delivered, .late: break
    case .buffered:
      lines[line].begin(epoch: transmission.epoch)
      let complaint = lines[line].hold(
        transmission.number, epoch: transmission.epoch, window: configuration.window, at: clock.newest)
      world.report(complaint, of: "line \(line) at the server")
    case .duplicate(let place):
      world.totals.repetitionsDropped += 1
      world.see(place == .buffered ? .duplicateBuffered : .duplicateEmitted)
      checkDuplicate(place, transmission, from: client, in: world)
      unacknowledged[line] = true
      commitSoon(in: world)
    case .stale:
      world.see(.stale)
      refuse(transmission, from: client, .stale, in: world)
    case .rejected(let rejection):
      world.totals.refused += 1
      refuse(rejection, transmission, stream, from: client, in: world)
    }
  }

  /// What is called a repetition was there before.
  private func checkDuplicate(
    _ place: Duplicate, _ transmission: Transmission<UInt64, UInt64>, from client: Int, in world: World
  ) {
    guard place == .emitted else { return }
    let letter = world.letters[client][Letter.serial(of: transmission.message)]
    if letter.place == 0 {
      world.violate(.lost, "\(transmission.number) of client \(client) was called a repetition, and never came out")
    }
  }

  private func refuse(
    _ rejection: Rejection, _ transmission: Transmission<UInt64, UInt64>, _ stream: StreamPair, from client: Int,
    in world: World
  ) {
    switch rejection {
    case .beyondWindow:
      world.see(.beyondWindow)
      note(transmission.number - 1, epoch: transmission.epoch, stream, in: world)
      if world.choices.chance(30) { refuse(transmission, from: client, .forNow(), in: world) }
    case .unknownStream:
      world.see(.unknownStream)
      let record = disk.evicted[stream] ?? StreamRecord(stream: stream)
      guard case .opened = sequencer.open(record) else {
        world.see(.tooManyStreams)
        return refuse(transmission, from: client, .forNow(), in: world)
      }
      take(transmission, from: client, in: world)
    case .overCapacity:
      world.see(.overCapacity)
      if world.choices.chance(30) { refuse(transmission, from: client, .forNow(retryAfter: .seconds(1)), in: world) }
    case .staleEpoch: world.see(.staleEpoch)
    case .tooManyStreams: world.see(.tooManyStreams)
    case .invalidNumber, .behind, .invalidRecord:
      world.violate(.broken, "an honest message was refused: \(rejection)")
    }
  }

  private func note(_ tip: UInt64, epoch: UInt32, _ stream: StreamPair, in world: World) {
    guard tip > 0 else { return }
    if sequencer.noteTip(tip, epoch: epoch, of: stream, at: clock.read(world.now), { events.append($0) }) == .clamped {
      world.see(.tipClamped)
    }
    act(in: world)
  }
}
