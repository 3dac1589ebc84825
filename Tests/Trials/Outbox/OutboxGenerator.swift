import Choosing
import Delivery
import Sequencer
import SequencerModel

/// Random traffic for an outbox, in a mix of its own each time: mostly what happens, some of what may, and a little of what must not.
struct OutboxGenerator {
  /// Where the operations come from, as far as it is used.
  var random: Choices
  let world: OutboxWorld
  private var content: UInt64 = 0
  /// How often each kind of operation comes, out of their sum.
  private let weights: [Int]
  private let pace: UInt64
  private let restarts: Bool

  init(_ choices: Choices) {
    var random = choices
    var world = OutboxWorld()
    world.places = random.pick([1, 1, 2, 3, 5, 5])
    world.inFlight = random.pick([1, 2, 4, 8, 20])
    world.messages = random.chance(2) ? 0 : random.pick([1, 4, 16, 64, 64])
    world.conversations = random.pick([1, 2, 4, 6])
    world.attempts = random.pick([1, 2, 3, 6, 6, .max])
    world.base = random.pick([0, 1, 500_000_000, 500_000_000, 7_000_000_000])
    world.timeout = random.chance(5) ? 1 : random.pick([2_000_000_000, 5_000_000_000])
    world.patience = random.pick([3_000_000_000, 20_000_000_000, 3_600_000_000_000])
    world.lifetime = random.chance(3) ? 1 : random.pick([nil, nil, 3_000_000_000, 20_000_000_000])
    world.holds = random.chance(30)
    world.persists = random.chance(60)
    world.inFlightAfterOutage = random.pick([1, 2, 5, 50])
    world.spread = random.pick([0, 2_000_000_000, 2_000_000_000])
    self.world = world
    // What keeps the traffic going stays; the rest may be rare or frequent.
    weights = Self.standard.enumerated().map { index, weight in
      [2, 3, 4, 13].contains(index) ? weight : weight * random.pick([0, 1, 1, 1, 2, 4]) + 1
    }
    pace = random.pick([1, 1_000_000, 300_000_000, 300_000_000, 4_000_000_000])
    restarts = random.chance(50)
    self.random = random
  }

  private static let standard = [20, 2, 90, 90, 40, 12, 6, 16, 6, 3, 6, 8, 4, 10, 12, 1, 8, 2]

  /// The next operation, given what the oracle knows. It may look at everything: it only chooses.
  mutating func next(_ oracle: NaiveOutbox) -> OutboxOperation {
    var choice = random.below(weights.reduce(0, +))
    var kind = 0
    while choice >= weights[kind] {
      choice -= weights[kind]
      kind += 1
    }
    let room = random.number(1...UInt64(world.conversations + (random.chance(3) ? 1 : 0)))
    switch kind {
    case 0:
      content += 1
      return .enqueue(content, to: room, lifetime: random.chance(80) ? nil : random.number(0...5_000_000_000))
    case 1:
      content += 1
      return .replace(id(oracle), with: content)
    case 2: return .transmit
    case 3: return .event
    case 4: return .persisted(oracle.lastSequence - min(oracle.lastSequence, random.pick([0, 0, 0, 1, 3])))
    case 5: return .acknowledge(progress(oracle, room), in: room)
    case 6: return .echo(number(oracle, room), epoch: epoch(oracle, room), in: room)
    case 7: return refusal(oracle, room)
    case 8:
      let first = number(oracle, room)
      let last = random.chance(5) ? UInt64.max : first + random.number(0...4)
      return .resend(first...max(first, last), epoch: epoch(oracle, room), in: room)
    case 9: return .cancel(id(oracle))
    case 10: return .discard(id(oracle))
    case 11: return .retry(id(oracle))
    case 12: return .down
    case 13: return .up
    case 14: return .pass(random.number(0...pace * random.pick([1, 1, 1, 20])))
    case 15: return .slip(random.number(0...pace))
    case 16: return .heed
    default:
      guard restarts, random.chance(50) else { return .event }
      let epoch = oracle.epoch + (random.chance(20) ? 1 : 0)
      if random.chance(60) { return .recover(damaged(oracle.journal), epoch: epoch) }
      return .restart(compacted: random.chance(50), shuffle: random.upTo(0xFFFF), epoch: epoch)
    }
  }

  private mutating func id(_ oracle: NaiveOutbox) -> UInt64 {
    let failed = oracle.items.filter { $0.state == .failed }
    if random.chance(40), !failed.isEmpty { return random.pick(failed).id }
    if random.chance(85), !oracle.items.isEmpty { return random.pick(oracle.items).id }
    return random.number(0...oracle.lastID + 1)
  }

  private mutating func number(_ oracle: NaiveOutbox, _ key: UInt64) -> UInt64 {
    let underWay = oracle.items.filter { $0.room == key && oracle.holdsPlace($0) }.compactMap(\.number)
    if random.chance(60), !underWay.isEmpty { return random.pick(underWay) }
    let open = oracle.items.filter { $0.room == key }.compactMap(\.number)
    if random.chance(70), !open.isEmpty { return random.pick(open) }
    if random.chance(10) { return random.pick([0, Position.lastNumber, Position.lastNumber + 1, .max - 5]) }
    return random.number(0...(oracle.room(key).map { oracle.rooms[$0].next } ?? 1) + 1)
  }

  private mutating func epoch(_ oracle: NaiveOutbox, _ key: UInt64) -> UInt32 {
    let epoch = oracle.room(key).map { oracle.rooms[$0].epoch } ?? 1
    return random.chance(96) ? epoch : epoch &+ 1 &- UInt32(random.below(2)) &* 2
  }

  private mutating func refusal(_ oracle: NaiveOutbox, _ key: UInt64) -> OutboxOperation {
    let number = number(oracle, key)
    let attempt = oracle.place(number: number, in: key).map { oracle.items[$0].attempt } ?? 1
    let refusal: Refusal =
      switch random.below(10) {
      case 0: .forGood
      case 1: .stale
      case 2: .forNow(retryAfter: .nanoseconds(Int64(random.number(0...2_000_000_000_000)) - 1_000_000_000))
      default: .forNow()
      }
    return .reject(
      number, epoch: epoch(oracle, key), attempt: random.chance(80) ? attempt : random.pick([0, 1, attempt - 1, .max]),
      in: key, refusal)
  }

  private mutating func progress(_ oracle: NaiveOutbox, _ key: UInt64) -> StreamProgress {
    let top = oracle.room(key).map { oracle.rooms[$0].highest } ?? 0
    var through = random.chance(60) ? top : random.number(0...top + 2)
    if random.chance(2) { through = random.pick([Position.lastNumber, Position.lastNumber + 1, .max]) }
    var except: [ClosedRange<UInt64>] = []
    let oldest = oracle.open(in: key).first.flatMap { oracle.items[$0].number } ?? 1
    var next = random.number(oldest - min(oldest, 2)...oldest + 3)
    while except.count < 4, random.chance(50), random.chance(1) || next <= through {
      let last = next + random.number(0...2)
      except.append(next...last)
      next = last + random.number(random.chance(98) ? 2...4 : 0...2)
    }
    let above = random.chance(85) ? 0 : random.number(0...oldest + 2)
    return StreamProgress(epoch: epoch(oracle, key), above: above, through: through, except: except)
  }
}
