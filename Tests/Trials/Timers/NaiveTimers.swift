import Delivery
import Sequencer

/// The oracle: an array in the order of firing. It shares no code with the wheel.
package struct NaiveTimers {
  /// A way in which it can be wrong, to see that the comparison notices.
  package enum Damage: CaseIterable {
    case none, firesLate, firesEarly, reversesTies, keepsCancelled, keepsOldDeadline, runsBackwards
  }

  struct Timer: Equatable {
    var deadline: UInt64
    var id: Int
  }

  var damage = Damage.none
  private(set) var timers: [Timer] = []
  private(set) var newest: UInt64 = 0

  var nextDeadline: UInt64? { timers.first.map { max($0.deadline, newest) } }

  mutating func schedule(_ id: Int, at deadline: UInt64) {
    let deadline = max(deadline, newest)
    let place = timers.firstIndex { damage == .reversesTies ? $0.deadline >= deadline : $0.deadline > deadline }
    timers.insert(Timer(deadline: deadline, id: id), at: place ?? timers.endIndex)
  }

  mutating func cancel(_ id: Int) -> Bool {
    guard let place = timers.firstIndex(where: { $0.id == id }) else { return false }
    if damage != .keepsCancelled { timers.remove(at: place) }
    return true
  }

  mutating func reschedule(_ id: Int, to deadline: UInt64) -> Bool {
    guard let place = timers.firstIndex(where: { $0.id == id }) else { return false }
    if damage == .keepsOldDeadline { return true }
    timers.remove(at: place)
    schedule(id, at: deadline)
    return true
  }

  mutating func advance(to now: UInt64, limit: Int = .max) -> [Int] {
    newest = damage == .runsBackwards ? now : max(newest, now)
    let shift = damage == .firesEarly ? 1 : damage == .firesLate ? -1 : 0
    let due = timers.prefix { Int64($0.deadline) <= Int64(newest) + Int64(shift) }.prefix(limit).map(\.id)
    timers.removeFirst(due.count)
    return due
  }
}
