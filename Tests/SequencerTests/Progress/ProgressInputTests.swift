import Sequencer
import Testing

/// What a peer may send for a progress, and what a limit does to it.
@Suite struct ProgressInputTests {
  @Test func whatAPeerSentIsCheckedBeforeAnythingIsMadeOfIt() {
    let last = Position.lastNumber
    #expect(StreamProgress(validating: [(17, 18)], through: 41) == StreamProgress(through: 41, except: [17...18]))
    #expect(
      StreamProgress(validating: [(1, 2), (5, 6)], through: 6)?.canonical == StreamProgress(above: 2, through: 4))
    #expect(StreamProgress(validating: [], through: last) != nil)
    let refused: [([(UInt64, UInt64)], UInt64, UInt64)] = [
      ([(18, 17)], 0, 41), ([(3, 4), (5, 6)], 0, 41), ([(5, 6), (3, 3)], 0, 41), ([(3, 5), (5, 6)], 0, 41),
      ([(0, 2)], 0, 41), ([(4, 4)], 4, 41), ([(40, 42)], 0, 41), ([], 42, 41), ([], 0, last + 1), ([], 0, .max),
      ([(.max, .max)], 0, 41), ([(1, .max)], 0, 41), ([(5, 6)], .max, .max),
    ]
    for (pairs, above, through) in refused {
      #expect(
        StreamProgress(validating: pairs.map { (first: $0.0, last: $0.1) }, above: above, through: through) == nil)
    }
    let many = (1...17).map { (first: UInt64(2 * $0), last: UInt64(2 * $0)) }
    #expect(StreamProgress(validating: many, through: 100, limit: 16) == nil)
    #expect(StreamProgress(validating: many, through: 100, limit: 17) != nil)
  }

  @Test func otherEpochsAndNonsenseChangeNothing() {
    let before = StreamProgress(epoch: 2, through: 9, except: [4...5])
    var progress = before
    #expect(progress.merge(StreamProgress(epoch: 1, through: 20)) == .otherEpoch)
    #expect(progress.merge(StreamProgress(epoch: 3, through: 20)) == .otherEpoch)
    #expect(progress.merge(StreamProgress(epoch: 2, through: .max)) == .invalid)
    #expect(progress.merge(StreamProgress(epoch: 2, above: 9, through: 3)) == .invalid)
    #expect(progress.merge(StreamProgress(epoch: 2, through: 9, except: [5...6, 2...3])) == .invalid)
    for number in [0, Position.lastNumber + 1, .max] { #expect(progress.insert(number) == .invalid) }
    #expect(progress.insert(7...(.max)) == .invalid)
    #expect(progress.insert(0...20) == .invalid)
    #expect(progress == before)
  }

  @Test func theLastNumberIsTaken() {
    var progress = StreamProgress(through: 3)
    #expect(progress.insert(Position.lastNumber) == .grown)
    #expect(progress == StreamProgress(through: Position.lastNumber, except: [4...Position.lastNumber - 1]))
    #expect(progress.insert(1...Position.lastNumber) == .grown)
    #expect(progress == StreamProgress(through: Position.lastNumber))
  }

  @Test func aHostileComb() {
    // Every second number, the first withheld: the holes stay at the limit, however much is claimed.
    var progress = StreamProgress(through: 0)
    var limited = 0
    for number in stride(from: UInt64(2), through: 200_000, by: 2) where progress.insert(number) == .limited {
      limited += 1
    }
    #expect(progress.except.count == StreamProgress.defaultLimit)
    #expect(limited == 100_000 - StreamProgress.defaultLimit - 1)
    // What goes on where it stopped is still taken; filling a hole makes room for one more.
    #expect(progress.insert(progress.through + 1) == .grown)
    #expect(progress.insert(3) == .grown)
    #expect(progress.insert(200_000) == .grown)
    #expect(progress.insert(200_002) == .limited)
  }
}
