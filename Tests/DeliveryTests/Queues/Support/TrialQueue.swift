import Delivery

/// A queue with its ends, driven by one thread: what both kinds have in common, so that one model serves them.
protocol TrialQueue: ~Copyable {
  init(capacity: Int, startingAt origin: UInt64)
  mutating func push(_ element: UInt64) -> PushOutcome<UInt64>
  mutating func push(upTo count: Int, _ make: (Int) -> UInt64) -> Int
  mutating func push(contentsOf elements: [UInt64]) -> Int
  mutating func pop() -> UInt64?
  mutating func drain(limit: Int, _ body: (UInt64) throws(Stopped) -> Void) throws(Stopped) -> Int
  /// As the one who pushes closes it, so that nothing can be under way.
  mutating func close()
  /// Gives the ends back and takes them again.
  mutating func retakeEnds()
  var count: Int { get }
  var isClosed: Bool { get }
  var isFinished: Bool { get }
}

/// What a body throws.
struct Stopped: Error, Equatable {}

struct TrialSPSC: TrialQueue, ~Copyable {
  private let queue: SPSCQueue<UInt64>
  private var producer: SPSCProducer<UInt64>?
  private var consumer: SPSCConsumer<UInt64>?

  init(capacity: Int, startingAt origin: UInt64) {
    queue = SPSCQueue(capacity: capacity, startingAt: origin)
    producer = queue.makeProducer()
    consumer = queue.makeConsumer()
  }

  mutating func push(_ element: UInt64) -> PushOutcome<UInt64> { producer!.push(element) }
  mutating func push(upTo count: Int, _ make: (Int) -> UInt64) -> Int { producer!.push(upTo: count, make) }
  mutating func push(contentsOf elements: [UInt64]) -> Int { producer!.push(contentsOf: elements.span) }
  mutating func pop() -> UInt64? { consumer!.pop() }
  mutating func drain(limit: Int, _ body: (UInt64) throws(Stopped) -> Void) throws(Stopped) -> Int {
    try consumer!.drain(limit: limit, body)
  }
  mutating func close() { producer!.close() }
  mutating func retakeEnds() {
    producer = nil
    consumer = nil
    producer = queue.makeProducer()
    consumer = queue.makeConsumer()
  }
  var count: Int { queue.count }
  var isClosed: Bool { queue.isClosed }
  var isFinished: Bool {
    switch consumer {
    case .some(let consumer): consumer.isFinished
    case .none: false
    }
  }
}

struct TrialMPSC: TrialQueue, ~Copyable {
  private let queue: MPSCQueue<UInt64>
  private var consumer: MPSCConsumer<UInt64>?

  init(capacity: Int, startingAt origin: UInt64) {
    queue = MPSCQueue(capacity: capacity, startingAt: origin)
    consumer = queue.makeConsumer()
  }

  mutating func push(_ element: UInt64) -> PushOutcome<UInt64> { queue.push(element) }
  mutating func push(upTo count: Int, _ make: (Int) -> UInt64) -> Int { queue.push(upTo: count, make) }
  mutating func push(contentsOf elements: [UInt64]) -> Int { queue.push(contentsOf: elements.span) }
  mutating func pop() -> UInt64? { consumer!.pop() }
  mutating func drain(limit: Int, _ body: (UInt64) throws(Stopped) -> Void) throws(Stopped) -> Int {
    try consumer!.drain(limit: limit, body)
  }
  mutating func close() { queue.close() }
  mutating func retakeEnds() {
    consumer = nil
    consumer = queue.makeConsumer()
  }
  var count: Int { queue.count }
  var isClosed: Bool { queue.isClosed }
  var isFinished: Bool {
    switch consumer {
    case .some(let consumer): consumer.isFinished
    case .none: false
    }
  }
}
