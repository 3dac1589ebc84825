internal import Delivery
internal import Synchronization

/// Two threads that read, each for its own subscribers. The first of them publishes, too, and waits for the other after each
/// burst, so that nobody is overtaken and the result is the same every time.
enum FanOutThreads {
  static func sample(_ rounds: FanOutRounds) -> Sample {
    let ring = FanOutRing<UInt64>(capacity: FanOutScenarios.capacity, readers: 2)
    let meeting = Meeting()
    let start = Clock.nanoseconds()
    let other = Thread(onCore: 1) { meeting.finish(timedRead(ring, rounds, meeting)) }
    let sum = timedPublishAndRead(ring, rounds, meeting)
    other.join()
    let nanoseconds = Clock.nanoseconds() - start
    return Sample(nanoseconds: nanoseconds, count: 2 * rounds.deliveries, hash: digest(sum, meeting.result))
  }

  @inline(never)
  private static func timedPublishAndRead(
    _ ring: FanOutRing<UInt64>, _ rounds: FanOutRounds, _ meeting: Meeting
  ) -> UInt64 {
    var publisher = ring.makePublisher()
    var reader = ring.makeReader()
    var subscriptions = subscribe(reader, rounds)
    meeting.waitForOther(toPass: 1)
    var sum: UInt64 = 0
    var word: UInt64 = 0
    for round in 0..<rounds.count {
      for _ in 0..<rounds.burst {
        _ = publisher.publish(word)
        word &+= 1
      }
      reader.addUp(&subscriptions, &sum)
      meeting.waitForOther(toPass: round + 2)
    }
    publisher.close()
    return sum
  }

  @inline(never)
  private static func timedRead(_ ring: FanOutRing<UInt64>, _ rounds: FanOutRounds, _ meeting: Meeting) -> UInt64 {
    var reader = ring.makeReader()
    var subscriptions = subscribe(reader, rounds)
    meeting.pass()
    var sum: UInt64 = 0
    var drained = 0
    while drained < rounds.count {
      // What is published while it looks comes with its burst, so that each burst is counted once.
      guard ring.head >= UInt64((drained + 1) * rounds.burst) else {
        Thread.yield()
        continue
      }
      reader.addUp(&subscriptions, &sum)
      drained += 1
      meeting.pass()
    }
    return sum
  }

  private static func subscribe(_ reader: borrowing FanOutReader<UInt64>, _ rounds: FanOutRounds)
    -> [FanOutSubscription]
  {
    var subscriptions: [FanOutSubscription] = []
    for _ in 0..<rounds.subscribers { subscriptions.append(reader.subscribe(from: nil).subscription) }
    return subscriptions
  }
}

/// Where one thread waits until the other has come as far.
private final class Meeting: Sendable {
  private let passed = Atomic<Int>(0)
  private let sum = Atomic<UInt64>(0)

  var result: UInt64 { sum.load(ordering: .acquiring) }

  func pass() { passed.wrappingAdd(1, ordering: .acquiringAndReleasing) }
  func finish(_ result: UInt64) { sum.store(result, ordering: .releasing) }

  func waitForOther(toPass count: Int) {
    while passed.load(ordering: .acquiring) < count { Thread.yield() }
  }
}
