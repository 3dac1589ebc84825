import Choosing
import SequencerModel
import Testing

@testable import Sequencer

/// The stream table from inside, against a dictionary: small tables, chosen hashes, chains that wrap around.
@Suite("Stream table")
struct StreamTableTests {
  /// Keys whose hashes are as bad as they can be.
  struct Clumsy<Hashing: ClumsyHashing>: StreamKey, NumberedTableKey {
    let number: UInt64
    init(number: UInt64) { self.number = number }
    func streamHash(_ seed: HashSeed) -> UInt64 { Hashing.hash(number) }
  }

  enum Constant: ClumsyHashing { static func hash(_ number: UInt64) -> UInt64 { 1 << 63 } }
  /// All homes are the last bucket, so every chain wraps around.
  enum Last: ClumsyHashing { static func hash(_ number: UInt64) -> UInt64 { .max } }
  enum FirstAndLast: ClumsyHashing { static func hash(_ number: UInt64) -> UInt64 { number % 2 == 0 ? .max : 0 } }
  /// The last three of eight buckets.
  enum Few: ClumsyHashing { static func hash(_ number: UInt64) -> UInt64 { (5 + number % 3) << 61 } }
  enum Spread: ClumsyHashing {
    static func hash(_ number: UInt64) -> UInt64 { number &* 0x9E37_79B9_7F4A_7C15 }
  }

  #if DEBUG
    static let seeds: ClosedRange<UInt64> = 1...12
  #else
    static let seeds: ClosedRange<UInt64> = 1...150
  #endif

  @Test("Random inserts, removals and sweeps leave what a dictionary has", arguments: seeds)
  func random(seed: UInt64) {
    walk(Clumsy<Constant>.self, seed)
    walk(Clumsy<Last>.self, seed)
    walk(Clumsy<FirstAndLast>.self, seed)
    walk(Clumsy<Few>.self, seed)
    walk(Clumsy<Spread>.self, seed)
    walk(UInt64.self, seed)
    walk(UInt128.self, seed)
    walk(StreamPair.self, seed)
    walk(String.self, seed)
  }

  private func walk<Key: NumberedTableKey>(_ type: Key.Type, _ seed: UInt64) {
    var random = Choices(seed: seed)
    var table = StreamTable<Key>(seed: seed)
    var model: [UInt64: UInt64] = [:]
    let universe = UInt64(random.pick([6, 24, 40, 90]))
    for step in UInt64(1)...300 {
      let number = random.next() % universe
      let key = Key(number: number)
      switch random.below(100) {
      case 0: sweep(&table, &model, &random)
      case 1..<55:
        if model[number] == nil {
          let reference = table.insert(key, hash: table.hash(key), Cell(next: step, epoch: 0))
          #expect(reference.cell.next == step)
          model[number] = step
        } else if let reference = table.find(key, hash: table.hash(key)) {
          reference.cell = Cell(next: step, epoch: 0)
          model[number] = step
        }
      default:
        // Of one that is not there, nothing happens.
        table.remove(key, hash: table.hash(key))
        model[number] = nil
      }
      #expect(table.count == model.count)
      if step % 10 == 0 { compare(table, model, universe) }
    }
    compare(table, model, universe)
  }

  private func compare<Key: NumberedTableKey>(
    _ table: borrowing StreamTable<Key>, _ model: [UInt64: UInt64], _ universe: UInt64
  ) {
    var wrong: [UInt64] = []
    for number in 0..<universe {
      let key = Key(number: number)
      if table.find(key, hash: table.hash(key))?.cell.next != model[number] { wrong.append(number) }
    }
    #expect(wrong == [])
    var visited: [UInt64: UInt64] = [:]
    var visits = 0
    table.forEach { key, cell in
      visited[key.number] = cell.next
      visits += 1
    }
    #expect(visited == model)
    #expect(visits == model.count)
  }

  /// Removes what chance names, and checks that each stream was asked about once.
  private func sweep<Key: NumberedTableKey>(
    _ table: inout StreamTable<Key>, _ model: inout [UInt64: UInt64], _ random: inout Choices
  ) {
    let percent = random.pick([0, 30, 80, 100])
    var visits: [UInt64: Int] = [:]
    var removed: Set<UInt64> = []
    table.removeAll { key, reference in
      visits[key.number, default: 0] += 1
      if reference.cell.next != model[key.number] { visits[key.number, default: 0] += 100 }
      if random.chance(percent) { removed.insert(key.number) }
      return removed.contains(key.number)
    }
    #expect(visits == model.mapValues { _ in 1 })
    for number in removed { model[number] = nil }
    #expect(table.count == model.count)
  }

  @Test("Deletion closes the hole: whatever is removed from a wrapped chain, the others are found")
  func holes() {
    for removed in UInt64(0)..<20 {
      var table = StreamTable<Clumsy<Last>>(seed: 1)
      for number in UInt64(0)..<20 {
        let key = Clumsy<Last>(number: number)
        _ = table.insert(key, hash: table.hash(key), Cell(next: number + 1, epoch: 0))
      }
      // Twenty streams with one home fill it and four more buckets, from the last around to the first ones.
      #expect(table.longestProbe == 5)
      table.remove(Clumsy<Last>(number: removed), hash: .max)
      for number in UInt64(0)..<20 {
        let next = table.find(Clumsy<Last>(number: number), hash: .max)?.cell.next
        #expect(next == (number == removed ? nil : number + 1))
      }
    }
  }

