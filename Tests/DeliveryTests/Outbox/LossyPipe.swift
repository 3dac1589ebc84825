import Choosing
import SequencerModel

/// A network in memory: what goes in comes out later, in another order, twice or not at all. Virtual time, in nanoseconds.
struct LossyPipe<Packet> {
  private var random: Choices
  private let lossPercent: Int
  private let duplicatePercent: Int
  private let delay: ClosedRange<UInt64>
  /// What is under way, the next to arrive last.
  private var packets: [(at: UInt64, packet: Packet)] = []
  private(set) var lost = 0
  private(set) var duplicated = 0
  var isDown = false {
    didSet { if isDown { dropAll() } }
  }

  init(seed: UInt64, loss: Int, duplicates: Int, delay: ClosedRange<UInt64>) {
    random = Choices(seed: seed)
    lossPercent = loss
    duplicatePercent = duplicates
    self.delay = delay
  }

  var nextArrival: UInt64? { packets.last?.at }

  mutating func send(_ packet: Packet, at now: UInt64) {
    if random.chance(duplicatePercent) {
      duplicated += 1
      carry(packet, at: now)
    }
    carry(packet, at: now)
  }

  private mutating func carry(_ packet: Packet, at now: UInt64) {
    if isDown || random.chance(lossPercent) {
      lost += 1
      return
    }
    let arrival = now + random.number(delay)
    var (low, high) = (0, packets.count)
    while low < high {
      let middle = (low + high) / 2
      if packets[middle].at > arrival { low = middle + 1 } else { high = middle }
    }
    packets.insert((arrival, packet), at: low)
  }

  mutating func receive(at now: UInt64) -> Packet? {
    guard let next = packets.last, next.at <= now else { return nil }
    packets.removeLast()
    return next.packet
  }

  private mutating func dropAll() {
    lost += packets.count
    packets = []
  }
}
