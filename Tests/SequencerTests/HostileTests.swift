import Testing

@testable import Sequencer

/// What a hostile peer can do, and what it costs: rows 1 to 9 of the list of faults.
@Suite("Hostile peers")
struct HostileTests {
  #if DEBUG
    static let isDebug = true
  #else
    static let isDebug = false
  #endif

  // MARK: 1

  @Test("Far numbers are refused by name, and nothing is allocated")
  func farNumbers() {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    _ = sequencer.receive(1, number: 1, from: 1, at: .zero) { _ in }
    _ = sequencer.receive(3, number: 3, from: 1, at: .zero) { _ in }
    let before = sequencer.statistics
    var events = 0
    var rejected: UInt64 = 0
    for center in [1_026, 1 << 32, 1 << 53, 1 << 63, UInt64.max - 3] as [UInt64] {
      for number in center - 1...center + 3 {
        let expected: Rejection = number < 1 << 53 ? .beyondWindow : .invalidNumber
        for stream in UInt64(1)...2 where number > 1_025 {
          let outcome = sequencer.receive(0, number: number, from: stream, at: .zero) { _ in events += 1 }
          #expect(outcome == .rejected(expected))
          let void = sequencer.void(number...number, of: stream, at: .zero) { _ in events += 1 }
          #expect(void == .rejected(expected))
          rejected += 1
        }
        if number >= 1 << 53 {
          let tip = sequencer.noteTip(number, of: 1, at: .zero) { _ in events += 1 }
          #expect(tip == .rejected(.invalidNumber))
          let base = sequencer.receive(0, number: 2, base: number, from: 1, at: .zero) { _ in events += 1 }
          #expect(base == .rejected(.invalidNumber))
          rejected += 1
        }
      }
    }
    #expect(events == 0)
    let after = sequencer.statistics
    #expect(after.allocatedBytes == before.allocatedBytes)
    #expect(after.rejected == rejected)
    #expect([after.streams, after.held] == [1, 1])
    #expect(sequencer.position(of: 1) == Position(number: 2))
  }

  // MARK: 2

