import Choosing
import Delivery
import Sequencer

/// What a sending device is told, by its server and by its outbox.
extension Client {
  func receive(_ packet: Packet, in world: World) {
    guard startsAt == nil else { return }
    let at = clock.read(world.now)
    switch packet {
    case .acknowledgement(_, let room, let progress): acknowledge(progress, room, at, in: world)
    case .refusal(_, let room, let epoch, let number, let attempt, let refusal):
      let outcome = outbox.reject(number, epoch: epoch, attempt: attempt, in: room, refusal, at: at)
      if outcome == .ignored { world.see(.oldAttemptRefused) }
      if case .forNow(let wait) = refusal, wait != nil, outcome == .retrying { world.see(.retryAfter) }
      if refusal == .forGood, outcome == .failed {
        world.see(.refusedForGood)
        let serial = Int(letter(room: room, epoch: epoch, number: number))
        world.letters[index][serial].mustNotArrive = true
      }
    case .request(_, let room, let epoch, let range):
      if outbox.resend(range, epoch: epoch, in: room, at: at) > 0 { world.see(.hurried) }
    case .status(_, let word, let status): show(status, of: Letter.serial(of: word), in: world)
    default: break
    }
    outbox.advance(to: at)
    settle(in: world)
  }

  private func acknowledge(_ progress: StreamProgress, _ room: UInt64, _ at: Instant, in world: World) {
    switch outbox.acknowledge(progress, in: room, at: at) {
    case .settled: break
    case .known: world.see(.acknowledgedTwice)
    case .rejected(.otherEpoch): break  // of the time before the store was lost
    case .rejected(.unknownConversation), .rejected(.notTransmitted):
      // The device lost its memory since, and has not sent as much again.
      world.check(epoch > 1 || !configuration.persistsFirst, "client \(index): an honest acknowledgement was refused")
    case .rejected(.malformed): world.violate(.broken, "client \(index): \(progress) was called malformed")
    }
  }

  /// The message came back in its room, on the same person's screen.
  func echo(_ word: UInt64, in world: World) {
    guard startsAt == nil else { return }
    let letter = world.letters[index][Letter.serial(of: word)]
    let outcome = outbox.echo(letter.number, epoch: letter.epoch, in: letter.room, at: clock.read(world.now))
    if case .settled = outcome {
      world.see(.echoed)
      settle(in: world)
    }
  }

  // MARK: - The outbox's own words

  func hear(in world: World) {
    while let event = outbox.nextEvent() {
      switch event {
      case .persist(let record):
        journal.append(record)
        if storesAt == nil {
          storesAt = world.now + world.choices.upTo(world.weather.diskDelay) * 1_000
          world.wake(.client(index), at: storesAt!)
        }
      case .status(let id, _, let status):
        guard let serial = serials[id.rawValue] else {
          world.violate(.broken, "client \(index): a status of an unknown message")
          return
        }
        hear(status, of: serial, in: world)
      case .failed(let id, let room, let status, let message): fail(id, room, status, message, in: world)
      }
    }
  }

  /// What the outbox says of a message never steps back.
  private func hear(_ status: DeliveryStatus, of serial: Int, in world: World) {
    let told = world.letters[index][serial].told
    if status < told { world.violate(.broken, "\(serial) was \(told), and is \(status)") }
    world.letters[index][serial].told = status
    show(status, of: serial, in: world)
  }

  /// Receipts and acknowledgements overtake each other: what a person sees is the greatest.
  private func show(_ status: DeliveryStatus, of serial: Int, in world: World) {
    world.tell("client \(index) hears that \(serial) is \(status)")
    let letter = world.letters[index][serial]
    if status >= .sent {
      world.check(letter.place > 0, "\(serial) of client \(index) is \(status), and was not taken")
      if letter.status < .sent { world.totals.acknowledged += 1 }
    }
    world.letters[index][serial].status.merge(status)
  }

  private func fail(
    _ id: MessageID, _ room: UInt64, _ status: DeliveryStatus, _ message: UInt64, in world: World
  ) {
    let serial = Letter.serial(of: message)
    guard serials[id.rawValue] == serial, world.letters[index][serial].room == room else {
      return world.violate(.broken, "client \(index): \(id.rawValue) failed with another's content")
    }
    hear(status, of: serial, in: world)
    world.totals.failed += 1
    guard case .failed(_, let reason) = status else { return world.violate(.broken, "failed, but \(status)") }
    switch reason {
    case .expired: world.see(.expired)
    case .unconfirmed: world.see(.unconfirmed)
    case .rejected, .cancelled: break
    }
    let at = clock.read(world.now)
    let mayRetry = !world.isCalm && reason != .cancelled && world.letters[index][serial].retries < 2
    if configuration.afterFailure == .hold { world.see(.held) }
    if mayRetry, world.choices.chance(40), case .started(_, let number) = outbox.retry(id, at: at) {
      world.see(.retried)
      world.letters[index][serial].retries += 1
      if number != world.letters[index][serial].number { world.letters[index][serial].isRenumbered = true }
      world.letters[index][serial].mustNotArrive = false
      return
    }
    world.letters[index][serial].isGivenUp = true
    outbox.discard(id, at: at)
  }
}
