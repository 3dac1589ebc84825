/// What a thread has learnt of every thread: a vector clock.
///
/// An event happened before what a thread does now if the thread's clock has reached the event's time.
struct Clock: Hashable {
  /// The setting-up thread, which is 0, and those of the body.
  static let threadLimit = 8

  private var times = SIMD8<UInt32>()

  subscript(thread: Int) -> UInt32 { times[thread] }

  func hasReached(_ time: UInt32, of thread: Int) -> Bool { times[thread] >= time }

  mutating func tick(_ thread: Int) { times[thread] &+= 1 }

  /// Sets one thread's time to that of another clock.
  mutating func advance(_ thread: Int, to other: Clock) { times[thread] = other.times[thread] }

  mutating func join(_ other: Clock) { times.replace(with: other.times, where: other.times .> times) }

  func joined(_ other: Clock) -> Clock {
    var clock = self
    clock.join(other)
    return clock
  }
}
