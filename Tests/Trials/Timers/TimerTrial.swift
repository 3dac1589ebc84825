package import Choosing

/// The timer wheel beside a sorted array: any reach, ties, boundaries of levels, cancellations, leaps, limits.
package enum TimerTrial: Trial {
  package static let name = "timers"
  package static let operations = 1_000

  package static func play(_ choices: inout Choices) -> String? { play(&choices, damage: .none) }

  /// With `damage`, the array has a planted bug, to see that the comparison notices.
  package static func play(_ choices: inout Choices, damage: NaiveTimers.Damage) -> String? {
    // Each has a temper of its own: how far ahead it schedules, how much it cancels, how crowded it is.
    var temper = Temper(&choices)
    var pair = TimerPair(damage: damage)
    if choices.chance(50) { pair.advance(to: choices.next() >> UInt64(choices.below(40) + 1)) }
    for _ in 0..<operations where pair.complaint == nil && !choices.isOver { temper.step(&pair, &choices) }
    pair.checkHandles()
    pair.drain()
    return pair.complaint
  }
}

private struct Temper {
  let reach: Int
  let cancels: Int
  let crowd: Int
  let quantum: UInt64

  init(_ choices: inout Choices) {
    reach = choices.below(62)
    cancels = choices.pick([2, 20, 40])
    crowd = choices.pick([3, 30, 300])
    quantum = UInt64(1) << UInt64(choices.pick([0, 0, 10, 20]))
  }

  mutating func step(_ pair: inout TimerPair, _ choices: inout Choices) {
    let id = pair.handles.isEmpty ? 0 : pair.handles.count - 1 - choices.below(min(pair.handles.count, crowd))
    switch choices.below(100) {
    case 0..<40 where pair.count < crowd, 0..<5: pair.schedule(at: deadline(pair, &choices))
    case _ where pair.handles.isEmpty: pair.advance(to: 0)
    case 40..<40 + cancels: pair.cancel(id)
    case 80..<86: pair.reschedule(id, to: deadline(pair, &choices))
    case 86..<88: pair.checkHandles()
    case 88..<92: pair.next(at: pair.nextDeadline ?? pair.newest)
    case 92..<94: pair.advance(to: pair.newest / 2)
    case 94 where choices.chance(10): pair.advance(to: clamp(pair.newest, 315_360_000_000_000_000))
    default:
      let moment = choices.chance(50) ? pair.nextDeadline ?? 0 : deadline(pair, &choices)
      let nudged = choices.chance(50) ? moment : moment - min(1, moment)
      pair.advance(to: nudged, limit: choices.pick([.max, .max, .max, 0, 1, 2]))
    }
  }

  /// Ahead by anything up to 2^reach, on the grid of a level or beside it, at a moment used before, or in the past.
  private func deadline(_ pair: borrowing TimerPair, _ choices: inout Choices) -> UInt64 {
    let span = choices.upTo(1 << UInt64(choices.below(reach + 1)) - 1)
    let moment = clamp(pair.newest, span) / quantum * quantum
    switch choices.below(8) {
    case 0: return moment
    case 1: return pair.nextDeadline ?? moment
    case 2: return moment / 2
    case 3:
      let grid = UInt64(1) << UInt64(6 * choices.below(10))
      return min(clamp(moment / grid * grid, grid - 1 + UInt64(choices.below(3))), UInt64(Int64.max))
    default: return moment
    }
  }

  private func clamp(_ moment: UInt64, _ span: UInt64) -> UInt64 { min(moment &+ span, UInt64(Int64.max)) }
}
