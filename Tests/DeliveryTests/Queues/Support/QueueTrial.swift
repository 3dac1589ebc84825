import Delivery
import SequencerModel

/// A queue beside an array that does the same: what they answer must agree, step by step.
struct QueueTrial<Queue: TrialQueue & ~Copyable>: ~Copyable {
  enum Step: CaseIterable {
    case push, pop, pushThree, pushSeven, drainTwo, drainAll, drainThrowing, retakeEnds, close
  }

  private var queue: Queue
  private let capacity: Int
  private var model: [UInt64] = []
  private var isClosed = false
  private var next: UInt64 = 1
  /// The first thing that did not agree.
  private(set) var fault: String?

  init(capacity: Int, startingAt origin: UInt64) {
    queue = Queue(capacity: capacity, startingAt: origin)
    self.capacity = capacity
  }

  /// Moves the ends on by `places`, and then fills in `elements`.
  mutating func prepare(places: Int, elements: Int) {
    for _ in 0..<places {
      _ = queue.push(0)
      _ = queue.pop()
    }
    for _ in 0..<elements { run(.push) }
  }

  mutating func run(_ step: Step) {
    switch step {
    case .push: push()
    case .pop: expect(queue.pop(), model.isEmpty ? nil : model.removeFirst(), "pop")
    case .pushThree: pushThree()
    case .pushSeven: pushSeven()
    case .drainTwo: drain(limit: 2, throwingAfter: nil)
    case .drainAll: drain(limit: .max, throwingAfter: nil)
    case .drainThrowing: drain(limit: .max, throwingAfter: 2)
    case .retakeEnds: queue.retakeEnds()
    case .close:
      queue.close()
      isClosed = true
    }
    expect(queue.count, model.count, "count after \(step)")
    expect(queue.isClosed, isClosed, "isClosed after \(step)")
    expect(queue.isFinished, isClosed && model.isEmpty, "isFinished after \(step)")
  }

  private mutating func push() {
    let outcome = queue.push(next)
    if isClosed {
      expect(outcome, .closed(next), "push")
    } else if model.count == capacity {
      expect(outcome, .full(next), "push")
    } else {
      expect(outcome, .pushed, "push")
      model.append(next)
    }
    next += 1
  }

  private mutating func pushThree() {
    let first = next
    var made: [Int] = []
    let pushed = queue.push(upTo: 3) { index in
      made.append(index)
      return first + UInt64(index)
    }
    accept(pushed, of: 3)
    expect(made, Array(0..<pushed), "made")
  }

  private mutating func pushSeven() {
    let elements = (0..<7).map { next + $0 }
    accept(queue.push(contentsOf: elements), of: 7)
  }

  private mutating func accept(_ pushed: Int, of count: Int) {
    expect(pushed, isClosed ? 0 : min(count, capacity - model.count), "batch")
    for _ in 0..<pushed {
      model.append(next)
      next += 1
    }
  }

  private mutating func drain(limit: Int, throwingAfter patience: Int?) {
    var seen: [UInt64] = []
    var taken: Int?
    do throws(Stopped) {
      taken = try queue.drain(limit: limit) { element throws(Stopped) in
        seen.append(element)
        if seen.count == patience { throw Stopped() }
      }
    } catch {
      expect(seen.count, patience ?? -1, "thrown")
    }
    let expected = Array(model.prefix(min(limit, patience ?? .max)))
    expect(seen, expected, "drain")
    if expected.count != patience { expect(taken, expected.count, "drained") }
    model.removeFirst(expected.count)
  }

  private mutating func expect<Value: Equatable>(_ value: Value, _ expected: Value, _ what: String) {
    if value != expected, fault == nil { fault = "\(what): \(value), not \(expected)" }
  }
}
