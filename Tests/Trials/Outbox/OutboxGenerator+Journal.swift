import Choosing
import Delivery
import Sequencer

/// What becomes of a store's records: lost, doubled, turned round, and some with what they did not say.
extension OutboxGenerator {
  typealias Record = OutboxRecord<UInt64, UInt64>

  mutating func damaged(_ journal: [Record]) -> [Record] {
    // Of two records of one number in the sequence that differ, nobody can know which is the newer one.
    var sequences: Set<UInt64> = []
    var records = journal.filter { sequences.insert($0.sequence).inserted }
    for _ in 0..<random.below(6) where !records.isEmpty {
      // Mostly among the newest, which are the ones that say how things stand.
      let index = records.count - 1 - random.below(random.chance(70) ? min(8, records.count) : records.count)
      if random.chance(60) { spoil(&records[index]) } else { records.remove(at: index) }
    }
    // Last, so that the two say the same.
    if random.chance(30), !records.isEmpty { records.append(random.pick(records)) }
    if random.chance(50) {
      var order = Choices(seed: random.upTo(255))
      records.shuffle(using: &order)
    }
    return records
  }

  private mutating func spoil(_ record: inout Record) {
    let last = Position.lastNumber
    switch random.below(8) {
    case 0: record.content = .gone
    case 1: record.content = .conversation
    case 2: record.next = random.pick([record.next &+ 1, record.next &- 1, last, last + 1, last + 2, 0, .max])
    case 3: record.id = MessageID(rawValue: random.pick([record.id.rawValue &+ 1, 1, 0, .max]))
    case 4: record.conversation = random.number(0...UInt64(world.conversations + 1))
    case 5: record.epoch = random.pick([record.epoch &+ 1, record.epoch &- 1, 0, .max])
    case 6: if random.chance(20) { record.sequence = .max }
    default:
      guard case .message(let message, let number, let status, let lifetime, let expiresAt) = record.content else {
        return
      }
      record.content = .message(
        message, number: random.pick([number, number.map { $0 &+ 1 }, nil, 0, record.next, last, .max]),
        status: random.pick([
          status, .sending(round: 3), .sending(round: .max), .failed(round: 0, reason: .expired),
          .failed(round: .max, reason: .cancelled), .failed(round: 1, reason: .unconfirmed), .sent, .read,
        ]), lifetime: lifetime, expiresAt: random.pick([expiresAt, nil, .zero, .max]))
    }
  }
}
