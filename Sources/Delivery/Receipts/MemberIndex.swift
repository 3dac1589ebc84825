public import Sequencer

/// The members by name: the row of each. Rows are numbered as they came, so no result depends on the order of hashing.
@usableFromInline
struct MemberIndex<Member: StreamKey> {
  @usableFromInline var names: [Member] = []
  /// One above the row, 0 where there is none: open addressing, at most half full. Empty while the names are few.
  @usableFromInline var slots: [UInt32] = []
  @usableFromInline let seed: HashSeed

  /// Up to here, comparing all names beats hashing one. Nearly all conversations are of two.
  @inlinable static var scanLimit: Int { 8 }

  @usableFromInline
  init(seed: UInt64) { self.seed = HashSeed(seed) }

  /// The row of a member, or a negative number.
  @inlinable @inline(__always)
  func row(of member: Member) -> Int {
    // Which of two it is cannot be predicted, so both are compared: a wrong guess costs more.
    if names.count == 2 {
      let first = names[0] == member ? 0 : -1
      return names[1] == member ? 1 : first
    }
    return Self.row(of: member, names, slots, seed)
  }

  @inlinable @inline(never)
  static func row(of member: Member, _ names: [Member], _ slots: [UInt32], _ seed: HashSeed) -> Int {
    guard !slots.isEmpty else {
      for row in 0..<names.count where names[row] == member { return row }
      return -1
    }
    let mask = slots.count &- 1
    var slot = home(of: member, seed) & mask
    while true {
      let row = Int(slots[slot]) &- 1
      if row < 0 || names[row] == member { return row }
      slot = (slot &+ 1) & mask
    }
  }

  /// Gives the next row to a member that has none.
  @inlinable
  mutating func append(_ member: Member) -> Int {
    names.append(member)
    if names.count > Self.scanLimit, names.count * 2 > slots.count {
      rebuild()
    } else if !slots.isEmpty {
      enter(names.count - 1)
    }
    return names.count - 1
  }

  @inlinable @inline(__always)
  static func home(of member: Member, _ seed: HashSeed) -> Int {
    Int(truncatingIfNeeded: member.streamHash(seed) >> 32)
  }

  @inlinable
  mutating func enter(_ row: Int) {
    var slot = Self.home(of: names[row], seed) & (slots.count &- 1)
    while slots[slot] != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
    slots[slot] = UInt32(truncatingIfNeeded: row &+ 1)
  }

  /// Enters all names anew, into twice to four times as many places.
  @inlinable
  mutating func rebuild() {
    guard names.count > Self.scanLimit else {
      slots = []
      return
    }
    var capacity = 32
    while capacity < 3 * names.count { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
    for row in names.indices { enter(row) }
  }
}
