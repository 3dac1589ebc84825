import Choosing
import Sequencer

/// Clients with outboxes, a server with sequencers, numbering, receipts and a hub, and members' devices with sequencers, over
/// a network, clocks and disks that fail. All of it is the library's public API; all else is decided by `choices`, so the same
/// choices are the same world to the last nanosecond.
final class World {
  enum Event {
    case arrival(slot: Int)
    case wake(Party)
  }

  var choices: Choices
  var weather: Weather
  let scale: Scale
  /// Virtual time, in nanoseconds.
  private(set) var now: UInt64 = 0
  var isCalm = false
  let narrates: Bool
  let sabotage: Sabotage?

  var clients: [Client] = []
  var members: [Member] = []
  private(set) var server: Server!
  private(set) var intruder: Intruder!
  var letters: [[Letter]]
  /// What the server has taken, by room and number. The end of it may not be stored yet.
  var log: [[UInt64]]

  var network: Network
  private var agenda = Agenda<Event>()
  /// When each party is woken next, by its place.
  private var wakes: [UInt64]

  var totals = Totals()
  var sightings = Sightings()
  private(set) var violation: Violation?
  private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
  private var faultsLeft: Int
  private var events = 0

  /// How much there is of everything.
  struct Scale {
    var clients: Int
    var members: Int
    var rooms: Int
    var letters: Int
    /// Many members who get much at a time: most of all deliveries are theirs.
    var isCrowd: Bool

    init(_ choices: inout Choices) {
      clients = 1 + choices.below(4)
      members = 1 + choices.pick([0, 1, 3, 7])
      rooms = 1 + choices.below(4)
      letters = choices.pick([3, 20, 100, 400, 1_500])
      isCrowd = choices.chance(20)
      if isCrowd { (members, letters) = (100, 3_000) }
    }
  }

  init(_ choices: Choices, narrates: Bool, sabotage: Sabotage?) {
    self.sabotage = sabotage
    var choices = choices
    scale = Scale(&choices)
    weather = Weather(&choices)
    if scale.isCrowd { weather.gather() }
    faultsLeft = weather.faults
    self.choices = choices
    self.narrates = narrates
    letters = Array(repeating: [Letter(room: 0)], count: scale.clients)
    log = Array(repeating: [], count: scale.rooms)
    wakes = Array(repeating: .max, count: scale.clients + scale.members + 3)
    network = Network(links: scale.clients + scale.members + 1)
    server = Server(self)
    for index in 0..<scale.clients { clients.append(Client(index, in: self)) }
    for index in 0..<scale.members { members.append(Member(index, in: self)) }
    intruder = Intruder(in: self)
  }

  /// Several times what the largest world takes.
  private static let eventLimit = 3_000_000

  // MARK: - Running

  /// Runs until all is said and done, or until the first violation.
  func run() {
    for client in clients { client.start(in: self) }
    for member in members { member.start(in: self) }
    server.start(in: self)
    intruder.start(in: self)
    wake(.weather, in: weather.pause * 1_000)
    while violation == nil, let next = agenda.takeNext() {
      now = max(now, next.at)
      events += 1
      step(next.item)
      if isCalm, hasSettled { break }
      if events > World.eventLimit { violate(.lost, "the world does not come to rest") }
    }
    if violation == nil { checkTheEnd() }
    totals.worlds = 1
    if let violation { totals.count(violation.breach) }
  }

  private func step(_ event: Event) {
    switch event {
    case .arrival(let slot):
      guard let packet = network.take(slot) else { return }
      receive(packet)
    case .wake(let party):
      let place = place(of: party)
      guard wakes[place] == now else { return }
      wakes[place] = .max
      switch party {
      case .client(let index): clients[index].wake(in: self)
      case .member(let index): members[index].wake(in: self)
      case .server: server.wake(in: self)
      case .intruder: intruder.wake(in: self)
      case .weather: change()
      }
    }
  }

  private func receive(_ packet: Packet) {
    switch packet.receiver {
    case .client(let index): clients[index].receive(packet, in: self)
    case .member(let index): members[index].receive(packet, in: self)
    default: server.receive(packet, in: self)
    }
  }

