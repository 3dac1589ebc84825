import Delivery
import Sequencer
import SequencerModel

/// A duration in nanoseconds; a negative one is none.
func nanoseconds(_ duration: Duration) -> UInt64 {
  let (seconds, attoseconds) = duration.components
  return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
}

extension NaiveOutbox {
  /// `opensAt` is what the outbox under test drew for the wait after an outage, or nil if that lies outside its bounds.
  mutating func apply(_ operation: OutboxOperation, at now: UInt64, opensAt drawn: UInt64?) -> OutboxReply {
    switch operation {
    case .enqueue(let content, let key, let lifetime):
      note(now)
      return .enqueued(enqueue(content, key, lifetime ?? world.lifetime))
    case .replace(let id, let content): return .replaced(replace(id, content))
    case .transmit: return .transmission(transmit(at: now))
    case .event: return .event(tell())
    case .persisted(let sequence):
      let confirmed = items.indices.filter { items[$0].state == .writing && items[$0].sequence <= sequence }
      for place in confirmed.sorted(by: { items[$0].sequence < items[$1].sequence }) {
        items[place].state = .waiting
        update(items[place].room)
      }
      return .done
    case .acknowledge(let progress, let key):
      note(now)
      return .acknowledged(acknowledge(progress, key))
    case .echo(let number, let epoch, let key):
      note(now)
      return .acknowledged(
        acknowledge(
          StreamProgress(epoch: epoch, above: number == 0 ? 1 : number - 1, through: number), key))
    case .reject(let number, let epoch, let attempt, let key, let refusal):
      note(now)
      return .rejected(reject(number, epoch, attempt, key, refusal))
    case .resend(let numbers, let epoch, let key):
      note(now)
      return .resent(resend(numbers, epoch, key))
    case .cancel(let id):
      note(now)
      return .cancelled(cancel(id))
    case .discard(let id):
      note(now)
      return .discarded(discard(id))
    case .retry(let id):
      note(now)
      return .retried(retry(id))
    case .down:
      note(now)
      down()
      return .done
    case .up:
      note(now)
      up(drawn)
      return .done
    case .pass, .slip, .heed:
      advance(to: now)
      return .done
    case .restart(let compacted, _, let epoch): return restart(compacted, epoch, at: now)
    case .recover(let records, let epoch): return recover(records, epoch, at: now)
    }
  }

  private mutating func enqueue(_ content: UInt64, _ key: UInt64, _ lifetime: UInt64?) -> EnqueueOutcome {
    if items.count >= world.messages { return .rejected(.full) }
    if let room = room(key), rooms[room].next > Position.lastNumber { return .rejected(.exhausted) }
    if room(key) == nil {
      if rooms.count >= world.conversations { return .rejected(.tooManyConversations) }
      rooms.append(Room(key: key, epoch: epoch))
    }
    lastID += 1
    let room = room(key)!
    let number = rooms[room].next
    rooms[room].next += 1
    items.append(
      Item(id: lastID, room: key, content: content, number: number, epoch: rooms[room].epoch, lifetime: lifetime))
    beginRound(items.count - 1)
    return .queued(id: MessageID(rawValue: lastID), number: number)
  }

  private mutating func replace(_ id: UInt64, _ content: UInt64) -> ReplaceOutcome {
    guard let place = place(id) else { return .unknown }
    if items[place].mayHaveArrived { return .alreadyTransmitted }
    items[place].content = content
    if world.persists {
      if items[place].state != .failed { items[place].state = .unwritten }
      tell(place, status: false)
      update(items[place].room)
    }
    return .replaced
  }

  private mutating func transmit(at now: UInt64) -> OutboxFlight? {
    advance(to: now)
    guard !isDown, newest >= opensAt, items.count(where: { $0.state == .inFlight }) < allowed, let key = turns.first,
      let place = candidate(in: key), let room = room(key)
    else { return nil }
    clocks += 1
    items[place].state = .inFlight
    items[place].mayHaveArrived = true
    items[place].numberMayHaveArrived = true
    items[place].wasTransmitted = true
    items[place].began = items[place].began ?? newest
    items[place].dueAt = newest + world.timeout
    items[place].clockStarted = clocks
    rooms[room].highest = max(rooms[room].highest, items[place].number!)
    turns.removeAll { $0 == key }
    update(key)
    let item = items[place]
    return OutboxFlight(
      id: item.id, conversation: key, epoch: rooms[room].epoch, number: item.number!,
      base: items[open(in: key)[0]].number!, attempt: item.attempt, message: item.content)
  }

