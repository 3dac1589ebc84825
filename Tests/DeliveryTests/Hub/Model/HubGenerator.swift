import Choosing
import Delivery
import Sequencer
import SequencerModel

/// Random traffic: everybody does anything, at any time.
struct HubGenerator {
  private var random: Choices
  let world: HubWorld

  init(seed: UInt64) {
    random = Choices(seed: seed)
    var world = HubWorld()
    world.capacity = random.pick([1, 2, 4, 8, 8, 16, 64, 256])
    world.topics = 1 + random.below(4)
    world.publishers = 1 + random.below(3)
    world.retention = random.pick([.zero, .nanoseconds(1), .seconds(10), .seconds(60)])
    if random.chance(10) { world.after = Position.lastNumber - random.number(0...100) }
    self.world = world
  }

  mutating func next() -> HubOperation {
    let topic = random.below(8)
    let peer = random.below(64)
    switch random.below(100) {
    case 0..<18: return .publish(topic, count: 1 + random.below(random.pick([1, 4, world.capacity + 2])))
    case 18..<22: return .publishBatch(topic, count: random.below(2 * world.capacity + 2))
    case 22..<25: return .publishAhead(topic, gap: gap())
    case 25: return .publishOld(topic)
    case 26..<33: return .publishLatest(topic, key: random.number(0...4))
    case 33, 34: return .skip(topic, count: gap())
    case 35, 36:
      return .publishWhileCopying(
        topic, back: random.number(0...UInt64(world.capacity)), gap: random.chance(40) ? gap() : 0,
        count: random.below(world.capacity + 3))
    case 37: return random.chance(50) ? .handOver(topic) : .forgetWhileCopying(topic)
    case 38: return random.chance(40) ? .close(topic) : .reopen(topic, after: world.after)
    case 39: return random.chance(30) ? .endPublisher(topic, releasing: random.chance(80)) : .advance(topic)
    case 40, 41: return .advance(topic)
    case 42..<47: return .connect(loop: topic, policy())
    case 47..<56: return .subscribe(peer: peer, topic, token())
    case 56..<59: return .unsubscribe(random.below(1_000))
    case 59: return .disconnect(peer)
    case 60..<67: return .resume(peer)
    case 67: return random.chance(15) ? .endLoop(topic, aloud: random.chance(50)) : .resume(peer)
    case 68..<76: return .pass(nanoseconds: random.pick([1, 1_000_000_000, 5_000_000_000, 30_000_000_000]))
    default: return .drain(topic, random.chance(30) ? .always(.ready) : mood())
    }
  }

  private mutating func mood() -> HubMood { .mixed(seed: random.next(), contrary: random.pick([5, 20, 50])) }

  private mutating func gap() -> UInt64 {
    random.pick([1, 2, random.number(1...UInt64(world.capacity) * 2), random.number(1...1_000)])
  }

  private mutating func policy() -> HubPolicy {
    var policy = HubPolicy.lag
    if random.chance(30) { policy.hardLimit = random.number(0...100) }
    if random.chance(40) {
      policy.softLimit = random.number(0...20)
      policy.softDuration = random.pick([.zero, .nanoseconds(1), .seconds(1), .seconds(20)])
    }
    return policy
  }

  private mutating func token() -> HubToken {
    switch random.below(10) {
    case 0..<3: .now
    case 3: .otherEpoch
    case 4: .ahead(random.number(0...5))
    case 5: .number(random.pick([0, .max, Position.lastNumber, Position.lastNumber - 1, 1 << 63]))
    default: .behind(random.number(0...UInt64(world.capacity) + 2))
    }
  }
}