  /// Has a party woken at a moment; a later wish does not put off an earlier one.
  func wake(_ party: Party, at moment: UInt64) {
    if moment == .max { return }
    let moment = max(moment, now)
    let place = place(of: party)
    if wakes[place] <= moment { return }
    wakes[place] = moment
    agenda.enter(.wake(party), at: moment)
  }

  private func place(of party: Party) -> Int {
    switch party {
    case .client(let index): 3 + index
    case .member(let index): 3 + scale.clients + index
    case .server: 0
    case .intruder: 1
    case .weather: 2
    }
  }

  func wake(_ party: Party, in nanoseconds: UInt64) { wake(party, at: now + nanoseconds) }

  func send(_ packet: Packet) {
    totals.packets += 1
    let copies = network.copies(of: packet, weather, &choices)
    if copies == 0 { totals.packetsLost += 1 }
    if copies > 1 { totals.packetsRepeated += UInt64(copies - 1) }
    for _ in 0..<copies {
      let delay = weather.shortestDelay + choices.upTo(weather.longestDelay - weather.shortestDelay)
      agenda.enter(.arrival(slot: network.put(packet)), at: now + delay * 1_000)
    }
  }

  // MARK: - Reporting

  func see(_ sighting: Sighting) { sightings.see(sighting) }

  /// What was promised and is not so. The first one counts, and ends the world.
  func violate(_ breach: Breach, _ text: @autoclosure () -> String) {
    if violation == nil { violation = Violation(breach: breach, text: text(), time: now) }
  }

  /// What the account of somebody's line has found, if anything.
  func report(_ complaint: LineAccount.Complaint?, of holder: @autoclosure () -> String) {
    if let complaint { violate(complaint.breach, "\(holder()): \(complaint.text)") }
  }

  func check(_ holds: Bool, _ text: @autoclosure () -> String) {
    if !holds { violate(.broken, text()) }
  }

  /// Adds to the hash of all that has happened.
  func mark(_ word: UInt64) { trace = (trace ^ word) &* 0x0000_0100_0000_01B3 ^ trace >> 29 }

  func tell(_ text: @autoclosure () -> String) {
    if narrates { print("\(now / 1_000) µs  \(text())") }
  }

  // MARK: - Faults

  private func change() {
    if isCalm { return wake(.weather, in: 1_000_000_000) }
    let isDone = clients.allSatisfy { $0.isDone }
    if isDone && faultsLeft == 0 { return calmDown() }
    if faultsLeft > 0 {
      faultsLeft -= 1
      strike(choices.pick(weather.kinds))
    }
    // Tame weather changes seldom.
    wake(.weather, in: (1 + weather.pause - choices.upTo(weather.pause)) * 1_000)
  }

  /// The faults stop. From here on all that is owed must come.
  private func calmDown() {
    tell("the faults are over")
    isCalm = true
    weather.clear()
    network.heal()
    for client in clients { client.calmDown(in: self) }
    server.calmDown(in: self)
    for member in members { member.calmDown(in: self) }
    calmSince = now
    wake(.weather, in: 1_000_000_000)
  }

  private var calmSince: UInt64 = 0
  /// Hours after the last fault, all is over. The longest wait that anybody can ask for is a quarter of one.
  static let patience: UInt64 = 4 * 3_600_000_000_000
  private var lastLook: UInt64 = 0

  private var hasSettled: Bool {
    // A look costs something, and nothing changes from one nanosecond to the next.
    guard now >= lastLook + 500_000_000 else { return false }
    lastLook = now
    guard let restless = restless else { return true }
    if now > calmSince + World.patience { violate(.lost, "after hours without a fault: \(restless)") }
    return false
  }

  /// What has not come to rest; nil: everything has.
  private var restless: String? {
    for client in clients {
      if let text = client.restless { return text }
    }
    if let text = server.restless(in: self) { return text }
    for member in members {
      if let text = member.restless(in: self) { return text }
    }
    return nil
  }
}

extension Totals {
  mutating func count(_ breach: Breach) {
    switch breach {
    case .lost: lost += 1
    case .duplicated: duplicated += 1
    case .reordered: reordered += 1
    case .broken: broken += 1
    }
  }
}
