internal import Synchronization

extension Limits {
  static let handOverName = "limit/hand-over"
  /// Twice what a quiet machine was seen to need: 130 … 190 ns.
  static let quietRoundTripNanoseconds = 300.0

  /// What two cores cost each other.
  static var machine: [Scenario] {
    [
      Scenario(handOverName, unit: "ns/line", "hand a line to another core, one way: half a round trip") { context in
        let trips = context.plan.operations(200_000)
        return {
          let line = HandOver()
          let partner = Thread(onCore: 1) { line.answer(trips) }
          // The first answer shows that the partner runs; starting it is not what is measured.
          line.timedRoundTrips(from: 0, through: 1)
          let start = Clock.nanoseconds()
          line.timedRoundTrips(from: 1, through: trips)
          let nanoseconds = Clock.nanoseconds() - start
          partner.join()
          return Sample(nanoseconds: nanoseconds, count: max(2 * (trips - 1), 1), hash: digest(line.value))
        }
      }
    ]
  }
}

/// A word that two threads pass to and fro: odd values are the caller's, even ones the partner's.
private final class HandOver: Sendable {
  // Neither the object's header nor its neighbours in the heap share a line with the word.
  private let before = Padding()
  private let word = Atomic<UInt64>(0)
  private let after = Padding()

  var value: UInt64 { word.load(ordering: .acquiring) }

  func timedRoundTrips(from first: Int, through last: Int) {
    var trip = UInt64(first)
    while trip < UInt64(last) {
      word.store(2 &* trip &+ 1, ordering: .releasing)
      wait(for: 2 &* trip &+ 2)
      trip &+= 1
    }
  }

  func answer(_ trips: Int) {
    for trip in 0..<UInt64(trips) {
      wait(for: 2 &* trip &+ 1)
      word.store(2 &* trip &+ 2, ordering: .releasing)
    }
  }

  private func wait(for value: UInt64) {
    var spins = 0
    while word.load(ordering: .acquiring) != value {
      spins &+= 1
      // Where both share a core, or the other one lost its own, spinning on would take a whole time slice.
      if spins & 0xFFFF == 0 { Thread.yield() }
    }
  }
}

/// 128 bytes: two lines, because neighbouring ones are fetched in pairs.
struct Padding: Sendable {
  typealias Line = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  let lines: (Line, Line) = ((0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0))
}