  private mutating func tell() -> OutboxTold? {
    guard let id = line.first, let place = items.firstIndex(where: { $0.id == id }) else { return nil }
    if items[place].owesPersist {
      let record = record(of: place)
      journal.append(record)
      items[place].owesPersist = false
      if items[place].state == .unwritten {
        items[place].state = .writing
        items[place].sequence = record.sequence
      }
      tell(place, status: false, persist: false)
      return .persist(record)
    }
    let item = items[place]
    items[place].owesStatus = false
    tell(place, status: false, persist: false)
    return item.state == .failed
      ? .failed(id, item.room, item.status, item.content) : .status(id, item.room, item.status)
  }

  private mutating func acknowledge(_ progress: StreamProgress, _ key: UInt64) -> AcknowledgementOutcome {
    guard let room = room(key) else { return .rejected(.unknownConversation) }
    if progress.epoch != rooms[room].epoch { return .rejected(.otherEpoch) }
    if progress.above > progress.through || progress.through > Position.lastNumber { return .rejected(.malformed) }
    for (index, range) in progress.except.enumerated() {
      let below = index == 0 ? progress.above : progress.except[index - 1].upperBound + 1
      if range.lowerBound <= below || range.upperBound > progress.through { return .rejected(.malformed) }
    }
    var top = progress.through
    while top > progress.above, top > rooms[room].highest {
      guard let hole = progress.except.first(where: { $0.contains(top) }) else { return .rejected(.notTransmitted) }
      top = hole.lowerBound - 1
    }
    var settled = 0
    for id in open(in: key).map({ items[$0].id }) {
      let place = place(id)!
      let number = items[place].number!
      guard number > progress.above, number <= progress.through, items[place].numberMayHaveArrived,
        !progress.except.contains(where: { $0.contains(number) })
      else { continue }
      settle(place)
      settled += 1
    }
    update(key)
    return settled == 0 ? .known : .settled(settled)
  }

  private mutating func reject(
    _ number: UInt64, _ epoch: UInt32, _ attempt: UInt32, _ key: UInt64, _ refusal: Refusal
  ) -> RefusalOutcome {
    guard let room = room(key), rooms[room].epoch == epoch, let place = place(number: number, in: key) else {
      return .unknown
    }
    guard items[place].attempt == attempt, items[place].wasTransmitted else { return .ignored }
    switch refusal {
    case .forGood:
      fail(place, .rejected, voids: true)
      items[place].mayHaveArrived = false
    case .stale: fail(place, .unconfirmed, voids: false)
    case .forNow(let retryAfter):
      failAttempt(place, retryAfter: retryAfter.map(nanoseconds))
    }
    update(key)
    return items[place].state == .failed ? .failed : .retrying
  }

  private mutating func resend(_ numbers: ClosedRange<UInt64>, _ epoch: UInt32, _ key: UInt64) -> Int {
    guard let room = room(key), rooms[room].epoch == epoch else { return 0 }
    let places = open(in: key).filter { holdsPlace(items[$0]) && numbers.contains(items[$0].number!) }
    for place in places { items[place].state = .due }
    update(key)
    return places.count
  }

  private mutating func cancel(_ id: UInt64) -> CancelOutcome {
    guard let place = place(id) else { return .unknown }
    if items[place].state == .failed { return .alreadyFailed }
    let mayHaveArrived = items[place].mayHaveArrived
    fail(place, .cancelled, voids: !items[place].numberMayHaveArrived)
    update(items[place].room)
    return mayHaveArrived ? .mayHaveArrived : .cancelled
  }

  private mutating func discard(_ id: UInt64) -> DiscardOutcome {
    guard let place = place(id) else { return .unknown }
    if items[place].state != .failed { return .notFailed }
    let key = items[place].room
    items[place].number = nil
    items[place].state = .gone
    items[place].isHolding = false
    items[place].owesStatus = false
    tell(place, status: false)
    update(key)
    return .discarded
  }

  private mutating func retry(_ id: UInt64) -> OutboxRetryOutcome {
    guard let place = place(id), let room = room(items[place].room) else { return .unknown }
    if items[place].number == nil, rooms[room].next > Position.lastNumber { return .exhausted }
    guard case .failed(let round, _) = items[place].status else { return .alreadySending }
    if round == .max { return .exhausted }
    items[place].status = .sending(round: round + 1)
    items[place].isHolding = false
    if items[place].number == nil {
      items[place].number = rooms[room].next
      rooms[room].next += 1
    }
    beginRound(place)
    return .started(round: round + 1, number: items[place].number!)
  }

  private mutating func down() {
    if isDown { return }
    isDown = true
    if newest >= opensAt { lostAt = newest }
    let flying = items.indices.filter { items[$0].state == .inFlight }
    for place in flying.sorted(by: { items[$0].clockStarted < items[$1].clockStarted }) {
      items[place].state = .due
      update(items[place].room)
    }
  }

  private mutating func up(_ drawn: UInt64?) {
    if !isDown { return }
    isDown = false
    opensAt = drawn ?? newest
    allowed = min(world.inFlightAfterOutage, world.inFlight)
  }
}
