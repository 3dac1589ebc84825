import Choosing

/// Links that lose, repeat and reorder packets, and are cut, in both directions or in one.
struct Network {
  private var packets: [Packet?] = []
  private var free: [Int] = []
  private var isCut: [(up: Bool, down: Bool)]
  /// Packets on their way down, by link: what a socket's buffer holds.
  private(set) var underWay: [Int]

  init(links: Int) {
    isCut = Array(repeating: (false, false), count: links)
    underWay = Array(repeating: 0, count: links)
  }

  mutating func cut(_ link: Int, up: Bool, down: Bool) { isCut[link] = (up, down) }

  func isWhole(_ link: Int) -> Bool { !isCut[link].up && !isCut[link].down }

  mutating func heal() {
    for link in isCut.indices { isCut[link] = (false, false) }
  }

  /// In how many copies a packet will arrive.
  func copies(of packet: Packet, _ weather: Weather, _ choices: inout Choices) -> Int {
    let (party, isUp) = packet.link
    let link = link(of: party)
    if isUp ? isCut[link].up : isCut[link].down { return 0 }
    if weather.loss > 0, choices.chance(weather.loss) { return 0 }
    if weather.duplicates > 0, choices.chance(weather.duplicates) { return 2 + choices.below(weather.copies) }
    return 1
  }

  mutating func put(_ packet: Packet) -> Int {
    if case .member = packet.receiver { underWay[link(of: packet.receiver)] += 1 }
    if let slot = free.popLast() {
      packets[slot] = packet
      return slot
    }
    packets.append(packet)
    return packets.count - 1
  }

  mutating func take(_ slot: Int) -> Packet? {
    guard let packet = packets[slot] else { return nil }
    packets[slot] = nil
    free.append(slot)
    if case .member = packet.receiver { underWay[link(of: packet.receiver)] -= 1 }
    return packet
  }

  /// Links are numbered from both ends: clients from the first one on, members from the last but one down.
  func link(of party: Party) -> Int {
    switch party {
    case .client(let index): index
    case .member(let index): isCut.count - 2 - index
    default: isCut.count - 1
    }
  }
}
