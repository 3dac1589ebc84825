import Choosing
import Sequencer
import SequencerModel

/// Whether a sequencer made of a snapshot works: beside the oracle that was opened with the same records, around all the
/// numbers that the records name.
enum SnapshotUse {
  static func complaint(_ bytes: [UInt8], _ configuration: ModelConfiguration, _ choices: inout Choices) -> String? {
    guard let machine = try? SequencerMachine<UInt64>(restoring: bytes, configuration, hashSeed: choices.upTo(3)) else {
      return nil
    }
    guard case .records(let records) = machine.apply(.snapshot).outcome else { return "no records" }
    var oracle = NaiveSequencer(configuration)
    for record in records {
      let outcome = oracle.apply(.open(record)).outcome
      if outcome != .opened { return "\(record) is \(outcome)" }
    }
    var account = MessageAccount(configuration)
    for record in records { _ = account.enter(.open(record), Reply(.opened)) }
    _ = account.enter(.snapshot, oracle.apply(.snapshot))
    var payload: UInt64 = 0
    return repeated(100, &choices) { choices in
      payload += 1
      let operation = operation(records, payload, &choices)
      let expected = oracle.apply(operation)
      let actual = machine.apply(operation)
      if actual != expected { return "\(operation)\n  expected \(expected)\n  actual   \(actual)" }
      return account.enter(operation, actual).map { "\(operation): \($0)" }
    }
  }

  private static func operation(_ records: [Record], _ payload: UInt64, _ choices: inout Choices) -> Operation {
    let unknown = Record(stream: 1 << 32)
    let record = choices.pick(records + [unknown])
    var landmarks = [record.next, record.floor, lastNumber, 1]
    for range in record.ranges { landmarks += [range.first, range.last] }
    let number = choices.pick(landmarks) &+ choices.pick([0, 1, 2, 5, .max, .max - 1])
    let epoch = choices.chance(90) ? record.epoch : min(record.epoch + 1, Int64(UInt32.max))
    switch choices.below(20) {
    case 0..<12:
      return .receive(
        number: number, epoch: epoch, base: choices.chance(10) ? choices.pick(landmarks) : nil, payload: payload,
        stream: record.stream, at: payload)
    case 12: return .noteTip(number: number, epoch: epoch, stream: record.stream, at: payload)
    case 13, 14:
      let last = number &+ choices.upTo(4)
      return .void(first: number, last: last, epoch: epoch, stream: record.stream, at: payload)
    case 15: return .advance(at: payload)
    case 16: return .progress(stream: record.stream)
    case 17: return .snapshot
    case 18: return choices.chance(50) ? .restore : .evictIdle
    default:
      return choices.chance(50)
        ? .close(stream: record.stream) : .resynchronize(next: number, epoch: epoch, stream: record.stream)
    }
  }
}
