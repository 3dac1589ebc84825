package import Choosing

/// Endless operations, as chosen: senders that number, lose, reorder and repeat their messages, and a caller that does
/// everything a caller can do, wisely and unwisely.
///
/// Feed every reply back, so that the senders get on and the clock can hit deadlines to the nanosecond:
///
/// ```swift
/// var generator = OperationGenerator(Choices(seed: seed))
/// var machine = NaiveSequencer(generator.configuration)
/// let operation = generator.next()
/// generator.observe(operation, machine.apply(operation))
/// ```
package struct OperationGenerator {
  package let configuration: ModelConfiguration
  /// Where the operations come from, as far as it is used.
  package internal(set) var random: Choices
  /// How often each kind of step comes; a third of them never, so that every seed explores another mix.
  private let weights: [Int]
  private let totalWeight: Int
  var faults: Faults
  var senders: [Sender] = []
  /// Which sender a stream belongs to.
  private var owners: [UInt64: Int] = [:]
  var now: UInt64
  var deadline: UInt64?
  private var payloads: UInt64 = 0
  /// What the last replies call for; done before anything new.
  var followUps: [Operation] = []
  private var snapshot: [Record] = []

  /// How a seed's network and clock misbehave, in percent or nanoseconds.
  struct Faults {
    var loss: Int
    var delay: Int
    var base: Int
    var wrongBase: Int
    /// The longest step of the clock between two operations.
    var tick: UInt64
  }

  enum Step: Int, CaseIterable {
    case send, arrive, resend, repeated, tip, void, epoch, hostile
    case advance, advanceToDeadline, advanceBefore, leap, backwards, pause, resume
    case suspend, resumeStream, query, evict, close, resynchronize, snapshot, restore, open

    /// How often it comes when it is on; what ends or empties streams is rare, so that something can grow between.
    var weight: Int {
      switch self {
      case .send: 400
      case .arrive: 200
      case .resend, .advance, .repeated: 60
      case .advanceToDeadline: 50
      case .tip, .void: 30
      case .hostile, .advanceBefore, .query: 15
      case .backwards, .resume, .resumeStream, .evict: 10
      case .pause, .suspend, .open: 6
      case .leap, .epoch, .close, .resynchronize: 4
      case .snapshot: 5
      case .restore: 2
      }
    }

    var isEssential: Bool { self == .send || self == .arrive || self == .advance }
  }

  package init(_ choices: Choices) {
    var random = choices
    configuration = .random(using: &random)
    weights = Step.allCases.map { step in
      step.isEssential ? step.weight : random.chance(33) ? 0 : step.weight * random.pick([1, 1, 2, 4])
    }
    totalWeight = weights.reduce(0, +)
    faults = Faults(
      loss: random.pick([0, 2, 10, 30]), delay: random.pick([0, 5, 30, 80]), base: random.pick([0, 0, 30, 100]),
      wrongBase: random.pick([0, 1, 10]), tick: random.pick([0, 1, 1, 5, 100]))
    now = random.pick([0, 0, 1, 1_000_000, lastInstant - 20_000, lastInstant - 100])
    // A few more than there is room for, so that some are refused, but not most.
    for index in 0..<min(random.pick([1, 2, 3, 4, 6, 30]), configuration.streamLimit + random.below(2)) {
      let key = [0, 1, .max, 1 << 63][index % 4] &+ (index < 4 ? 0 : random.next() | 1)
      owners[key] = senders.count
      senders.append(Sender(key: key, epoch: Int64(random.pick([0, 0, 0, 1, 7, UInt64(UInt32.max) - 3]))))
    }
    self.random = random
  }

  /// Whether a tape is over, and nothing of what it called for is left to do.
  package var isOver: Bool { random.isOver && followUps.isEmpty }

  package mutating func next() -> Operation {
    if !followUps.isEmpty { return followUps.removeFirst() }
    if random.chance(20) { now = min(lastInstant, now + random.number(0...faults.tick)) }
    while true {
      var ticket = random.below(totalWeight)
      let index = weights.firstIndex { weight in
        ticket -= weight
        return ticket < 0
      }!
      if let operation = operation(of: Step.allCases[index]) { return operation }
    }
  }

  mutating func newPayload() -> UInt64 {
    payloads += 1
    return payloads
  }
}

// MARK: Learning from replies

extension OperationGenerator {
  package mutating func observe(_ operation: Operation, _ reply: Reply) {
    deadline = reply.deadline
    if let key = operation.stream, let index = owners[key] { observe(operation, reply.outcome, sender: index) }
    for event in reply.events {
      switch event {
      case .delivered(let stream, let epoch, let number, _): learn(stream, epoch, next: number + 1)
      case .skipped(let stream, let epoch, _, let last, _): learn(stream, epoch, next: last + 1)
      case .late, .missing: break
      }
    }
    switch (operation, reply.outcome) {
    case (.evictIdle, .records(let records)):
      for record in records where owners[record.stream] != nil { senders[owners[record.stream]!].record = record }
    case (.snapshot, .records(let records)): snapshot = records
    case (.restore, _):
      for index in senders.indices { senders[index].heard = (senders[index].heard.epoch, 1) }
      for record in snapshot { learn(record.stream, record.epoch, next: record.next) }
      for index in senders.indices where random.chance(50) { senders[index].rewind() }
    default: break
    }
  }

  private mutating func learn(_ stream: UInt64, _ epoch: Int64, next: UInt64) {
    if let index = owners[stream] { senders[index].heard = (epoch, next) }
  }

  private mutating func observe(_ operation: Operation, _ outcome: Outcome, sender index: Int) {
    let isRefused = if case .rejected = outcome { true } else { false }
    if let epoch = operation.epoch, !isRefused, epoch > senders[index].heard.epoch {
      senders[index].heard = (epoch, 1)
    }
    switch (operation, outcome) {
    case (.receive(let number, let epoch, _, _, let stream, _), .rejected(.beyondWindow)) where random.chance(20):
      followUps.append(.noteTip(number: number - 1, epoch: epoch, stream: stream, at: now))
    case (.receive, .rejected(.unknownStream)) where random.chance(60):
      followUps.append(.open(senders[index].latestRecord))
    case (.close, .closed):
      senders[index].restart(raisingEpoch: random.chance(50))
    case (.open(let record), .opened):
      senders[index].heard = (record.epoch, record.next)
    case (.resynchronize(let next, let epoch, _), .resynchronized):
      senders[index].heard = (epoch, next)
      if random.chance(80) { senders[index].jump(to: next, epoch: epoch) }
    default: break
    }
  }
}
