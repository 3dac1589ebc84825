import Delivery
import Sequencer

extension NaiveOutbox {
  mutating func record(of place: Int) -> OutboxRecord<UInt64, UInt64> {
    let item = items[place]
    let content: OutboxRecord<UInt64, UInt64>.Content =
      item.state == .gone
      ? .gone
      : .message(
        item.content, number: item.number, status: item.status,
        lifetime: item.lifetime.map { .nanoseconds(Int64($0)) },
        expiresAt: item.expiresAt.map { Instant(nanoseconds: $0) })
    return makeRecord(item.room, item.id, content)
  }

  private mutating func makeRecord(
    _ key: UInt64, _ id: UInt64, _ content: OutboxRecord<UInt64, UInt64>.Content
  ) -> OutboxRecord<UInt64, UInt64> {
    let room = rooms[room(key)!]
    lastSequence += 1
    return OutboxRecord(
      sequence: lastSequence, conversation: key, epoch: room.epoch, next: room.next, id: MessageID(rawValue: id),
      content: content)
  }

  /// The end of the process, and what the next one makes of the journal.
  mutating func restart(_ compacted: Bool, _ epoch: UInt32, at now: UInt64) -> OutboxReply {
    if compacted {
      journal = []
      for room in rooms { journal.append(makeRecord(room.key, lastID, .conversation)) }
      // The library's order is that of its slots; the test compares them by id.
      for place in items.indices where items[place].state != .gone { journal.append(record(of: place)) }
    }
    let reply = recover(journal, epoch, at: now)
    if case .restored = reply { return .restored(compacted ? journal : []) }
    return reply
  }

  /// What an outbox makes of records that a store has kept; if it refuses them, everything stays as it is.
  mutating func recover(_ records: [OutboxRecord<UInt64, UInt64>], _ epoch: UInt32, at now: UInt64) -> OutboxReply {
    if let error = refusal(of: records, epoch) { return .refused(error) }
    var next = NaiveOutbox(world)
    next.journal = records
    next.epoch = epoch
    next.newest = now
    next.lastID = records.map(\.id.rawValue).max() ?? 0
    next.lastSequence = records.map(\.sequence).max() ?? 0
    for record in records.sorted(by: { ($0.id, $0.sequence) < ($1.id, $1.sequence) }) {
      if next.room(record.conversation) == nil {
        next.rooms.append(Room(key: record.conversation, epoch: epoch))
      }
      let room = next.room(record.conversation)!
      if record.epoch > next.rooms[room].epoch {
        next.rooms[room].epoch = record.epoch
        next.rooms[room].next = 1
      }
      if record.epoch == next.rooms[room].epoch { next.rooms[room].next = max(next.rooms[room].next, record.next) }
    }
    for room in next.rooms.indices { next.rooms[room].highest = next.rooms[room].next - 1 }
    for id in Set(records.map(\.id)).sorted() {
      let last = records.filter { $0.id == id && $0.content != .conversation }.max { $0.sequence < $1.sequence }
      guard let last, case .message(let content, let number, let status, let lifetime, let expiresAt) = last.content,
        status < .sent
      else { continue }
      let room = next.rooms[next.room(last.conversation)!]
      let isOver = room.epoch != last.epoch
      var item = Item(id: id.rawValue, room: last.conversation, content: content, epoch: room.epoch)
      item.number = isOver ? nil : number
      item.mayHaveArrived = number != nil
      item.numberMayHaveArrived = item.number != nil
      item.status = status
      item.lifetime = lifetime.map(nanoseconds)
      if case .failed(_, let reason) = status {
        item.state = .failed
        item.isHolding = world.holds && reason != .cancelled
      } else {
        item.expiresAt = isOver ? nil : expiresAt?.nanoseconds
      }
      next.items.append(item)
    }
    // What happens in the order of numbers: clocks start, and what is over fails.
    for key in next.rooms.map(\.key) {
      let places = next.items.indices.filter { next.items[$0].room == key }
      let byNumber = places.sorted {
        (next.items[$0].number ?? 0, next.items[$0].id) < (next.items[$1].number ?? 0, next.items[$1].id)
      }
      for place in byNumber where next.items[place].state != .failed {
        next.clocks += 1
        next.items[place].expiryStarted = next.clocks
        if next.items[place].number == nil { next.fail(place, .unconfirmed, voids: false) }
      }
    }
    for id in next.items.map(\.id).sorted() { next.update(next.items[next.place(id)!].room) }
    self = next
    return .restored([])
  }
}
