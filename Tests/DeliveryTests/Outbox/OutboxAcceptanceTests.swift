import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing

/// An outbox and a sequencer joined by pipes that lose 30 %, repeat and reorder, with three outages; what is missing is sent again.
///
/// `PIPE_SEED=17 swift test --filter OutboxAcceptanceTests` plays another seed, `PIPE_MESSAGES=1000000` more messages.
@Suite struct OutboxAcceptanceTests {
  static let seed = setting("PIPE_SEED") ?? 1

  static let messages: Int = {
    #if DEBUG
      let standard = 3_000
    #else
      let standard = 100_000
    #endif
    return setting("PIPE_MESSAGES").map(Int.init) ?? standard
  }()

  /// Three outages: short, long, and one right behind it.
  static let outages: [(from: UInt64, to: UInt64)] = [
    (2_000_000_000, 2_500_000_000), (10_000_000_000, 20_000_000_000), (21_000_000_000, 24_000_000_000),
  ]

  private func run(gapTimeout: Duration, _ check: (borrowing LossyWorld) -> Void) {
    var world = LossyWorld(
      seed: Self.seed, messages: Self.messages, rooms: 64, gapTimeout: gapTimeout, outages: Self.outages)
    world.run()
    #expect(world.complaints == [], "PIPE_SEED=\(Self.seed) swift test --filter OutboxAcceptanceTests")
    let lives = world.lives.dropFirst()
    #expect(lives.allSatisfy { $0.emissions == 1 }, "exactly once")
    #expect(lives.allSatisfy { $0.status == .read })
    #expect(world.outages.isEmpty && world.up.lost > Self.messages / 10 && world.up.duplicated > 0)
    check(world)
    print(
      "gap timeout \(gapTimeout): \(lives.count) messages, \(world.transmissions) transmissions, \(world.up.lost) lost,",
      "\(world.up.duplicated) duplicated, \(world.lateCount) late, \(world.retries) retried by hand,",
      "\(world.now / 1_000_000_000) s")
  }

  @Test func withAMinuteOfPatienceEveryMessageComesOnceAndInOrder() {
    run(gapTimeout: .seconds(60)) { world in
      #expect(world.lateCount == 0)
      for room in 0..<Int(world.rooms) { #expect(world.lastNumbers[room] == world.emitted[room], "nothing skipped") }
    }
  }

  @Test func withTheDefaultEveryMessageComesOnceAndTheLateOnesAreCounted() {
    run(gapTimeout: .seconds(5)) { world in
      #expect(world.lateCount == world.lives.count { $0.wasLate })
      #expect(UInt64(world.lateCount) == world.sequencer.statistics.late)
      #if !DEBUG
        #expect(world.lateCount > 0, "or the run shows nothing")
      #endif
    }
  }

  /// A thousand clients lose their server for ten seconds and get it back at the same moment.
  @Test func noStampedeAfterAnOutage() {
    let (lost, back) = (UInt64(1_000_000_000), UInt64(11_000_000_000))
    var histogram = Array(repeating: 0, count: 20)
    for client in UInt64(1)...1_000 {
      for moment in transmissions(of: client, lost: lost, back: back) where moment < back + 2_000_000_000 {
        #expect(moment >= back)
        histogram[Int((moment - back) / 100_000_000)] += 1
      }
    }
    let mean = Double(histogram.reduce(0, +)) / 20
    #expect(mean > 500)
    #expect(histogram.allSatisfy { Double($0) <= 3 * mean }, "\(histogram)")
    print("after the outage, per 100 ms:", histogram)
  }

  /// When a client with twenty messages, five of them in flight when the server was lost, sends after that. Each message is
  /// acknowledged after 50 ms.
  private func transmissions(of client: UInt64, lost: UInt64, back: UInt64) -> [UInt64] {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    var outbox = Outbox<UInt64, UInt64>(configuration, epoch: 1, seed: client)
    for message in UInt64(0)..<20 {
      _ = outbox.enqueue(message, to: message % 4, at: Instant(nanoseconds: lost - 1_000_000))
    }
    for _ in 0..<5 { #expect(outbox.nextTransmission(at: Instant(nanoseconds: lost - 1_000_000)) != nil) }
    outbox.transportDown(at: Instant(nanoseconds: lost))
    #expect(outbox.nextTransmission(at: Instant(nanoseconds: back - 1)) == nil)
    outbox.transportUp(at: Instant(nanoseconds: back))

    var moments: [UInt64] = []
    var answers: [(at: UInt64, number: UInt64, room: UInt64)] = []
    var now = back
    while outbox.count > 0 {
      while let transmission = outbox.nextTransmission(at: Instant(nanoseconds: now)) {
        moments.append(now)
        answers.append((now + 50_000_000, transmission.number, transmission.conversation))
      }
      guard let next = [answers.first?.at, outbox.nextDeadline?.nanoseconds].compactMap({ $0 }).min() else { break }
      now = max(now, next)
      while let answer = answers.first, answer.at <= now {
        answers.removeFirst()
        outbox.echo(answer.number, epoch: 1, in: answer.room, at: Instant(nanoseconds: now))
      }
      while outbox.nextEvent() != nil {}
    }
    #expect(moments.count == 20 && outbox.count == 0)
    return moments
  }
}
