import Delivery

enum PayloadAccess: String, Sendable, CustomStringConvertible {
  case read, write

  var description: String { rawValue }
}

/// Who has read and written one address: where threads must not meet.
struct Payload {
  /// Counts the addresses in the order in which the execution came by them.
  var ordinal: Int
  var lastWriter = 0
  var lastWrite: UInt32 = 0
  /// When each thread last read since then.
  var reads = Clock()
}

/// The race detector. A race is one however the threads were scheduled, so no choice is offered before an access.
extension Execution {
  func willAccess(_ address: UInt, _ access: PayloadAccess) {
    if running != 0, case .late(access)? = fault?.effect {
      threads[running].postponed.append((access, address))
    } else {
      apply(access, to: address)
    }
  }

  private func apply(_ access: PayloadAccess, to address: UInt) {
    threads[running].clock.tick(running)
    let clock = threads[running].clock
    var payload = payloads[address] ?? Payload(ordinal: payloads.count)
    note(.access(access, payload: payload.ordinal))
    if !clock.hasReached(payload.lastWrite, of: payload.lastWriter) {
      race(access, .write, by: payload.lastWriter, payload.ordinal)
    }
    switch access {
    case .read:
      payload.reads.advance(running, to: clock)
    case .write:
      if let reader = threads.indices.first(where: { !clock.hasReached(payload.reads[$0], of: $0) }) {
        race(access, .read, by: reader, payload.ordinal)
      }
      payload.lastWriter = running
      payload.lastWrite = clock[running]
      payload.reads = Clock()
    }
    payloads[address] = payload
  }

  private func race(_ access: PayloadAccess, _ other: PayloadAccess, by thread: Int, _ ordinal: Int) {
    let names = (Schedule.name(ofThread: running), Schedule.name(ofThread: thread))
    fail(.race, "nothing orders the \(access) of payload#\(ordinal) by \(names.0) and the \(other) by \(names.1)")
  }

  /// A fault's late accesses, once the operation is done that they were to come before.
  func applyPostponed(past operation: Fault.Operations, of word: Int, writing value: UInt64?) {
    guard !threads[running].postponed.isEmpty, let fault else { return }
    if fault.befalls(operation, of: words[word].role, by: running, writing: value) { applyPostponed() }
  }

  /// They come at the end of a thread at the latest.
  func applyPostponed() {
    let late = threads[running].postponed
    threads[running].postponed = []
    for (access, address) in late { apply(access, to: address) }
  }
}