  @Test("A stream that has moved is not looked for in its old place, where another one is by now")
  func movedStream() {
    typealias Key = Clumsy<Last>
    var sequencer = Sequencer<Key, Int>(hashSeed: 1)
    func receive(_ number: UInt64, from stream: UInt64) -> ReceiveOutcome {
      sequencer.receive(0, number: number, from: Key(number: stream), at: .zero) { _ in }
    }
    // Four fill the bucket that is home to all; the fifth is displaced, and the last to have a message in order.
    for stream in UInt64(0)..<5 { #expect(receive(1, from: stream) == .delivered) }
    #expect(receive(2, from: 4) == .delivered)
    // It moves up, and another one takes its place that stands as it does.
    #expect(sequencer.close(Key(number: 0)) { _ in })
    #expect(sequencer.open(StreamRecord(stream: Key(number: 5), next: 3)) == .opened)
    #expect(receive(3, from: 4) == .delivered)
    #expect(receive(3, from: 4) == .duplicate(.emitted))
    #expect(receive(3, from: 5) == .delivered)
  }

  @Test("A key whose bytes are those of an empty slot is absent until it is added")
  func zeroKey() {
    var table = StreamTable<UInt64>(seed: 1)
    #expect(table.find(0, hash: table.hash(0)) == nil)
    #expect(table.advance(0, hash: table.hash(0), 0, ifNext: 1) == false)
    _ = table.insert(0, hash: table.hash(0), Cell(next: 1, epoch: 0))
    #expect(table.find(0, hash: table.hash(0))?.cell.next == 1)
    table.remove(0, hash: table.hash(0))
    #expect(table.find(0, hash: table.hash(0)) == nil)
    #expect(table.advance(0, hash: table.hash(0), 0, ifNext: 2) == false)
    #expect(table.count == 0)
  }

  @Test("A key whose bytes still lie in the slot it was removed from is absent")
  func removedKey() {
    var table = StreamTable<UInt64>(seed: 3)
    for key in UInt64(1)...20 { _ = table.insert(key, hash: table.hash(key), Cell(next: 5, epoch: 0)) }
    for key in UInt64(1)...20 {
      table.remove(key, hash: table.hash(key))
      #expect(table.advance(key, hash: table.hash(key), 0, ifNext: 5) == false)
      #expect(table.find(key, hash: table.hash(key)) == nil)
    }
  }

  @Test(
    "advance moves a quiet stream on by one, at its next number only", arguments: [1, 2, 5, (1 << 53) - 1] as [UInt64])
  func advance(next: UInt64) throws {
    var table = StreamTable<UInt64>(seed: 1)
    let hash = table.hash(9)
    let reference = table.insert(9, hash: hash, Cell(next: next, epoch: 0))
    reference.clearTouched()
    for other in [next - 1, next + 1, next + 2, next + 4, 1 << 54, 1 << 62, .max] where other != next {
      #expect(table.advance(9, hash: hash, 0, ifNext: other) == false)
    }
    #expect(!reference.cell.isTouched)
    #expect(table.advance(9, hash: hash, 0, ifNext: next) == true)
    #expect(reference.cell.next == next + 1)
    #expect(reference.cell.isTouched)
  }

  @Test("Reserving makes room at once; a table that is full grows by half")
  func growth() {
    var table = StreamTable<UInt64>(seed: 1)
    #expect(table.bucketCount == 8)
    for key in UInt64(0)..<24 { _ = table.insert(key, hash: table.hash(key), Cell(next: 1, epoch: 0)) }
    #expect(table.bucketCount == 8)
    _ = table.insert(24, hash: table.hash(24), Cell(next: 1, epoch: 0))
    #expect(table.bucketCount == 12)
    table.reserve(300)
    #expect(table.bucketCount == 101)
    table.reserve(10)
    #expect(table.bucketCount == 101)
    for key in UInt64(0)...24 { #expect(table.find(key, hash: table.hash(key)) != nil) }
  }
}

protocol ClumsyHashing: Sendable { static func hash(_ number: UInt64) -> UInt64 }

/// A key that stands for a small number.
protocol NumberedTableKey: StreamKey {
  init(number: UInt64)
  var number: UInt64 { get }
}

extension UInt64: NumberedTableKey {
  init(number: UInt64) { self = number }
  var number: UInt64 { self }
}

extension UInt128: NumberedTableKey {
  init(number: UInt64) { self = UInt128(number) << 64 }
  var number: UInt64 { UInt64(truncatingIfNeeded: self >> 64) }
}

extension StreamPair: NumberedTableKey {
  init(number: UInt64) { self.init(0, number) }
  var number: UInt64 { second }
}

extension String: NumberedTableKey {
  init(number: UInt64) { self = "a key too long to lie in the string itself: \(number)" }
  var number: UInt64 { UInt64(split(separator: " ").last!)! }

  /// A key that does not equal itself, as a peer's NaN makes it.
  struct Measure: StreamKey { var value: Double }

  @Test("A key that does not equal itself is visited once and removed")
  func irreflexive() {
    var table = StreamTable<Measure>(seed: 1)
    let key = Measure(value: .nan)
    for _ in 0..<40 { _ = table.insert(key, hash: table.hash(key), Cell(next: 1, epoch: 0)) }
    var visits = 0
    table.removeAll { _, _ in
      visits += 1
      return visits.isMultiple(of: 2)
    }
    #expect(visits == 40)
    #expect(table.count == 20)
  }
}

extension StreamTable {
  fileprivate mutating func remove(_ key: Key, hash: UInt64) {
    if let reference = find(key, hash: hash) { remove(reference) }
  }
}
