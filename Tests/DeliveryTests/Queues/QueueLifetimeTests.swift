import Delivery
import Synchronization
import Testing

/// Every element is released exactly once: by whoever took it out, or by the queue.
@Suite struct QueueLifetimeTests {
  /// Counts how many of its tickets there are, on any thread.
  private final class Counter: Sendable {
    let made = Atomic<Int>(0)
    let released = Atomic<Int>(0)
    var alive: Int { made.load(ordering: .acquiring) - released.load(ordering: .acquiring) }
  }

  /// It cannot be copied, so a second release would be seen.
  private struct Ticket: ~Copyable, Sendable {
    let number: Int
    let counter: Counter

    init(_ number: Int, _ counter: Counter) {
      self.number = number
      self.counter = counter
      counter.made.add(1, ordering: .relaxed)
    }

    deinit { counter.released.add(1, ordering: .relaxed) }
  }

  private final class Reference: Sendable {
    let counter: Counter
    init(_ counter: Counter) {
      self.counter = counter
      counter.made.add(1, ordering: .relaxed)
    }
    deinit { counter.released.add(1, ordering: .relaxed) }
  }

  struct Case: Sendable, CustomStringConvertible {
    var capacity: Int
    var origin: UInt64
    var popped: Int
    var left: Int
    var description: String { "capacity \(capacity) from \(origin), \(popped) popped, \(left) left" }

    static let all = [1, 2, 5, 6, 7, 12, 20].flatMap { capacity in
      [0, UInt64.max - 3].flatMap { origin in
        [0, 1, capacity, capacity + 3].flatMap { popped in
          Set([0, 1, capacity]).map { Case(capacity: capacity, origin: origin, popped: popped, left: $0) }
        }
      }
    }
  }

