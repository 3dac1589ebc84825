import Choosing
import Testing

/// The source of all decisions: what it promises to every driver.
@Suite struct ChoicesTests {
  /// Every kind of question, with bounds of every width; the answers as words.
  private func answers(_ choices: inout Choices) -> [UInt64] {
    var answers: [UInt64] = []
    for highest in Self.bounds { answers.append(choices.upTo(highest)) }
    answers.append(UInt64(choices.below(7)))
    answers.append(choices.number(10...12))
    answers.append(choices.chance(50) ? 1 : 0)
    answers.append(choices.pick([3, 1, 4]))
    answers.append(choices.next())
    return answers
  }

  static let bounds: [UInt64] = [0, 1, 255, 256, 65_535, 65_536, 1 << 32 - 1, 1 << 32, .max - 1, .max]

  @Test func answersStayWithinTheirBounds() {
    var bytes = Choices(seed: 1)
    for seed in 0..<200 as Range<UInt64> {
      expectBounds(Choices(seed: seed))
      expectBounds(Choices(tape: (0..<60).map { _ in UInt8(bytes.upTo(255)) }))
    }
  }

  private func expectBounds(_ source: Choices) {
    var choices = source
    for highest in Self.bounds {
      let answer = choices.upTo(highest)
      #expect(answer <= highest)
    }
    let (place, number, letter) = (choices.below(3), choices.number(5...6), choices.pick(["a", "b"]))
    #expect(0..<3 ~= place)
    #expect(5...6 ~= number)
    #expect(["a", "b"].contains(letter))
  }

  @Test func whatIsRecordedIsPlayedAgain() {
    for seed in 0..<200 as Range<UInt64> {
      var plain = Choices(seed: seed)
      var recording = Choices(seed: seed, records: true)
      let expected = answers(&plain)
      let recorded = answers(&recording)
      #expect(recorded == expected, "recording changes nothing")
      var replay = Choices(tape: recording.tape)
      #expect(!replay.isOver)
      let replayed = answers(&replay)
      #expect(replayed == expected)
      #expect(replay.isOver)
      #expect(!plain.isOver && !recording.isOver, "seeds go on for ever")
    }
  }

  @Test func anAnswerTakesAsManyBytesAsItsBound() {
    for (highest, width) in zip(Self.bounds, [0, 1, 1, 2, 2, 4, 4, 8, 8, 8]) {
      var choices = Choices(seed: 3, records: true)
      _ = choices.upTo(highest)
      #expect(choices.tape.count == width, "\(highest)")
    }
    var choices = Choices(tape: [1, 2, 3, 4, 5, 6, 7, 8])
    let (short, long) = (choices.upTo(0xFFFF), choices.upTo(.max))
    #expect(short == 0x0201, "the lowest byte first")
    #expect(long == 0x0807_0605_0403, "and what is missing is zero")
  }

  @Test func behindATapesEndAllIsTame() {
    var choices = Choices(tape: [])
    #expect(choices.isOver)
    let tame = answers(&choices)
    #expect(tame == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 3, 0])
  }

  @Test func chancesAreWhatTheySay() {
    for percent in [0, 1, 30, 99, 100] {
      var choices = Choices(seed: 9)
      var hits = 0
      for _ in 0..<20_000 where choices.chance(percent) { hits += 1 }
      #expect(abs(hits - 200 * percent) < 400, "\(percent): \(hits)")
      #expect(percent > 0 || hits == 0)
      #expect(percent < 100 || hits == 20_000)
    }
  }

  @Test func aWalkTakesEveryPathOnce() {
    // Which question is next, and how many there are, depends on the answers before.
    var seen: [[UInt64]] = []
    var choices = Choices.walk
    repeat {
      var path = [choices.upTo(2)]
      switch path[0] {
      case 0: break
      case 1: path.append(choices.upTo(1))
      default:
        path.append(choices.upTo(2))
        if path[1] > 0 { path.append(choices.number(4...7)) }
      }
      seen.append(path)
    } while choices.moveOn()
    #expect(seen.count == 1 + 2 + (1 + 2 * 4))
    #expect(Set(seen).count == seen.count)
    #expect(seen.first == [0] && seen.last == [2, 2, 7])
  }

  @Test func aWalkOfNothingHasOnePath() {
    var choices = Choices.walk
    let goesOn = choices.moveOn()
    #expect(!goesOn)
  }

  @Test func shufflingEndsOnAnyTape() {
    var (tame, order) = (Choices(tape: []), Array(0..<100))
    tame.shuffle(&order)
    #expect(order == Array(0..<100))
    var random = Choices(seed: 1)
    random.shuffle(&order)
    #expect(order != Array(0..<100) && order.sorted() == Array(0..<100))
  }
}