  @Test("A storm of duplicates is emitted once and grows nothing")
  func duplicates() {
    let storm = Self.isDebug ? 1_000_000 : 10_000_000
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    var events = 0
    for number in [1, 2, 4] as [UInt64] {
      _ = sequencer.receive(0, number: number, from: 1, at: .zero) { _ in events += 1 }
    }
    #expect(events == 2)
    let before = sequencer.statistics
    var wrong = 0
    for index in 0..<storm {
      let number = [1, 2, 4][index % 3] as UInt64
      let outcome = sequencer.receive(1, number: number, from: 1, at: .zero) { _ in events += 1 }
      if outcome != .duplicate(number == 4 ? .buffered : .emitted) { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(events == 2)
    let after = sequencer.statistics
    #expect(after.duplicates == UInt64(storm))
    #expect(after.allocatedBytes == before.allocatedBytes)
    #expect(after.held == 1)
  }

  // MARK: 3

  @Test("Holes everywhere: the caps hold per stream and in all, memory stays under the formula, and does not creep")
  func holes() {
    var configuration = SequencerConfiguration()
    configuration.repair = nil
    configuration.window = 256
    configuration.bufferLimit = 4_096
    var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: 1)
    var now: UInt64 = 0
    var most = 0
    for round in UInt64(0)..<5 {
      let first = round * 256
      var outcomes: [ReceiveOutcome: Int] = [:]
      // The next number is withheld, and every second one after it; each gap has a clock of its own.
      for number in stride(from: first + 2, through: first + 258, by: 2) {
        for stream in UInt64(0)..<40 {
          now += 1
          let outcome = sequencer.receive(
            number, number: number, from: stream, at: Instant(nanoseconds: now)
          ) { _ in }
          outcomes[outcome, default: 0] += 1
        }
      }
      #expect(sequencer.statistics.held == 4_096)
      #expect(outcomes[.buffered] == 4_096)
      #expect(outcomes[.rejected(.beyondWindow)] == 40)
      #expect(outcomes[.rejected(.overCapacity)] == 40 * 128 - 4_096)
      // By the documentation: a block with 16 slots a stream, a clock a gap, a page of 16 slots for sixteen numbers, a directory
      // of at most a window of bytes; and at most as much again that the pools have in reserve, and their first pages.
      let block = 128 + 16 * 8 + 64
      let formula = 40 * (block + 256 + 16 * 16) + 4_096 * 72 + 40 * 17 * (4 + 16 * 8 + 16)
      let bytes = sequencer.statistics.allocatedBytes
      #expect(bytes < 2 * formula + 64 * 1_024)
      // The first round leaves a full ledger to each stream; from then on there is room for everything.
      if round <= 1 { most = bytes } else { #expect(bytes == most) }
      now += 5_000_000_000
      var delivered = 0
      var skipped = 0
      sequencer.advance(to: Instant(nanoseconds: now)) { event in
        switch event {
        case .delivered: delivered += 1
        case .skipped: skipped += 1
        default: break
        }
      }
      #expect(delivered == 4_096)
      #expect(skipped == 4_096)
      #expect(sequencer.statistics.held == 0)
      // All go on from the same number in the next round.
      for stream in UInt64(0)..<40 {
        let outcome = sequencer.resynchronize(stream, next: first + 257) { _ in }
        #expect(outcome == .resynchronized)
      }
    }
  }

  // MARK: 4

  @Test("Very many streams: at most 32 bytes each, and then .tooManyStreams")
  func streams() {
    let limit = UInt64(Self.isDebug ? 1 << 16 : 1 << 20)
    var configuration = SequencerConfiguration()
    configuration.streamLimit = Int(limit)
    var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: 1)
    var wrong = 0
    for stream in 0..<limit {
      if sequencer.receive(0, number: 1, from: stream, at: .zero, { _ in }) != .delivered { wrong += 1 }
      if stream % 4_096 == 4_095 {
        // 21 to 32 bytes a stream, and the spare cell.
        let bytes = sequencer.statistics.allocatedBytes
        #expect(bytes <= 32 * (Int(stream) + 4) + 64)
        #expect(bytes >= 21 * Int(stream))
      }
    }
    #expect(wrong == 0)
    let bytes = sequencer.statistics.allocatedBytes
    for stream in limit..<limit + 1_000 {
      if sequencer.receive(0, number: 1, from: stream, at: .zero, { _ in }) != .rejected(.tooManyStreams) { wrong += 1 }
    }
    for stream in stride(from: 0, to: limit, by: 97) {
      if sequencer.receive(0, number: 2, from: stream, at: .zero, { _ in }) != .delivered { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(sequencer.statistics.streams == Int(limit))
    #expect(sequencer.statistics.allocatedBytes == bytes)
    #expect(sequencer.statistics.longestProbe < 64)
  }

  // MARK: 5

  @Test("Keys chosen to collide under one seed do not under another, and the worst probe is reported")
  func collisions() {
    // What an attacker does who knows the seed: hashes of one 4,096th of the table.
    let known = HashSeed(1)
    var keys: [UInt64] = []
    for key in UInt64(0)... where known.hash(key) >> 52 == 0 {
      keys.append(key)
      if keys.count == 400 { break }
    }
    for (seed, isKnown) in [(1, true), (2, false), (0xC0FFEE, false)] as [(UInt64, Bool)] {
      var sequencer = Sequencer<UInt64, UInt64>(hashSeed: seed)
      var delivered = 0
      for number in UInt64(1)...3 {
        for key in keys { _ = sequencer.receive(number, number: number, from: key, at: .zero) { _ in delivered += 1 } }
      }
      #expect(delivered == 1_200)
      // 400 keys fill a hundred buckets of four, if all begin at the first.
      let probe = sequencer.statistics.longestProbe
      if isKnown { #expect(probe >= 100) } else { #expect(probe < 30) }
    }
  }

  @Test("The seed reaches every kind of key")
  func seeds() {
    let seeds = (HashSeed(1), HashSeed(2))
    var differing = 0
    for number in UInt64(0)..<100 {
      if number.streamHash(seeds.0) != number.streamHash(seeds.1) { differing += 1 }
      if UInt128(number).streamHash(seeds.0) != UInt128(number).streamHash(seeds.1) { differing += 1 }
      if StreamPair(0, number).streamHash(seeds.0) != StreamPair(0, number).streamHash(seeds.1) { differing += 1 }
      if "\(number)".streamHash(seeds.0) != "\(number)".streamHash(seeds.1) { differing += 1 }
      #expect(number.streamHash(seeds.0) == number.streamHash(HashSeed(1)))
    }
    #expect(differing == 400)
  }

  // MARK: 6, 7, 8

  @Test(
    "A gap that never fills costs one skip after 5 s, and the stream goes on; late comes once; the first payload wins")
  func gapThatNeverFills() {
    let script = Script.withoutRepair()
    for number in UInt64(2)...1_000 { #expect(script.receive(number) == .buffered) }
    #expect(script.receive(500, "forged") == .duplicate(.buffered))
    let out = script.advance(to: .seconds(5))
    #expect(out == ["skip 1 timeout"] + (2...1_000).map { "\($0)" })
    #expect(script.receive(1_001) == .delivered)
    #expect(script.receive(1) == .late)
    for _ in 0..<100 { #expect(script.receive(1, "forged") == .duplicate(.emitted)) }
    #expect(script.heard() == ["1001", "late 1"])
    #expect(script.statistics.skipped == 1)
  }

  // MARK: 9

  /// A thousand streams, each with two gaps of its own start.
  private func waiting() -> Sequencer<UInt64, UInt64> {
    var sequencer = Sequencer<UInt64, UInt64>(hashSeed: 1)
    for stream in UInt64(0)..<1_000 {
      let now = Instant(nanoseconds: 1_000_000 + stream)
      _ = sequencer.receive(0, number: 2, from: stream, at: now) { _ in }
      _ = sequencer.receive(0, number: 5, from: stream, at: now) { _ in }
    }
    return sequencer
  }

  @Test("A clock that stands still or runs backwards gives up nothing, and what waits stays bounded")
  func frozen() {
    var sequencer = waiting()
    let deadline = sequencer.nextDeadline
    var events = 0
    for backwards in [0, 1, 500_000, 1_000_999] as [UInt64] {
      for _ in 0..<10 { sequencer.advance(to: Instant(nanoseconds: backwards)) { _ in events += 1 } }
    }
    #expect(events == 0)
    #expect(sequencer.nextDeadline == deadline)
    #expect(deadline == Instant(nanoseconds: 201_000_000))
    #expect(sequencer.statistics.held == 2_000)
  }

  @Test(
    "A leap of a day, of ten years, of all time: one skip per gap, no stampede of requests, and then nothing is due")
  func leaps() {
    let day: UInt64 = 86_400_000_000_000
    for leap in [day, 3_653 * day, Instant.max.nanoseconds] {
      var sequencer = waiting()
      var skips = 0
      var deliveries = 0
      var others = 0
      sequencer.advance(to: Instant(nanoseconds: leap)) { event in
        switch event {
        case .skipped: skips += 1
        case .delivered: deliveries += 1
        default: others += 1
        }
      }
      #expect([skips, deliveries, others] == [2_000, 2_000, 0])
      #expect(sequencer.nextDeadline == nil)
      // And back again: the clock stays where it was.
      let outcome = sequencer.receive(0, number: 7, from: 1, at: .zero) { _ in }
      #expect(outcome == .buffered)
      if leap < Instant.max.nanoseconds {
        #expect(sequencer.nextDeadline == Instant(nanoseconds: leap).advanced(by: .milliseconds(200)))
      } else {
        #expect(sequencer.nextDeadline == nil)
      }
    }
  }

  @Test("Without a timeout a leap of ten years asks for each gap once")
  func leapWithoutTimeout() {
    var configuration = SequencerConfiguration()
    configuration.gapTimeout = nil
    var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: 1)
    for stream in UInt64(0)..<1_000 { _ = sequencer.receive(0, number: 2, from: stream, at: .zero) { _ in } }
    var attempts: [Int: Int] = [:]
    for _ in 0..<3 {
      sequencer.advance(to: .seconds(315_360_000)) { event in
        if case .missing(_, _, _, let attempt) = event { attempts[attempt, default: 0] += 1 }
      }
    }
    #expect(attempts == [8: 1_000])
    #expect(sequencer.nextDeadline == nil)
  }
}