  @Test(arguments: Case.all)
  func spscReleasesWhatIsLeft(_ test: Case) {
    let counter = Counter()
    do {
      let queue = SPSCQueue<Ticket>(capacity: test.capacity, startingAt: test.origin)
      var producer = queue.makeProducer()
      var consumer = queue.makeConsumer()
      for number in 0..<test.popped {
        #expect(producer.push(Ticket(number, counter)).isPushed == true)
        if let ticket = consumer.pop() { #expect(ticket.number == number) }
        #expect(counter.alive == 0)
      }
      #expect(producer.push(upTo: test.left) { Ticket($0, counter) } == test.left)
      #expect(counter.alive == test.left && queue.count == test.left)
    }
    #expect(counter.alive == 0)
    #expect(counter.made.load(ordering: .relaxed) == test.popped + test.left)
  }

  @Test(arguments: Case.all)
  func mpscReleasesWhatIsLeft(_ test: Case) {
    let counter = Counter()
    do {
      let queue = MPSCQueue<Ticket>(capacity: test.capacity, startingAt: test.origin)
      var consumer = queue.makeConsumer()
      for number in 0..<test.popped {
        #expect(queue.push(Ticket(number, counter)).isPushed == true)
        if let ticket = consumer.pop() { #expect(ticket.number == number) }
        #expect(counter.alive == 0)
      }
      #expect(queue.push(upTo: test.left) { Ticket($0, counter) } == test.left)
      // From the middle of a batch on.
      if test.left > 1, let ticket = consumer.pop() { #expect(ticket.number == 0) }
      queue.close()
      #expect(counter.alive == queue.count)
    }
    #expect(counter.alive == 0)
    #expect(counter.made.load(ordering: .relaxed) == test.popped + test.left)
  }

  @Test func whatIsNotTakenComesBack() {
    let counter = Counter()
    let queue = SPSCQueue<Ticket>(capacity: 1)
    let shared = MPSCQueue<Ticket>(capacity: 1)
    var producer = queue.makeProducer()
    #expect(producer.push(Ticket(1, counter)).isPushed && shared.push(Ticket(1, counter)).isPushed)
    func isReturned(_ outcome: consuming PushOutcome<Ticket>, full: Bool) -> Bool {
      switch consume outcome {
      case .pushed: false
      case .full(let ticket): full && ticket.number == 2
      case .closed(let ticket): !full && ticket.number == 2
      }
    }
    #expect(isReturned(producer.push(Ticket(2, counter)), full: true) == true)
    #expect(isReturned(shared.push(Ticket(2, counter)), full: true) == true)
    queue.close()
    shared.close()
    #expect(isReturned(producer.push(Ticket(2, counter)), full: false) == true)
    #expect(isReturned(shared.push(Ticket(2, counter)), full: false) == true)
    #expect(counter.alive == 2)
  }

  @Test(arguments: 1...8)
  func aBodyThatThrowsKeepsTheRest(after patience: Int) {
    let counter = Counter()
    let queue = SPSCQueue<Ticket>(capacity: 20)
    let shared = MPSCQueue<Ticket>(capacity: 20)
    var producer = queue.makeProducer()
    var consumer = queue.makeConsumer()
    var sharedConsumer = shared.makeConsumer()
    #expect(producer.push(upTo: 10) { Ticket($0, counter) } == 10)
    #expect(shared.push(upTo: 10) { Ticket($0, counter) } == 10)
    var seen = 0
    func body(_ ticket: consuming Ticket) throws(Stopped) {
      #expect(ticket.number == seen)
      seen += 1
      if seen == patience { throw Stopped() }
    }
    #expect(throws: Stopped.self) { try consumer.drain(body) }
    #expect(queue.count == 10 - patience)
    seen = 0
    #expect(throws: Stopped.self) { try sharedConsumer.drain(body) }
    #expect(shared.count == 10 - patience)
    #expect(counter.alive == 2 * (10 - patience))
    if let next = consumer.pop(), let other = sharedConsumer.pop() {
      #expect(next.number == patience && other.number == patience)
    }
  }

  @Test func referencesAreHeldOnce() {
    let counter = Counter()
    let queue = SPSCQueue<Reference>(capacity: 10)
    let shared = MPSCQueue<Reference>(capacity: 10)
    do {
      var producer = queue.makeProducer()
      let references = (0..<10).map { _ in Reference(counter) }
      #expect(producer.push(contentsOf: references.span) == 10)
      #expect(shared.push(contentsOf: references.span) == 10)
    }
    #expect(counter.alive == 10)
    var consumer = queue.makeConsumer()
    var sharedConsumer = shared.makeConsumer()
    for left in (0..<10).reversed() {
      let one = consumer.pop()
      let other = sharedConsumer.pop()
      #expect(one != nil && one === other && counter.alive == left + 1)
    }
    #expect(counter.alive == 0)
  }

  @Test func elementsOfEverySizeComeBackWhole() {
    func check<Element: Sendable & Equatable>(_ make: (Int) -> Element) {
      let queue = SPSCQueue<Element>(capacity: 50)
      let shared = MPSCQueue<Element>(capacity: 50)
      var producer = queue.makeProducer()
      var consumer = queue.makeConsumer()
      var sharedConsumer = shared.makeConsumer()
      for lap in 0..<5 {
        #expect(producer.push(upTo: 60, { make(lap * 50 + $0) }) == 50)
        #expect(shared.push(upTo: 60) { make(lap * 50 + $0) } == 50)
        var next = lap * 50
        consumer.drain { element in
          #expect(element == make(next))
          next += 1
        }
        #expect(next == lap * 50 + 50)
        while let element = sharedConsumer.pop() { #expect(element == make(next - 50)); next += 1 }
        #expect(next == lap * 50 + 100)
      }
    }
    check { UInt8(truncatingIfNeeded: $0) }
    check { SIMD16<UInt32>(repeating: UInt32($0)) }
    check { SIMD4<UInt64>(repeating: UInt64($0)) }
    check { Wide(number: $0) }
    check { "a text too long to lie in the string itself: \($0)" }
    check { _ in Nothing() }
  }

  private struct Nothing: Equatable {}
  private struct Wide: Equatable {
    var flag = true
    var number: Int
    var filling = SIMD8<UInt64>(repeating: 7)
    var last: UInt8 = 3
  }
}
