import Choosing

/// How one world behaves: its network, its clocks, its disks, its people. Drawn from a world's first choices, some faults off
/// altogether, so that each world has a temper of its own.
struct Weather {
  // In percent of packets; a burst of either is a partition or a storm of repetitions.
  var loss = 0
  var duplicates = 0
  /// Of a packet, in microseconds.
  var shortestDelay: UInt64 = 1
  var longestDelay: UInt64 = 1
  /// How many copies a repeated packet can come in.
  var copies = 1

  // Faults, which happen one by one.
  var faults = 0
  var pause: UInt64 = .zero
  var kinds: [Fault] = []

  // People and disks.
  var think: UInt64 = 1_000
  var diskDelay: UInt64 = 1
  var commitDelay: UInt64 = 1
  var cancels = 0
  var comings = 0
  var refusesForNow = 0
  var unwelcome = 0
  var heartbeats = false
  var repairsLag = true
  /// How many messages a device that was away is sent; the others it does without.
  var history = Int.max
  var forgetsReceipts = false
  var noticesOutages = true
  var intruder = false

  init(_ choices: inout Choices) {
    loss = choices.pick([0, 0, 1, 5, 20, 40])
    duplicates = choices.pick([0, 0, 1, 10, 30])
    copies = choices.pick([1, 1, 3, 20])
    shortestDelay = choices.pick([1, 1_000, 20_000])
    longestDelay = shortestDelay + choices.pick([0, 1, 1_000, 50_000, 400_000, 3_000_000])
    faults = choices.pick([0, 0, 2, 6, 20])
    pause = choices.pick([10_000, 300_000, 2_000_000, 8_000_000])
    kinds = Fault.allCases.filter { $0 == .nothing || choices.chance(60) }
    think = choices.pick([1, 1_000, 30_000, 400_000, 4_000_000])
    diskDelay = choices.pick([1_000, 0, 30_000, 1_000_000])
    commitDelay = choices.pick([1_000, 0, 10_000, 60_000])
    cancels = choices.pick([0, 0, 2, 10])
    comings = choices.pick([0, 0, 5, 60])
    refusesForNow = choices.pick([0, 0, 1, 10])
    unwelcome = choices.pick([0, 0, 1, 10])
    heartbeats = choices.chance(50)
    repairsLag = !choices.chance(30)
    noticesOutages = !choices.chance(40)
    history = choices.pick([.max, .max, 30, 2, 0])
    forgetsReceipts = choices.chance(30)
    intruder = choices.chance(30)
  }

  /// People write at once, and what they write is stored, and so published, many messages at a time.
  mutating func gather() {
    think = min(think, 1_000)
    commitDelay = 60_000
    (loss, copies) = (min(loss, 5), min(copies, 3))
    longestDelay = min(longestDelay, shortestDelay + 50_000)
    history = .max
  }

  /// The faults are over: what is sent arrives.
  mutating func clear() {
    (loss, duplicates) = (0, 0)
    longestDelay = min(longestDelay, shortestDelay + 50_000)
    (cancels, comings, refusesForNow) = (0, 0, 0)
    (repairsLag, heartbeats, intruder) = (true, true, false)
  }
}

/// What goes wrong, apart from packets.
enum Fault: CaseIterable {
  case nothing
  case partition, uplinkLost, downlinkLost
  case clientCrash, clientLosesStore, serverCrash, memberCrash
  case clockBack, clockStops, clockDayAhead, clockDecadeAhead
  case stall, disconnect
  case memberJoins, memberLeaves
  case diskFails, suspension
}
