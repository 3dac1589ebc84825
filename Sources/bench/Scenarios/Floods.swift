internal import Sequencer

/// What a hostile sender can go on with for as long as it likes, aimed at a server with a million streams of others.
///
/// Each is as bad as its kind gets: the streams of the attack take turns, so that none finds its memory in the nearest cache.
/// The claim is that a message of any of them costs at most twice a `normal` one, which the tests hold against it.
struct Flood: Sendable {
  static let claim = 2.0

  let name: String
  var scenario: String { isHostile ? "sequencer/hostile-\(name)" : "sequencer/\(name)" }
  /// Not so: what an honest sender does beside a million others, to compare with.
  var isHostile = true
  let summary: String
  /// How many streams the attacker has: more than the nearest cache holds, but no more than may fill their windows.
  var streams = 1_000
  /// The scenario of normal traffic that it is compared with.
  var normal = "sequencer/displaced/1M-streams"
  var adjust: @Sendable (inout SequencerConfiguration) -> Void = { _ in }
  /// What has happened before the clock starts.
  var prepare: @Sendable (inout Attack) -> Void = { _ in }
  /// Sends about so many messages. Its loop is its own, so that no call stands between them.
  let run: @Sendable (inout Attack, _ messages: Int) -> Void

  static let all = [holes, requests, filling, duplicates, far, tips, voids, bases, epochs, late, streams]
}

/// A sequencer under attack.
struct Attack: ~Copyable {
  var sequencer: Sequencer<UInt64, UInt64>
  var tally = Tally()
  var now = Instant.zero
  /// The attacker's streams.
  let keys: [UInt64]
  /// How many messages were handed in.
  private(set) var count = 0

  /// - Parameter others: streams that mind their own business; they have had a message each.
  init(_ configuration: SequencerConfiguration, streams: Int, others: Int) {
    sequencer = Sequencer(configuration, hashSeed: SequencerScenarios.hashSeed)
    keys = (0..<UInt32(streams)).map { Inputs.key(ofConversation: UInt32(others) + $0) }
    for conversation in 0..<UInt32(others) { send(1, to: Inputs.key(ofConversation: conversation)) }
    count = 0
  }

  @inline(__always)
  mutating func send(_ number: UInt64, epoch: UInt32 = 0, base: UInt64? = nil, to key: UInt64) {
    var total = tally
    _ = sequencer.receive(number, number: number, epoch: epoch, base: base, from: key, at: now) { total.add($0) }
    tally = total
    count &+= 1
  }

  @inline(__always)
  mutating func void(_ numbers: ClosedRange<UInt64>, of key: UInt64) {
    var total = tally
    _ = sequencer.void(numbers, of: key, at: now) { total.add($0) }
    tally = total
    count &+= 1
  }

  @inline(__always)
  mutating func noteTip(_ number: UInt64, of key: UInt64) {
    var total = tally
    _ = sequencer.noteTip(number, of: key, at: now) { total.add($0) }
    tally = total
  }

  /// Calls `send` for each of the attacker's streams in turn, until about so many messages are sent; `turn` counts from 0.
  @inline(__always)
  mutating func inTurns(_ messages: Int, _ send: (inout Attack, _ key: UInt64, _ turn: UInt64) -> Void) {
    for turn in 0..<UInt64(max(1, messages / keys.count)) {
      for key in keys { send(&self, key, turn) }
    }
  }

  /// Counts what was asked for like messages.
  mutating func countRequests() { count &+= Int(sequencer.statistics.requests) }

  mutating func pass(_ duration: Duration) {
    now = now.advanced(by: duration)
    var total = tally
    sequencer.advance(to: now) { total.add($0) }
    tally = total
  }
}

extension Flood {
  static let window: UInt64 = 1_024
  /// How many full windows the buffer has room for.
  static let fullWindows = 64

  /// How often every second number of a window is to be sent, for about so many messages.
  static func rounds(_ messages: Int, _ attack: borrowing Attack) -> UInt64 {
    UInt64(max(1, messages / (attack.keys.count * Int(window / 2))))
  }

  static let holes = Flood(
    name: "holes",
    summary: "every second number of a window with the first withheld, then that one; the rest is given up",
    streams: 2 * fullWindows,
    run: { attack, messages in
      for round in 0..<rounds(messages, attack) {
        let first = round &* window &+ 1
        for offset in stride(from: 1, to: window, by: 2) {
          for key in attack.keys { attack.send(first &+ offset, to: key) }
        }
        // The number that all of them waited for lets out one; the next hole holds the others.
        for key in attack.keys { attack.send(first, to: key) }
        attack.pass(.seconds(5))
      }
    })

