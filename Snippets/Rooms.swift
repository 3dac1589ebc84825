import Delivery
import Sequencer

let hub = Hub<String>()
var publisher = hub.makePublisher()  // where the room's messages get their numbers
var loop = hub.makeLoop(of: String.self)  // where the connections are; here, they are names
let room = publisher.open(7)
for text in ["Hello!", "How are you"] { _ = publisher.publish(text, to: room) }  // .published(1), .published(2)

let alice = try loop.connect("alice")
let bob = try loop.connect("bob")
_ = try loop.subscribe(alice, to: room)  // from now on
_ = try loop.subscribe(bob, to: room, from: Position(epoch: 1, number: 1))  // he was away after the first
_ = publisher.publish("today?", to: room)

loop.drain(at: .zero) { name, _, delivery in
  switch delivery {
  case .messages(let texts, let first):
    for index in texts.indices { print("\(name): \(first + UInt64(index)) \(texts[index])") }
    return .ready  // or .blocked: nothing more until loop.resume(connection)
  case .lagged(let numbers): print("\(name) missed \(numbers)")
  case .latest(let user, let state): print("\(name): user \(user) is \(state)")
  case .resynchronize: print("\(name) missed some of the latest")
  case .ended(let account, _): print("\(name) has had \(account.delivered)")
  }
  return .ready
}
