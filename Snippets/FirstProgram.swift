import Sequencer

var sequencer = Sequencer<String, String>()
let arrivals: [(UInt64, String)] = [(1, "Hello!"), (3, "today?"), (2, "How are you"), (3, "today?")]
for (number, text) in arrivals {
  let outcome = sequencer.receive(text, number: number, from: "alice", at: .zero) { event in
    if case .delivered(let stream, _, let text) = event { print("\(stream): \(text)") }
  }
  if case .duplicate = outcome { print("(number \(number) came twice)") }
}
