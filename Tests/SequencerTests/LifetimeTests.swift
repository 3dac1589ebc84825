import Testing

@testable import Sequencer

/// Every message handed in is released once, and not before it was emitted or refused, on every path that it can take.
@Suite("Lifetimes")
struct LifetimeTests {
  /// How often each parcel was released.
  final class Books {
    var releases: [Int] = []
    var live: Int { releases.count { $0 == 0 } }

    func parcel() -> Parcel {
      releases.append(0)
      return Parcel(books: self, index: releases.count - 1)
    }
  }

  /// A message that cannot be copied, and notes its end.
  struct Parcel: ~Copyable {
    let books: Books
    let index: Int

    init(books: Books, index: Int) {
      self.books = books
      self.index = index
    }

    deinit { books.releases[index] += 1 }
  }

  /// A message that is counted by reference.
  final class Letter {
    let parcel: Parcel
    init(_ books: Books) { parcel = books.parcel() }
  }

  enum Path: String, CaseIterable {
    case delivered, duplicateEmitted, duplicateBuffered, invalid, staleEpoch, unknown, beyondWindow, tooManyStreams
    case overCapacity, late, stale, heldNear, heldFar, heldAcrossPages, farThenNear, timeout, close, epoch, resync
    case voidThenMessage, tipThenMessage, base, suspended, evicted, manyStreams, window
  }

  /// Walks one path; how many messages are to be alive at its end.
  private func walk<Message: ~Copyable>(
    _ path: Path, _ sequencer: inout Sequencer<UInt64, Message>, _ make: () -> Message
  ) -> Int {
    func receive(
      _ sequencer: inout Sequencer<UInt64, Message>, _ numbers: [UInt64], epoch: UInt32 = 0, base: UInt64? = nil,
      from stream: UInt64 = 1
    ) {
      for number in numbers {
        _ = sequencer.receive(make(), number: number, epoch: epoch, base: base, from: stream, at: .zero) { _ in }
      }
    }
    switch path {
    case .delivered: receive(&sequencer, [1, 2, 3])
    case .duplicateEmitted: receive(&sequencer, [1, 1, 1])
    case .duplicateBuffered:
      receive(&sequencer, [3, 3, 3, 40, 40])
      return 2
    case .invalid: receive(&sequencer, [0, 1 << 53, .max])
    case .staleEpoch:
      receive(&sequencer, [1], epoch: 1)
      receive(&sequencer, [1, 2])
    case .unknown: receive(&sequencer, [1, 2], from: 9)
    case .beyondWindow: receive(&sequencer, [1, 67, 1_000_000])
    case .tooManyStreams: for stream in UInt64(1)...8 { receive(&sequencer, [1], from: stream) }
    case .overCapacity:
      receive(&sequencer, Array(2...50))
      return 30
    case .late:
      _ = sequencer.void(1...3, of: 1, at: .zero) { _ in }
      receive(&sequencer, [2, 2, 1, 3])
    case .stale:
      _ = sequencer.void(1...1, of: 1, at: .zero) { _ in }
      receive(&sequencer, [2])
      _ = sequencer.void(3...3, of: 1, at: .zero) { _ in }
      receive(&sequencer, [1, 1])
    case .heldNear:
      receive(&sequencer, Array(2...16))
      return 15
    case .heldFar:
      receive(&sequencer, [17, 18, 33, 64])
      return 4
    case .heldAcrossPages:
      receive(&sequencer, Array(1...11))
      receive(&sequencer, [13, 16, 17, 27, 28, 29, 48, 75])
      return 8
    case .farThenNear:
      // What came far ahead stays in its page when `next` comes near; what comes then is held near beside it.
      receive(&sequencer, [20, 22])
      receive(&sequencer, Array(1...10))
      receive(&sequencer, [21, 19])
      return 4
    case .timeout:
      receive(&sequencer, [2, 5, 30])
      sequencer.advance(to: .seconds(5)) { _ in }
    case .close:
      receive(&sequencer, [2, 5, 30])
      sequencer.close(1) { _ in }
    case .epoch:
      receive(&sequencer, [2, 5, 30])
      receive(&sequencer, [3], epoch: 1)
      return 1
    case .resync:
      receive(&sequencer, [2, 5, 30])
      _ = sequencer.resynchronize(1, next: 6) { _ in }
      return 1
    case .voidThenMessage:
      _ = sequencer.void(2...3, of: 1, at: .zero) { _ in }
      _ = sequencer.void(40...41, of: 1, at: .zero) { _ in }
      receive(&sequencer, [2, 40])
      return 2
    case .tipThenMessage:
      _ = sequencer.noteTip(5, of: 1, at: .zero) { _ in }
      _ = sequencer.noteTip(50, of: 1, at: .zero) { _ in }
      receive(&sequencer, [5, 50])
      return 2
    case .base:
      receive(&sequencer, [2, 5, 30])
      receive(&sequencer, [30], base: 30)
    case .suspended:
      sequencer.suspend(1)
      receive(&sequencer, [2, 20])
      sequencer.suspend(1)
      return 2
    case .evicted:
      receive(&sequencer, [1, 2])
      receive(&sequencer, [3], from: 2)
      for _ in 0..<3 { sequencer.evictIdle { _ in } }
      return 1
    case .manyStreams:
      for stream in UInt64(1)...4 { receive(&sequencer, [2, 20, 4, 1], from: stream) }
      return 8
    case .window:
      receive(&sequencer, Array((2...31).reversed()))
      receive(&sequencer, [1])
      receive(&sequencer, Array((33...62).reversed()))
      return 30
    }
    return 0
  }

