/// The whole way as everybody writes it first: dictionaries on both sides, and a list of closures for each room.
struct StraightforwardPath {
  private typealias Transmission = (conversation: UInt64, number: UInt64, message: UInt64)
  private typealias Subscriber = (_ message: UInt64, _ number: UInt64) -> Void

  /// What the subscribers of all rooms have had.
  private final class Received {
    var account = PathAccount()
  }

  private let traffic: PathTraffic
  private let received = Received()
  private var outbox = StraightforwardOutbox()
  private var ordering = StraightforwardOrdering()
  private var numbers: [UInt64: UInt64] = [:]
  private var subscribers: [UInt64: [Subscriber]] = [:]
  private var now: UInt64 = 0

  init(_ traffic: PathTraffic) {
    self.traffic = traffic
    for room in 0..<UInt64(traffic.conversations) {
      subscribers[room] = (0..<traffic.subscribers).map { [received] _ in
        { message, number in received.account.deliver(message, number: number) }
      }
    }
  }

  @inline(never)
  mutating func timedRounds(_ messages: Range<Int>) -> PathAccount {
    received.account = PathAccount()
    var message = messages.lowerBound
    while message < messages.upperBound {
      let burst = traffic.burst(from: message, in: messages)
      for message in burst.messages {
        outbox.enqueue(UInt64(message), to: UInt64(traffic.conversation(of: message)))
      }
      let conversations = burst.messages.prefix(burst.conversations).map { UInt64(traffic.conversation(of: $0)) }
      var wire: [Transmission] = []
      for conversation in conversations {
        outbox.transmit(conversation, at: now) { wire.append((conversation, $0, $1)) }
      }
      for transmission in wire { receive(transmission) }
      ordering.advance(to: now)
      for conversation in conversations {
        guard let stream = ordering.streams[conversation] else { continue }
        outbox.acknowledge(conversation, through: stream.next - 1) { _ in received.account.sent += 1 }
      }
      message = burst.messages.upperBound
      now += PathTraffic.roundNanoseconds
    }
    return received.account
  }

  private mutating func receive(_ transmission: Transmission) {
    let before = ordering.tally.delivered
    ordering.receive(transmission.message, number: transmission.number, from: transmission.conversation, at: now)
    // Nothing overtakes here, so what comes out is this one.
    if ordering.tally.delivered > before { publish(transmission.message, to: transmission.conversation) }
  }

  private mutating func publish(_ message: UInt64, to conversation: UInt64) {
    let number = numbers[conversation, default: 0] + 1
    numbers[conversation] = number
    for deliver in subscribers[conversation] ?? [] { deliver(message, number) }
  }
}
