import Delivery
import Sequencer

var configuration = OutboxConfiguration()
configuration.persistsFirst = false  // there is no store in this program
var outbox = Outbox<String, String>(configuration, epoch: 1, seed: 7)
var sequencer = Sequencer<String, String>()
for text in ["Hello!", "How are you", "today?"] { _ = outbox.enqueue(text, to: "lobby", at: .zero) }

var wire: [Transmission<String, String>] = []
while let transmission = outbox.nextTransmission(at: .zero) { wire.append(transmission) }
for sent in wire.reversed() {  // a network that turns things round
  _ = sequencer.receive(
    sent.message, number: sent.number, epoch: sent.epoch, base: sent.base, from: "alice in lobby", at: .zero
  ) { event in
    if case .delivered(_, let position, let text) = event { print("\(position.number): \(text)") }
  }
}
if let progress = sequencer.progress(of: "alice in lobby") { outbox.acknowledge(progress, in: "lobby", at: .zero) }
while let event = outbox.nextEvent() {
  if case .status(let id, _, let status) = event { print("message \(id.rawValue) is \(status)") }
}