  private func configuration(_ path: Path) -> SequencerConfiguration {
    var configuration = SequencerConfiguration()
    configuration.window = 65
    configuration.bufferLimit = 30
    configuration.streamLimit = 4
    configuration.ledgerLimit = 1
    configuration.start = path == .unknown ? .reject : .one
    return configuration
  }

  @Test("A message that cannot be copied ends once", arguments: Path.allCases)
  func parcels(path: Path) {
    let books = Books()
    do {
      var sequencer = Sequencer<UInt64, Parcel>(configuration(path), hashSeed: 1)
      let held = walk(path, &sequencer) { books.parcel() }
      #expect(books.live == held)
      #expect(sequencer.statistics.held >= held)
      #expect(books.releases.allSatisfy { $0 <= 1 })
    }
    #expect(!books.releases.isEmpty)
    #expect(books.releases.allSatisfy { $0 == 1 })
  }

  @Test("A message that is counted by reference ends once", arguments: Path.allCases)
  func letters(path: Path) {
    let books = Books()
    do {
      var sequencer = Sequencer<UInt64, Letter>(configuration(path), hashSeed: 1)
      #expect(walk(path, &sequencer) { Letter(books) } == books.live)
    }
    #expect(!books.releases.isEmpty)
    #expect(books.releases.allSatisfy { $0 == 1 })
  }

  @Test("A batch releases what it takes")
  func batch() {
    let books = Books()
    do {
      var sequencer = Sequencer<UInt64, Letter>(hashSeed: 1)
      var arrivals = ([1, 3, 3, 0, 1, 40] as [UInt64]).map {
        Arrival(message: Letter(books), number: $0, stream: UInt64(1))
      }
      sequencer.receive(arrivals.span, at: .zero, { _ in }) { _, _ in }
      #expect(books.live == 6)
      arrivals = []
      #expect(books.live == 2)
    }
    #expect(books.releases == Array(repeating: 1, count: 6))
  }

  @Test("Who is handed a message decides when it ends")
  func emitted() {
    let books = Books()
    var kept: [Letter] = []
    do {
      var sequencer = Sequencer<UInt64, Letter>(hashSeed: 1)
      for number in [3, 2, 1] as [UInt64] {
        _ = sequencer.receive(Letter(books), number: number, from: 1, at: .zero) { event in
          if case .delivered(_, _, let letter) = event { kept.append(letter) }
        }
      }
    }
    #expect(books.live == 3)
    #expect(kept.map { $0.parcel.index } == [2, 1, 0])
    kept = []
    #expect(books.live == 0)
  }

  @Test("A restored sequencer has none of the messages that waited; they ended with the old one")
  func restore() throws {
    let books = Books()
    let configuration = configuration(.delivered)
    do {
      var sequencer = Sequencer<UInt64, Letter>(configuration, hashSeed: 1)
      for number in [1, 3, 40] as [UInt64] {
        _ = sequencer.receive(Letter(books), number: number, from: 1, at: .zero) { _ in }
      }
      sequencer = try Sequencer(restoring: sequencer.snapshot(), configuration, hashSeed: 2)
      #expect(books.live == 0)
      #expect(sequencer.position(of: 1) == Position(number: 2))
      let outcome = sequencer.receive(Letter(books), number: 3, from: 1, at: .zero) { _ in }
      #expect(outcome == .buffered)
      #expect(books.live == 1)
    }
    #expect(books.releases == [1, 1, 1, 1])
  }