  static let requests = Flood(
    name: "requests",
    summary:
      "every second number of a window, each at a time of its own; all others are asked for, which counts as well",
    streams: 2 * fullWindows,
    run: { attack, messages in
      for round in 0..<rounds(messages, attack) {
        let first = round &* window &+ 1
        for offset in stride(from: 1, to: window, by: 2) {
          for key in attack.keys { attack.send(first &+ offset, to: key) }
          // Five seconds are spread over the window, so that each moment has something to ask for.
          attack.pass(.nanoseconds(5_000_000_000 / Int64(window / 2)))
        }
        attack.pass(.seconds(5))
      }
      attack.countRequests()
    })

  static let filling = Flood(
    name: "filling",
    summary: "a window that has been asked for comes in ascending order, with its first number withheld",
    streams: 1,  // in whose clocks the cursors stand all the time
    adjust: { $0.gapTimeout = .seconds(10_000) },
    run: { attack, messages in
      for round in 0..<rounds(messages / 2, attack) {
        // The first number has been asked for as often as may be; the others stand under the cursors of all requests.
        for key in attack.keys { attack.send(round &* window &+ 2, to: key) }
        attack.pass(.seconds(51))
        for key in attack.keys { attack.send(round &* window &+ window, to: key) }
        for offset in 3..<window { for key in attack.keys { attack.send(round &* window &+ offset, to: key) } }
        for key in attack.keys { attack.send(round &* window &+ 1, to: key) }
      }
    })

  static let duplicates = Flood(
    name: "duplicates", summary: "one message again and again: of each two copies, one is of a message that waits",
    prepare: { attack in
      attack.inTurns(1) { attack, key, _ in
        attack.send(1, to: key)
        attack.send(3, to: key)
      }
    },
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, turn in attack.send(1 &+ 2 &* (turn & 1), to: key) }
    })

  static let far = Flood(
    name: "far", summary: "numbers beyond the window; the tip before each is noted, as the answer says",
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, turn in
        let number = 1 &+ 1_000_000 &* (turn &+ 1)
        attack.send(number, to: key)
        attack.noteTip(number &- 1, of: key)
      }
    })

  static let tips = Flood(
    name: "tips", summary: "heartbeats that name one number more each time, of messages that never come",
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, turn in
        attack.send(1, to: key)
        attack.noteTip(2 &+ turn % (window &- 2), of: key)
      }
    })

  static let voids = Flood(
    name: "voids", summary: "a window without its first number is said not to come, again and again",
    streams: fullWindows,
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, _ in attack.void(2...window, of: key) }
    })

  static let bases = Flood(
    name: "bases",
    summary: "messages whose base would let nearly a window go, and that lie just beyond what is left of it",
    streams: fullWindows,
    prepare: { attack in
      for number in 2...window where number != window - 24 {
        for key in attack.keys { attack.send(number, to: key) }
      }
    },
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, _ in attack.send(2 &* window &- 24, base: 2, to: key) }
    })

  static let epochs = Flood(
    name: "epochs", summary: "each message begins a higher epoch, above 255, with its first number withheld",
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, turn in
        attack.send(2, epoch: UInt32(truncatingIfNeeded: 256 &+ turn), to: key)
      }
    })

  static let late = Flood(
    name: "late", summary: "what was skipped comes after all, every second number of a long range: each splits it",
    prepare: { attack in
      for key in attack.keys { attack.void(1...1_000_000_000, of: key) }
    },
    run: { attack, messages in
      attack.inTurns(messages) { attack, key, turn in attack.send(2 &+ 2 &* turn, to: key) }
    })

  static let streams = Flood(
    name: "streams", summary: "each message opens a stream, in an epoch above 255, until there may be no more",
    normal: newcomers.scenario,
    prepare: { attack in attack.sequencer.reserve(streams: .max) },
    run: { attack, messages in
      for index in 0..<UInt64(messages) { attack.send(1, epoch: 256, to: Inputs.key(ofConversation: .max) &+ index) }
    })

  static let newcomers = Flood(
    name: "open/beside-1M", isHostile: false,
    summary: "the first message of each of as many streams, with room reserved",
    prepare: { attack in attack.sequencer.reserve(streams: .max) },
    run: { attack, messages in
      for index in 0..<UInt64(messages) { attack.send(1, to: Inputs.key(ofConversation: .max) &+ index) }
    })
}
