import Delivery
import Sequencer

/// What travels over the simulated network.
///
/// Messages are words that name themselves: whatever mixes them up, repeats them or makes one up is seen at once.
enum Packet {
  // From a sender's device to the server.
  case message(client: Int, Transmission<UInt64, UInt64>)
  case heartbeat(client: Int, room: UInt64, epoch: UInt32, tip: UInt64)

  // From the server to a sender's device.
  case acknowledgement(client: Int, room: UInt64, StreamProgress)
  case refusal(client: Int, room: UInt64, epoch: UInt32, number: UInt64, attempt: UInt32, Refusal)
  case request(client: Int, room: UInt64, epoch: UInt32, ClosedRange<UInt64>)
  case status(client: Int, message: UInt64, DeliveryStatus)

  // From the server to a member's device: the room's messages with these numbers. What they are was compared with the log
  // when the hub gave them out.
  case letters(member: Int, room: Int, ClosedRange<UInt64>)
  case tip(member: Int, room: Int, UInt64)
  case history(member: Int, room: Int, next: UInt64)
  case welcome(member: Int, session: Int)

  // From a member's device to the server.
  case hello(member: Int, session: Int, seen: [UInt64])
  case wanted(member: Int, room: Int, ClosedRange<UInt64>)
  case receipt(member: Int, room: Int, Receipt, StreamProgress)

  // From one who means no good.
  case hostile(Attack)
}

/// Who takes part. A user's sending and receiving halves fail apart, as two processes of one device do.
enum Party {
  case client(Int)
  case member(Int)
  case server
  case intruder
  case weather
}

extension Packet {
  var receiver: Party {
    switch self {
    case .message, .heartbeat, .hello, .wanted, .receipt, .hostile: .server
    case .acknowledgement(let client, _, _), .refusal(let client, _, _, _, _, _), .request(let client, _, _, _),
      .status(let client, _, _):
      .client(client)
    case .letters(let member, _, _), .tip(let member, _, _), .history(let member, _, _), .welcome(let member, _):
      .member(member)
    }
  }

  /// Whose link it uses, in which direction.
  var link: (party: Party, isUp: Bool) {
    switch self {
    case .message(let client, _), .heartbeat(let client, _, _, _): (.client(client), true)
    case .hello(let member, _, _), .wanted(let member, _, _), .receipt(let member, _, _, _): (.member(member), true)
    case .hostile: (.intruder, true)
    default: (receiver, false)
    }
  }
}
