import Delivery
import Sequencer

/// Which records no outbox can have left behind.
extension NaiveOutbox {
  func refusal(of records: [OutboxRecord<UInt64, UInt64>], _ epoch: UInt32) -> OutboxRestoreError? {
    for record in records {
      if record.next == 0 || record.next > Position.lastNumber + 1 { return .malformed }
      if record.id.rawValue == .max || record.sequence == .max { return .malformed }
    }
    if Set(records.map(\.conversation)).count > world.conversations { return .tooManyConversations }

    var present: [OutboxRecord<UInt64, UInt64>] = []
    for id in Set(records.map(\.id)) {
      let ofMessage = records.filter { $0.id == id && $0.content != .conversation }
      if Set(ofMessage.map(\.conversation)).count > 1 { return .malformed }
      guard let last = ofMessage.max(by: { $0.sequence < $1.sequence }) else { continue }
      guard case .message(_, let number, let status, _, _) = last.content, status < .sent else { continue }
      if id.rawValue == 0 { return .malformed }
      if let number, number == 0 || number > Position.lastNumber || number >= last.next { return .malformed }
      if number == nil, case .sending = status { return .malformed }
      present.append(last)
    }
    if present.count > world.messages { return .tooManyMessages }

    var numbers: Set<[UInt64]> = []
    for record in present {
      let newest = records.filter { $0.conversation == record.conversation }.map(\.epoch).max()!
      guard case .message(_, let number?, _, _, _) = record.content, record.epoch >= max(newest, epoch) else {
        continue
      }
      if !numbers.insert([record.conversation, number]).inserted { return .malformed }
    }
    return nil
  }
}
