internal import Sequencer

/// The outbox that everybody writes first: a dictionary of arrays, a dictionary of statuses, and a list of deadlines.
struct StraightforwardOutbox {
  private struct Message {
    var id: UInt64
    var number: UInt64
    var content: UInt64
    var deadline: UInt64?
  }

  private enum Status { case sending, sent }

  private var queues: [UInt64: [Message]] = [:]
  private var numbers: [UInt64: UInt64] = [:]
  private var statuses: [UInt64: Status] = [:]
  private var deadlines: [UInt64: UInt64] = [:]
  private var lastID: UInt64 = 0

  mutating func enqueue(_ content: UInt64, to conversation: UInt64) {
    lastID += 1
    let number = numbers[conversation, default: 0] + 1
    numbers[conversation] = number
    statuses[lastID] = .sending
    queues[conversation, default: []].append(Message(id: lastID, number: number, content: content))
  }

  /// Sends up to five a conversation.
  mutating func transmit(_ conversation: UInt64, at now: UInt64, _ send: (UInt64, UInt64) -> Void) {
    guard let queue = queues[conversation] else { return }
    for index in queue.indices.prefix(5) where queue[index].deadline == nil {
      queues[conversation]![index].deadline = now + 5_000_000_000
      deadlines[queue[index].id] = now + 5_000_000_000
      send(queue[index].number, queue[index].content)
    }
  }

  mutating func acknowledge(_ conversation: UInt64, through number: UInt64, _ settled: (UInt64) -> Void) {
    guard let queue = queues[conversation] else { return }
    let count = queue.prefix { $0.number <= number }.count
    for message in queue.prefix(count) {
      statuses[message.id] = nil
      deadlines[message.id] = nil
      settled(message.id)
    }
    queues[conversation]!.removeFirst(count)
  }

  /// The traffic of `OutboxScenarios`.
  @inline(never)
  mutating func timedCycle(_ count: Int) -> UInt64 {
    var now: UInt64 = 0
    var hash: UInt64 = 0
    var settled: UInt64 = 0
    var message: UInt64 = 0
    while message < count {
      let end = min(message + UInt64(OutboxScenarios.burst), UInt64(count))
      while message < end {
        enqueue(message, to: mix(message % OutboxScenarios.conversations))
        message += 1
      }
      for conversation in 0..<OutboxScenarios.conversations {
        transmit(mix(conversation), at: now) { hash = hash &+ mix($0 ^ $1) }
      }
      now += 50_000_000
      for conversation in 0..<OutboxScenarios.conversations {
        let sent =
          message / OutboxScenarios.conversations + (message % OutboxScenarios.conversations > conversation ? 1 : 0)
        acknowledge(mix(conversation), through: sent) { settled &+= mix($0) }
      }
    }
    return digest(hash, settled)
  }
}
