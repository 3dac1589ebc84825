import Choosing
import Sequencer
import SequencerModel
import Testing
import Trials

/// A batch is nothing but its messages one by one.
@Suite("Batches")
struct BatchTests {
  #if DEBUG
    static let seeds: ClosedRange<UInt64> = 1...16
    static let batches = 40
  #else
    static let seeds: ClosedRange<UInt64> = 1...60
    static let batches = 300
  #endif

  @Test("Random batches of 1 to 200 answer as one by one, with UInt64 keys", arguments: seeds)
  func fixedWidth(seed: UInt64) { compare(UInt64.self, seed) }

  @Test("Random batches of 1 to 200 answer as one by one, with String keys", arguments: seeds)
  func strings(seed: UInt64) { compare(String.self, seed) }

  private func compare<Key: NumberedKey>(_ key: Key.Type, _ seed: UInt64) {
    var random = Choices(seed: seed)
    var configuration = ModelConfiguration()
    configuration.gapTimeout = 500
    configuration.repairFirst = 60
    configuration.window = random.pick([4, 64, 1_024])
    configuration.bufferedLimit = random.pick([20, 500, 65_536])
    configuration.streamLimit = random.pick([20, 1_000])
    configuration.ledgerRanges = random.pick([0, 2, 16])
    configuration.start = random.pick([.one, .one, .firstSeen, .reject])
    let single = SequencerMachine<Key>(configuration, hashSeed: seed)
    let batched = SequencerMachine<Key>(configuration, hashSeed: seed)
    var senders: [UInt64: UInt64] = [:]
    let streams = random.pick([1, 7, 60])
    var now: UInt64 = 0
    var payload: UInt64 = 0
    var outcomes: Set<String> = []
    for batch in 0..<Self.batches {
      now += random.number(0...200)
      let operations = (0..<random.number(1...200)).map { _ -> SequencerModel.Operation in
        let stream = UInt64(random.below(streams))
        let newest = senders[stream, default: 0]
        payload += 1
        var number = newest + 1
        // Mostly the next one; now and then an older one, or one is lost.
        switch random.below(10) {
        case 0: number = random.number(0...newest + 1)
        case 1: number = newest + random.number(2...6)
        default: break
        }
        senders[stream] = max(number, newest)
        let epoch = Int64(batch / 15) - (random.chance(2) ? 1 : 0)
        return .receive(
          number: number, epoch: max(0, epoch), base: random.chance(3) ? random.number(0...number + 1) : nil,
          payload: payload, stream: stream, at: now)
      }
      if batch % 15 == 14 { senders = [:] }
      let expected = operations.map { single.apply($0) }
      let actual = batched.apply(batch: operations.map { batched.arrival($0)!.0 }, at: Instant(nanoseconds: now))
      #expect(actual.count == expected.count)
      for (index, (one, other)) in zip(expected, actual).enumerated()
      where one.events != other.events || one.outcome != other.outcome {
        Issue.record("seed \(seed), batch \(batch), message \(index): \(operations[index])\n\(one)\n\(other)")
        return
      }
      for reply in actual { outcomes.insert(reply.outcome.description) }
      let opened = configuration.start == .reject ? UInt64(random.below(streams)) : nil
      for other in [opened.map { .open(Record(stream: $0)) }, .advance(at: now), .evictIdle]
        as [SequencerModel.Operation?]
      {
        guard let other, other != .evictIdle || batch % 8 == 7 else { continue }
        #expect(single.apply(other) == batched.apply(other), "seed \(seed), batch \(batch), then \(other)")
      }
    }
    #expect(single.sequencer.snapshot() == batched.sequencer.snapshot())
    #expect(outcomes.count >= 4, "\(outcomes)")
  }

  @Test("An empty batch does nothing, not even to the clock")
  func empty() {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    let none: [Arrival<UInt64, UInt64>] = []
    sequencer.receive(none.span, at: .seconds(10)) { _ in
      Issue.record()
    } outcome: { _, _ in
      Issue.record()
    }
    _ = sequencer.receive(0, number: 2, from: 1, at: .zero) { _ in }
    #expect(sequencer.nextDeadline == .milliseconds(200))
  }

  @Test(
    "Each outcome comes after the events that its message caused, and names its index", arguments: [1, 63, 64, 65, 200])
  func order(count: Int) {
    var sequencer = Sequencer<String, Int>(hashSeed: 1)
    // Pairs come the wrong way round: 2, 1, 4, 3 …
    let arrivals = (0..<count).map { Arrival(message: $0, number: UInt64(($0 ^ 1) + 1), stream: "a") }
    var heard: [String] = []
    sequencer.receive(arrivals.span, at: .zero) { event in
      if case .delivered(_, let position, let message) = event { heard.append("\(position.number)=\(message)") }
    } outcome: { index, outcome in
      heard.append("\(index) \(outcome)")
    }
    let expected = (0..<count).flatMap { index in
      index % 2 == 0
        ? ["\(index) buffered"] : ["\(index)=\(index)", "\(index + 1)=\(index - 1)", "\(index) delivered"]
    }
    #expect(heard == expected)
  }
}
