// A million timeouts of which nine in ten are cancelled, with Dispatch: a timer source each, all on one queue. They have
// the system's clock only: they are set an hour later, nothing falls due while this runs, and so there is no result of
// what expired.
import Dispatch

@main
enum Timers {
  enum Phase { case schedule, cancel }

  static let queue = {
    // Dispatch has threads of its own, and they take over the cores of the one that they come from.
    Peer.unpin()
    return DispatchQueue(label: "timers")
  }()
  static let oneHour = 3_600_000

  static func timer(milliseconds: Int) -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + .milliseconds(milliseconds))
    timer.setEventHandler {}
    timer.activate()
    return timer
  }

  static func cycle(_ context: Peer.Context, _ phase: Phase) -> Peer.Sample {
    let deadlines = context.load("timer-ticks", as: UInt32.self)
    let cancelled = context.load("timer-cancelled", as: UInt32.self)
    let start = Peer.nanoseconds()
    let timers = deadlines.map { timer(milliseconds: oneHour + Int($0)) }
    let scheduled = Peer.nanoseconds()
    for index in cancelled { timers[Int(index)].cancel() }
    let end = Peer.nanoseconds()
    for timer in timers { timer.cancel() }
    return switch phase {
    case .schedule: Peer.Sample(nanoseconds: scheduled - start, count: deadlines.count, hash: nil)
    case .cancel: Peer.Sample(nanoseconds: end - scheduled, count: cancelled.count, hash: nil)
    }
  }

  /// A tenth of the pairs that the others do: it takes long.
  static func churn(_ context: Peer.Context) -> Peer.Sample {
    let count = context.count(1_000_000)
    let start = Peer.nanoseconds()
    for index in 0..<count { timer(milliseconds: 30_000 + index & 1_023).cancel() }
    return Peer.Sample(nanoseconds: Peer.nanoseconds() - start, count: count, hash: nil)
  }

  static func main() {
    let who = "Dispatch timer sources"
    Peer.main([
      Peer.Work("timers/schedule", who, unit: "ns/timer") { cycle($0, .schedule) },
      Peer.Work("timers/cancel", who, unit: "ns/timer") { cycle($0, .cancel) },
      Peer.Work("timers/churn", who, unit: "ns/pair") { churn($0) },
    ])
  }
}
