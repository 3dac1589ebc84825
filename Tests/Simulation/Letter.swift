import Delivery

/// What is known of one message from outside: what people did with it, and what they were told.
struct Letter {
  let room: UInt64
  /// What its outbox calls it.
  var id: UInt64 = 0
  /// The greatest status that its author was shown, and what the outbox said since the device was started.
  var status = DeliveryStatus.sending(round: 0)
  var told = DeliveryStatus.sending(round: 0)
  /// The number under which it is in the room's log; 0: it is not. How it got there.
  var place: UInt64 = 0
  var epoch: UInt32 = 0
  var number: UInt64 = 0
  /// The author's store has confirmed it.
  var isPromised = false
  /// The server wants none of it, whichever copy comes.
  var isUnwelcome = false
  /// It was taken back, or refused for good, before it can have arrived: it must not come out.
  var mustNotArrive = false
  /// It was given up or lost with its device's memory: it may come out, or not.
  var isGivenUp = false
  /// It took a new number, behind later messages.
  var isRenumbered = false
  var retries = 0

  init(room: UInt64) { self.room = room }

  /// Whether its author may rely on its arrival.
  var isOwed: Bool { !mustNotArrive && !isGivenUp }

  static func word(client: Int, serial: Int) -> UInt64 { UInt64(client) << 32 | UInt64(serial) }
  static func client(of word: UInt64) -> Int { Int(word >> 32) }
  static func serial(of word: UInt64) -> Int { Int(word & 0xFFFF_FFFF) }
}
