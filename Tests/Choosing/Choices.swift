/// Where all decisions of a test come from: which operation is next, whether a packet is lost, how far the clock leaps.
///
/// One driver, written against this type, is four tests: with a *seed* a random one, with a *tape* the replay of another run
/// or whatever a fuzzer makes of bytes, with a *walk* every case there is, and, recorded and shrunk, the shortest that fails.
///
/// ```swift
/// var choices = Choices(seed: 17, records: true)
/// if let failure = play(&choices) {
///   let tape = shrink(choices.tape) { tape in
///     var choices = Choices(tape: tape)
///     return play(&choices) != nil
///   }
/// }
/// ```
///
/// A driver asks for the tame answer first: zero is the call that goes well, the packet that arrives, the clock that stands
/// still. What is left of a tape that has ended is tame, and so is what shrinking comes to.
package struct Choices: RandomNumberGenerator, Sendable {
  @usableFromInline enum Source: Sendable {
    case seed, tape, walk
  }

  @usableFromInline let source: Source
  @usableFromInline let records: Bool
  @usableFromInline var generator: SplitMix64
  /// The answers: one byte if there are up to 256, else two, four or eight, the lowest first. A walk has a word for each.
  @usableFromInline var bytes: [UInt8] = []
  @usableFromInline var position = 0
  @usableFromInline var path: [Fork] = []

  /// A question of a walk.
  @usableFromInline struct Fork: Sendable {
    var taken: UInt64
    var highest: UInt64
  }

  /// Random answers; with `records`, `tape` gives them again.
  package init(seed: UInt64, records: Bool = false) {
    source = .seed
    self.records = records
    generator = SplitMix64(seed: seed)
  }

  /// The answers on a tape, and zeros behind its end.
  package init(tape: [UInt8]) {
    source = .tape
    records = false
    generator = SplitMix64(seed: 0)
    bytes = tape
  }

  private init(walking: Void) {
    source = .walk
    records = false
    generator = SplitMix64(seed: 0)
  }

  /// The first of all sequences of answers; `moveOn` goes to the next.
  ///
  /// ```swift
  /// var choices = Choices.walk
  /// repeat { play(&choices) } while choices.moveOn()
  /// ```
  package static var walk: Choices { Choices(walking: ()) }

  /// Whether a tape is at its end: nothing but tame answers will come.
  @inlinable package var isOver: Bool { source == .tape && position >= bytes.count }

  /// What was answered, if it was recorded.
  package var tape: [UInt8] { bytes }

  /// A number of `0...highest`: what all other questions come down to.
  @inlinable package mutating func upTo(_ highest: UInt64) -> UInt64 {
    if source == .seed && !records { return Choices.scaled(generator.next(), highest) }
    return slowly(highest)
  }

  @inline(never) @usableFromInline mutating func slowly(_ highest: UInt64) -> UInt64 {
    switch source {
    case .seed:
      let answer = Choices.scaled(generator.next(), highest)
      for shift in 0..<Choices.width(highest) { bytes.append(UInt8(truncatingIfNeeded: answer >> UInt64(8 * shift))) }
      return answer
    case .tape:
      var word: UInt64 = 0
      for shift in 0..<Choices.width(highest) where position < bytes.count {
        word |= UInt64(bytes[position]) << UInt64(8 * shift)
        position += 1
      }
      return word <= highest ? word : word % (highest &+ 1)
    case .walk:
      defer { position += 1 }
      if position == path.count { path.append(Fork(taken: 0, highest: highest)) }
      precondition(path[position].highest == highest, "the same answers must lead to the same question")
      return path[position].taken
    }
  }

  /// Goes on to the next sequence of answers, depth first; false after the last.
  package mutating func moveOn() -> Bool {
    precondition(source == .walk && position == path.count, "a walk moves on from the end of a path")
    position = 0
    while let last = path.last, last.taken == last.highest { path.removeLast() }
    guard !path.isEmpty else { return false }
    path[path.count - 1].taken += 1
    return true
  }

  /// Uniform up to a bias that no test can see; the product's high half costs less than a division.
  @inlinable static func scaled(_ word: UInt64, _ highest: UInt64) -> UInt64 {
    highest == .max ? word : word.multipliedFullWidth(by: highest + 1).high
  }

  private static func width(_ highest: UInt64) -> Int {
    highest == 0 ? 0 : highest <= 0xFF ? 1 : highest <= 0xFFFF ? 2 : highest <= 0xFFFF_FFFF ? 4 : 8
  }
}

// MARK: What tests ask

extension Choices {
  @inlinable package mutating func next() -> UInt64 { upTo(.max) }

  @inlinable package mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: upTo(UInt64(bound - 1))) }

  @inlinable package mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 {
    range.lowerBound + upTo(range.upperBound - range.lowerBound)
  }

  /// True in so many cases of a hundred.
  @inlinable package mutating func chance(_ percent: Int) -> Bool { percent > 0 && below(100) >= 100 - percent }

  @inlinable package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Any order, the given one if all answers are tame. The standard library's `shuffle(using:)` must not be used with a tape:
  /// where nothing but zeros come, it asks for ever.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in elements.indices { elements.swapAt(index, index + below(elements.count - index)) }
  }
}