  // MARK: Keys

  /// A key with something to release.
  struct CountedKey: StreamKey {
    let id: UInt64
    let letter: Letter
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.id == rhs.id }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
  }

  @Test("Keys are kept while their streams are known, and released with them")
  func keys() {
    let books = Books()
    var records: [StreamRecord<CountedKey>] = []
    do {
      var sequencer = Sequencer<CountedKey, String>(hashSeed: 1)
      func key(_ id: UInt64) -> CountedKey { CountedKey(id: id, letter: Letter(books)) }
      // Many enough for the table to grow, quiet ones and ones with headers.
      for id in UInt64(0)..<100 {
        let (key, epoch) = (key(id), UInt32(id % 2))
        for number in [1, 2, id % 3 == 0 ? 4 : 3] as [UInt64] {
          _ = sequencer.receive("\(id)", number: number, epoch: epoch, from: key, at: .zero) { _ in }
        }
      }
      #expect(books.live == 100)
      for id in UInt64(0)..<20 { sequencer.close(key(id)) { _ in } }
      #expect(books.live == 80)
      sequencer.advance(to: .seconds(10)) { _ in }
      sequencer.evictIdle { _ in }
      sequencer.evictIdle { records.append($0) }
      #expect(records.count == 80)
      #expect(books.live == 80)
      records = []
      #expect(books.live == 0)
      for id in UInt64(0)..<10 { _ = sequencer.receive("", number: id + 1, from: key(id), at: .zero) { _ in } }
      #expect(books.live == 10)
    }
    #expect(books.releases.allSatisfy { $0 == 1 })
  }

  @Test("A numbering releases its keys")
  func numbering() throws {
    let books = Books()
    do {
      var numbering = Numbering<CountedKey>(hashSeed: 1)
      for id in UInt64(0)..<60 {
        for _ in 0..<2 { _ = try numbering.next(in: CountedKey(id: id, letter: Letter(books))) }
      }
      #expect(books.live == 60)
      for id in UInt64(0)..<20 {
        let last = numbering.forget(CountedKey(id: id, letter: Letter(books)))
        #expect(last == 2)
      }
      #expect(books.live == 40)
    }
    #expect(books.releases.allSatisfy { $0 == 1 })
  }

  // MARK: Layouts

  struct Three: Equatable { var a: UInt8, b: UInt8, c: UInt8 }
  struct Empty: Equatable {}

  @Test("Messages of every size and alignment come out as they went in")
  func layouts() {
    check { UInt8(truncatingIfNeeded: $0) }
    check { Three(a: UInt8(truncatingIfNeeded: $0), b: 1, c: 2) }
    check { _ in Empty() }
    check { UInt16(truncatingIfNeeded: $0) }
    check { UInt128($0) << 70 }
    check { SIMD4<UInt64>(repeating: $0) }
    check { SIMD16<UInt64>(repeating: $0) }
    check { "a text too long to lie in the string itself: \($0)" }
    check { [$0, $0 + 1] }
    check { $0 % 2 == 0 ? nil : $0 }
    check {
      ($0, "\($0)") as (UInt64, String)
    } isEqual: {
      $0 == $1
    }
  }

  private func check<Message: Equatable>(_ make: (UInt64) -> Message) { check(make) { $0 == $1 } }

  /// In reverse order, so that near, far and again near places are used, in several streams side by side.
  private func check<Message>(_ make: (UInt64) -> Message, isEqual: (Message, Message) -> Bool) {
    var sequencer = Sequencer<UInt64, Message>(hashSeed: 1)
    var delivered: [UInt64: UInt64] = [:]
    var wrong = 0
    for number in Array((30...90).reversed()) + Array(2...29) + [1] as [UInt64] {
      for stream in UInt64(0)..<5 {
        _ = sequencer.receive(make(number &* 31 &+ stream), number: number, from: stream, at: .zero) { event in
          guard case .delivered(let stream, let position, let message) = event else { return }
          delivered[stream, default: 0] += 1
          if position.number != delivered[stream] { wrong += 1 }
          if !isEqual(message, make(position.number &* 31 &+ stream)) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0, "\(Message.self)")
    #expect(delivered == [0: 90, 1: 90, 2: 90, 3: 90, 4: 90], "\(Message.self)")
  }
}
