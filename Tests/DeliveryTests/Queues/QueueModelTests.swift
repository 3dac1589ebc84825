import Choosing
import Delivery
import SequencerModel
import Testing

/// Both queues beside an array, driven by one thread.
@Suite struct QueueModelTests {
  /// Counters from the beginning, and about to wrap.
  static let origins: [UInt64] = [0, .max - 3]

  @Test("SPSC: every sequence of steps, small queues", arguments: [1, 2, 3, 4, 7, 8])
  func everySequenceSPSC(capacity: Int) {
    everySequence(TrialSPSC.self, capacity)
  }

  @Test("MPSC: every sequence of steps, small queues", arguments: [1, 2, 3, 4, 7, 8])
  func everySequenceMPSC(capacity: Int) {
    everySequence(TrialMPSC.self, capacity)
  }

  /// Three steps, whatever they are, from every place in a lap and from empty, half full, nearly full and full.
  private func everySequence<Queue: TrialQueue & ~Copyable>(_ queue: Queue.Type, _ capacity: Int) {
    typealias Trial = QueueTrial<Queue>
    let steps = Trial.Step.allCases
    var trials = 0
    for origin in Self.origins {
      for places in origin == 0 ? 0...0 : 0...capacity {
        for elements in Set([0, capacity / 2, capacity - 1, capacity]) {
          for number in 0..<steps.count * steps.count * steps.count {
            let sequence = [number % 9, number / 9 % 9, number / 81].map { steps[$0] }
            var trial = Trial(capacity: capacity, startingAt: origin)
            trial.prepare(places: places, elements: elements)
            for step in sequence { trial.run(step) }
            trial.run(.drainAll)
            trials += 1
            if let fault = trial.fault {
              Issue.record("\(fault); capacity \(capacity), from \(origin), \(places), \(elements): \(sequence)")
              return
            }
          }
        }
      }
    }
    #expect(trials >= 2 * 2 * 729)
  }

  @Test("SPSC: long random runs", arguments: [5, 6, 12, 13, 64, 100])
  func randomSPSC(capacity: Int) {
    random(TrialSPSC.self, capacity)
  }

  @Test("MPSC: long random runs", arguments: [5, 6, 12, 13, 64, 100])
  func randomMPSC(capacity: Int) {
    random(TrialMPSC.self, capacity)
  }

  private func random<Queue: TrialQueue & ~Copyable>(_ queue: Queue.Type, _ capacity: Int) {
    typealias Trial = QueueTrial<Queue>
    for seed in 1...4 as ClosedRange<UInt64> {
      var random = Choices(seed: seed)
      var trial = Trial(capacity: capacity, startingAt: seed % 2 == 0 ? 0 : .max - 1_000)
      // Filling and emptying by turns: a fair mix would never come near full.
      let filling: [Trial.Step] = [.push, .push, .pushThree, .pushSeven, .pop, .retakeEnds]
      let emptying: [Trial.Step] = [.pop, .pop, .drainTwo, .drainThrowing, .push, .drainAll]
      for step in 0..<4_000 {
        let steps = step / (2 * capacity) % 2 == 0 ? filling : emptying
        trial.run(steps[Int(random.next() % UInt64(steps.count))])
        if let fault = trial.fault {
          Issue.record("\(fault); capacity \(capacity), seed \(seed), step \(step)")
          return
        }
      }
    }
  }
}
