import Delivery
import Sequencer
import Testing

/// That what a peer says costs no more than its declaration says, by comparing sizes: no clock can tell how long something
/// should take, but four times the work must not take sixteen times as long.
@Suite("Hostile costs", .serialized)
struct HostileCostTests {
  /// The least of several times that `work` takes.
  private func time(_ work: () -> Void) -> Duration {
    (0..<7).map { _ in ContinuousClock().measure(work) }.min() ?? .zero
  }

  /// How many times longer `work` takes for the last of the sizes than for the first.
  private func growthOfTime(_ small: () -> Void, _ large: () -> Void) -> Double { time(large) / time(small) }

  /// An outbox of which five messages are in flight and many wait.
  private func outbox(waiting: Int) -> Outbox<String, Int> {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    var outbox = Outbox<String, Int>(configuration, epoch: 1, seed: 1)
    for number in 0..<waiting + 5 { _ = outbox.enqueue(number, to: "a", at: .zero) }
    while outbox.nextTransmission(at: .zero) != nil {}
    return outbox
  }

  @Test("What waits in an outbox is not looked at, whatever an acknowledgement or a request names")
  func whatWaits() {
    func ask(_ outbox: inout Outbox<String, Int>) {
      // It claims nothing that was sent, and nothing that was not.
      let progress = StreamProgress(epoch: 1, through: Position.lastNumber, except: [1...Position.lastNumber])
      for _ in 0..<1_000 {
        _ = outbox.acknowledge(progress, in: "a", at: .zero)
        _ = outbox.resend(1...Position.lastNumber, epoch: 1, in: "a", at: .zero)
      }
    }
    var few = outbox(waiting: 100)
    var many = outbox(waiting: 10_000)
    let growth = growthOfTime({ ask(&few) }, { ask(&many) })
    #expect(growth < 4)
  }

  @Test("An acknowledgement costs what its excepted ranges cost")
  func exceptedRanges() {
    func comb(_ count: Int) -> StreamProgress {
      StreamProgress(epoch: 1, through: 1 << 40, except: (1...UInt64(count)).map { 10 * $0...10 * $0 + 5 })
    }
    var outbox = outbox(waiting: 0)
    func acknowledge(_ progress: StreamProgress) {
      for _ in 0..<10 { _ = outbox.acknowledge(progress, in: "a", at: .zero) }
    }
    let (short, long) = (comb(5_000), comb(20_000))
    let growth = growthOfTime({ acknowledge(short) }, { acknowledge(long) })
    #expect(growth < 12)
  }

  @Test("A progress costs what its ranges cost, once the limit of holes is reached")
  func combs() {
    func merge(_ news: StreamProgress) {
      var known = StreamProgress(through: 0)
      for _ in 0..<5 { _ = known.merge(news) }
    }
    func comb(_ count: Int) -> StreamProgress {
      StreamProgress(through: 1 << 40, except: (1...UInt64(count)).map { 10 * $0...10 * $0 + 5 })
    }
    let (short, long) = (comb(5_000), comb(20_000))
    let growth = growthOfTime({ merge(short) }, { merge(long) })
    #expect(growth < 12)
  }

  @Test("A receipt costs no more in a conversation with a long past")
  func longPast() {
    func conversation(_ messages: UInt64) -> Receipts<Int> {
      var receipts = Receipts<Int>(members: Array(0..<20), hashSeed: 1)
      for number in 1...messages { _ = receipts.note(number, author: nil) }
      return receipts
    }
    func claim(_ receipts: inout Receipts<Int>) {
      let tip = receipts.tip
      for index in 0..<2_000 {
        // News at first, the whole of it, and then again and again.
        _ = receipts.apply(.read, 1...tip, from: index % 20)
        _ = receipts.apply(.read, StreamProgress(through: tip, except: [tip / 2...tip - 1]), from: index % 20)
      }
    }
    var short = conversation(1_000)
    var long = conversation(100_000)
    let growth = growthOfTime({ claim(&short) }, { claim(&long) })
    #expect(growth < 4)
  }

  @Test("New keys cost the same when all places are taken")
  func newKeys() {
    func flood(_ limit: Int) {
      var seen = Deduplicator<Int, Int>(limit: limit)
      var limiter = RateLimiter<Int>(burst: 1, refill: .seconds(60), keyLimit: limit)
      for key in 0..<20_000 {
        if case .first(let lease) = seen.begin(key, at: .zero) { _ = seen.complete(lease, key, at: .zero) }
        _ = limiter.take(from: key, at: .zero)
      }
    }
    let growth = growthOfTime({ flood(100) }, { flood(10_000) })
    #expect(growth < 4)
  }
}
