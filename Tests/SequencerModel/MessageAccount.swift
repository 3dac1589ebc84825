/// The books of all messages handed in, kept from operations and replies alone: it knows nothing of how any sequencer
/// works, only what it may say.
///
/// After every step: handed in = delivered + late + duplicate + stale + rejected + held + forgotten, where only
/// `restore` forgets. Within an epoch, deliveries and skips count up from the start without a hole and without a
/// repetition; what comes late was skipped before, and comes once. No message waits past the gap timeout from its
/// arrival, the clocks' standstill and its stream's suspension left out. `deadline` is exact.
///
/// ```swift
/// if let complaint = account.enter(operation, reply) { … }
/// ```
package struct MessageAccount {
  let configuration: ModelConfiguration
  var streams: [UInt64: StreamAccount] = [:]
  var clocks = AccountClock()

  package internal(set) var handedIn = 0
  package internal(set) var delivered = 0
  package internal(set) var late = 0
  package internal(set) var duplicate = 0
  package internal(set) var stale = 0
  package internal(set) var rejected = 0
  /// Held when a snapshot was restored: their senders send them again.
  package internal(set) var forgotten = 0

  private var snapshot: [Record] = []

  package init(_ configuration: ModelConfiguration) { self.configuration = configuration }

  package var held: Int { streams.values.reduce(0) { $0 + $1.held.count } }

  /// Enters one step; what is wrong with it, or nil.
  package mutating func enter(_ operation: Operation, _ reply: Reply) -> String? {
    do throws(Complaint) {
      try clocks.check(operation, reply)
      try enterChecked(operation, reply)
      let named = delivered + late + duplicate + stale + rejected + forgotten
      if handedIn != named + held { throw Complaint("handed in \(handedIn), but \(named) named and \(held) held") }
      return nil
    } catch {
      return error.text
    }
  }

  private mutating func enterChecked(_ operation: Operation, _ reply: Reply) throws(Complaint) {
    var offered: UInt64?
    if case .receive(_, _, _, let payload, _, _) = operation {
      handedIn += 1
      offered = payload
    }
    if case .rejected = reply.outcome {
      if offered != nil { rejected += 1 }
      if !reply.events.isEmpty { throw Complaint("events of a refused call") }
      return
    }
    var events = reply.events[...]
    if let key = operation.stream, let epoch = operation.epoch {
      try begin(operation, stream: key, epoch: epoch, events: &events, offered: offered)
    }
    for event in events { try post(event, of: operation, offered: offered) }
    try settle(operation, reply)
  }

  /// Opens what the call opens, and closes the books of the epoch that it ends.
  private mutating func begin(
    _ operation: Operation, stream key: UInt64, epoch: Int64, events: inout ArraySlice<Event>, offered: UInt64?
  ) throws(Complaint) {
    var start: UInt64 = 1
    if case .resynchronize(let next, _, _) = operation { start = next }
    guard let books = streams[key] else {
      if case .receive(let number, _, let base, _, _, _) = operation, configuration.start == .firstSeen {
        start = base ?? number
      }
      let below = configuration.start == .firstSeen && start > 1 && offered != nil
      streams[key] = StreamAccount(epoch: epoch, next: start, skipped: below ? [Run(1, start - 1)] : [])
      return
    }
    if epoch < books.epoch { throw Complaint("epoch \(epoch) was taken after \(books.epoch)") }
    if epoch == books.epoch { return }
    while let event = events.first, event.epoch == books.epoch {
      if case .delivered(_, _, let number, _) = event, books.held[number] == nil {
        throw Complaint("\(event) belongs to an ended epoch, but was not held")
      }
      try post(event, of: operation, offered: nil)
      events.removeFirst()
    }
    if let number = streams[key]!.held.keys.first { throw Complaint("epoch \(books.epoch) ended with \(number) held") }
    let isSuspended = books.isSuspended
    streams[key] = StreamAccount(epoch: epoch, next: start, skipped: [])
    streams[key]!.isSuspended = isSuspended
  }

  /// Books one event.
  private mutating func post(_ event: Event, of operation: Operation, offered: UInt64?) throws(Complaint) {
    guard let books = streams[event.stream] else { throw Complaint("\(event) of a stream that is not known") }
    if books.epoch != event.epoch { throw Complaint("\(event) in epoch \(books.epoch)") }
    if let key = operation.stream, key != event.stream { throw Complaint("\(event) of a stream that was not called") }
    switch event {
    case .delivered(let key, _, let number, let payload):
      try streams[key]!.deliver(number, payload, offered: offered)
      delivered += 1
    case .late(let key, _, let number, let payload):
      guard payload == offered else { throw Complaint("\(event) is not the message handed in") }
      try streams[key]!.takeLate(number)
      late += 1
    case .skipped(let key, _, let first, let last, _):
      try streams[key]!.skip(Run(first, last))
    case .missing(let key, _, let first, let last, let attempt):
      guard case .advance = operation, !books.isSuspended else { throw Complaint("\(event) out of turn") }
      guard first >= books.next, first <= last, attempt >= 1 else { throw Complaint("\(event) of stream \(key)") }
    }
  }

  /// Compares the outcome with what was booked, and keeps what is held from now on.
  private mutating func settle(_ operation: Operation, _ reply: Reply) throws(Complaint) {
    switch operation {
    case .receive(let number, _, _, let payload, let key, _):
      try settle(reply, number: number, payload: payload, of: key)
    case .close(let key):
      if let number = streams[key]?.held.keys.first { throw Complaint("closed with \(number) held") }
      if (streams[key] == nil) == (reply.outcome == .closed) { throw Complaint("\(reply.outcome)") }
      streams[key] = nil
    case .resynchronize(let next, _, let key):
      if streams[key]!.next < next { throw Complaint("resynchronized, but at \(streams[key]!.next)") }
    case .open(let record) where reply.outcome == .opened:
      streams[record.stream] = StreamAccount(record)
    case .evictIdle, .snapshot: try compare(reply.outcome, with: operation)
    case .restore:
      forgotten += held
      streams = [:]
      for record in snapshot { streams[record.stream] = StreamAccount(record) }
    case .suspend(let key): streams[key]?.isSuspended = true
    case .resumeStream(let key, _): streams[key]?.resume(at: clocks.reading)
    case .advance: try checkWaiting()
    case .position(let key):
      let expected = streams[key].map { Outcome.position(epoch: $0.epoch, next: $0.next) } ?? .none
      if reply.outcome != expected { throw Complaint("position \(reply.outcome), but booked \(expected)") }
    default: break
    }
    if let key = operation.stream, let books = streams[key], books.held[books.next] != nil {
      throw Complaint("\(books.next) is held although it is next")
    }
  }

  private mutating func settle(
    _ reply: Reply, number: UInt64, payload: UInt64, of key: UInt64
  ) throws(Complaint) {
    let emitted = reply.events.count { $0.payload == payload }
    let isEmission = reply.outcome == .delivered || reply.outcome == .late
    if emitted != (isEmission ? 1 : 0) { throw Complaint("\(reply.outcome), but it came out \(emitted) times") }
    switch reply.outcome {
    case .buffered:
      guard streams[key]!.held[number] == nil, number > streams[key]!.next else { throw Complaint("buffered twice") }
      streams[key]!.hold(number, payload, at: clocks.reading)
    case .duplicateBuffered:
      if streams[key]!.held[number] == nil { throw Complaint("no \(number) is held") }
      duplicate += 1
    case .duplicateEmitted:
      if number >= streams[key]!.next { throw Complaint("\(number) has not come out") }
      duplicate += 1
    case .stale:
      if number >= streams[key]!.next { throw Complaint("\(number) is not old") }
      stale += 1
    case .delivered, .late: break
    default: throw Complaint("\(reply.outcome) is no answer to a message")
    }
  }

  private mutating func compare(_ outcome: Outcome, with operation: Operation) throws(Complaint) {
    guard case .records(let records) = outcome else { throw Complaint("\(outcome) is no list of records") }
    for record in records {
      guard let books = streams[record.stream], books.epoch == record.epoch, books.next == record.next else {
        throw Complaint("record \(record) is not as booked")
      }
      if operation == .evictIdle {
        if !books.held.isEmpty { throw Complaint("\(record.stream) was evicted with messages held") }
        streams[record.stream] = nil
      }
    }
    if operation == .snapshot {
      if records.count != streams.count { throw Complaint("\(records.count) records of \(streams.count) streams") }
      snapshot = records
    }
  }

  private mutating func checkWaiting() throws(Complaint) {
    guard let timeout = configuration.gapTimeout else { return }
    for key in streams.keys where !streams[key]!.isSuspended {
      guard let oldest = streams[key]!.oldestArrival() else { continue }
      if clocks.reading - oldest.time >= timeout {
        throw Complaint("stream \(key): \(oldest.number) waits since \(oldest.time), now \(clocks.reading)")
      }
    }
  }
}

/// What is wrong.
struct Complaint: Error {
  let text: String

  init(_ text: String) { self.text = text }
}

extension Event {
  var stream: UInt64 {
    switch self {
    case .delivered(let stream, _, _, _), .late(let stream, _, _, _): stream
    case .skipped(let stream, _, _, _, _), .missing(let stream, _, _, _, _): stream
    }
  }

  var epoch: Int64 {
    switch self {
    case .delivered(_, let epoch, _, _), .late(_, let epoch, _, _): epoch
    case .skipped(_, let epoch, _, _, _), .missing(_, let epoch, _, _, _): epoch
    }
  }

  var payload: UInt64? {
    switch self {
    case .delivered(_, _, _, let payload), .late(_, _, _, let payload): payload
    case .skipped, .missing: nil
    }
  }
}
