import Choosing

/// What each kind of step makes of the moment; nil: nothing, choose another.
extension OperationGenerator {
  mutating func operation(of step: Step) -> Operation? {
    // The first ones speak more often, as people do.
    let index = min(random.below(senders.count), random.below(senders.count))
    let key = senders[index].key
    switch step {
    case .send: return send(index)
    case .arrive: return arrive(index)
    case .resend: return resend(index)
    case .repeated: return repeated(index)
    case .tip: return tip(index)
    case .void: return void(index)
    case .epoch:
      let leaps = random.chance(5)
      senders[index].jump(to: 1, epoch: senders[index].epoch + (leaps ? 1_000 : 1))
      return send(index)
    case .hostile: return hostile(index)
    case .advance: return .advance(at: now)
    case .advanceToDeadline:
      guard let deadline else { return nil }
      now = max(now, deadline)
      return .advance(at: now)
    case .advanceBefore:
      guard let deadline, deadline > now else { return nil }
      now = deadline - 1
      return .advance(at: now)
    case .leap:
      let scale = random.pick([configuration.gapTimeout ?? 50, 1_000, 1_000_000_000])
      now += min(lastInstant - now, random.number(0...scale * 3))
      return .advance(at: now)
    case .backwards: return .advance(at: now - min(now, random.pick([1, 5, 1_000, .max])))
    case .pause: return .pause(at: now)
    case .resume: return .resume(at: now)
    case .suspend: return .suspend(stream: key)
    case .resumeStream: return .resumeStream(stream: key, at: now)
    case .query: return random.chance(50) ? .position(stream: key) : .progress(stream: key)
    case .evict: return .evictIdle
    case .close: return .close(stream: key)
    case .resynchronize: return resynchronize(index)
    case .snapshot: return .snapshot
    case .restore: return .restore
    case .open: return open(index)
    }
  }

  private mutating func receive(_ number: UInt64, from index: Int) -> Operation {
    let sender = senders[index]
    var base: UInt64? = random.chance(faults.base) ? sender.base(below: number) : nil
    if random.chance(faults.wrongBase) {
      base = random.pick([0, 1, number, number &+ 1, number - min(number, random.number(0...5)), .max])
    }
    return .receive(
      number: number, epoch: sender.epoch, base: base, payload: newPayload(), stream: sender.key, at: now)
  }

  private mutating func send(_ index: Int) -> Operation? {
    let heard = senders[index].heard
    if heard.epoch == senders[index].epoch {
      // Too far ahead of the receiver: what it waits for comes again.
      if senders[index].nextNumber > heard.next + configuration.window - 1 && random.chance(85) {
        return receive(heard.next, from: index)
      }
      // Behind it, after a resynchronize or a restart: catch up now and then.
      if senders[index].nextNumber + 8 < heard.next && random.chance(30) { senders[index].nextNumber = heard.next }
    }
    if senders[index].nextNumber > lastNumber { senders[index].restart(raisingEpoch: true) }
    let number = senders[index].takeNumber()
    if random.chance(faults.loss) {
      senders[index].remember(lost: number)
      return nil
    }
    if random.chance(faults.delay) {
      senders[index].remember(inFlight: number)
      return nil
    }
    return receive(number, from: index)
  }

  private mutating func arrive(_ index: Int) -> Operation? {
    guard !senders[index].inFlight.isEmpty else { return nil }
    let position = random.below(senders[index].inFlight.count)
    return receive(senders[index].inFlight.remove(at: position), from: index)
  }

  private mutating func resend(_ index: Int) -> Operation? {
    guard !senders[index].lost.isEmpty else { return nil }
    let position = random.below(senders[index].lost.count)
    return receive(senders[index].lost.remove(at: position), from: index)
  }

  private mutating func repeated(_ index: Int) -> Operation? {
    let sent = senders[index].nextNumber - 1
    guard sent >= 1 else { return nil }
    return receive(sent - min(sent - 1, random.number(0...random.pick([1, 8, 100]))), from: index)
  }

  private mutating func tip(_ index: Int) -> Operation? {
    let sender = senders[index]
    let newest = sender.nextNumber - 1
    let ahead = random.pick([0, 0, 1, 2, configuration.window])
    guard newest + ahead >= 1 else { return nil }
    return .noteTip(number: newest + ahead, epoch: sender.epoch, stream: sender.key, at: now)
  }

  private mutating func void(_ index: Int) -> Operation {
    let sender = senders[index]
    let next = sender.heard.epoch == sender.epoch ? sender.heard.next : 1
    var first = next
    var last = next
    switch random.below(10) {
    case 0...3 where !sender.lost.isEmpty:
      first = random.pick(sender.lost)
      last = first + random.number(0...1)
      senders[index].lost.removeAll { first <= $0 && $0 <= last }
    case 4...6:
      first = next + random.number(0...configuration.window)
      last = first + random.number(0...3)
    case 7:
      first = next - min(next, random.number(0...4))
      last = next + random.number(0...random.pick([1, 5, 2_000]))
    case 8 where random.chance(5):
      first = 1
      last = lastNumber - random.number(0...2)
    default:
      last = first + random.number(0...2)
    }
    return .void(first: first, last: last, epoch: sender.epoch, stream: sender.key, at: now)
  }

  private mutating func resynchronize(_ index: Int) -> Operation {
    let sender = senders[index]
    let next = sender.heard.next + random.pick([0, 1, 2, 5, configuration.window, configuration.window * 3])
    let epoch = random.chance(20) ? min(sender.epoch + 1, Int64(UInt32.max)) : sender.epoch
    return .resynchronize(next: random.chance(10) ? 1 : next, epoch: epoch, stream: sender.key)
  }

  private mutating func open(_ index: Int) -> Operation {
    var record = senders[index].latestRecord
    if random.chance(10) {
      // What no sequencer can have written, or only just.
      record.next = random.pick([0, record.next, lastNumber + 1, lastNumber + 2])
      record.floor = random.pick([record.floor, record.next, .max])
    }
    return .open(record)
  }

  /// Numbers, epochs and ranges that no honest sender names.
  private mutating func hostile(_ index: Int) -> Operation {
    let sender = senders[index]
    let edge = sender.heard.next + configuration.window
    let number = random.pick([
      0, 1, edge - 1, edge, edge + 1, edge + 1_000_000, lastNumber, lastNumber + 1, 1 << 63, .max,
    ])
    let epoch = random.chance(30) ? max(0, sender.epoch - 1) : sender.epoch
    switch random.below(5) {
    case 0: return .noteTip(number: number, epoch: epoch, stream: sender.key, at: now)
    case 1:
      let last = random.chance(50) ? number : random.pick([0, 3, lastNumber + 1, .max])
      return .void(first: number, last: last, epoch: epoch, stream: sender.key, at: now)
    case 2 where random.chance(10):
      return .resynchronize(
        next: random.pick([0, 1, lastNumber, lastNumber + 1, lastNumber + 2, .max]), epoch: epoch, stream: sender.key)
    default:
      let base = random.pick([nil, nil, 0, number, number &+ 1])
      return .receive(
        number: number, epoch: epoch, base: base, payload: newPayload(), stream: sender.key, at: now)
    }
  }
}
