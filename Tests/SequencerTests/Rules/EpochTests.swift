import Sequencer
import Testing

/// Epochs: a sender that lost its counter comes back with a higher one.
@Suite("Rules: epochs")
struct EpochTests {
  @Test("First the old epoch is emitted in order, its gaps as skips, then the new one starts at 1")
  func oldFirst() {
    let script = Script()
    script.receiveAll([1, 3])
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.heard() == ["1", "skip 2 epoch", "3", "1 in epoch 1"])
    #expect(script.position() == Position(epoch: 1, number: 2))
    #expect(script.deadline == nil)
  }

  @Test("The outcome is as the number says")
  func outcome() {
    let script = Script()
    script.receiveAll([1, 2])
    script.now = .seconds(1)
    #expect(script.receive(3, epoch: 1) == .buffered)
    #expect(script.deadline == .milliseconds(1_200))
    #expect(script.receive(3, epoch: 2, base: 3) == .delivered)
    #expect(
      script.heard() == [
        "1", "2", "skip 1-2 epoch in epoch 1", "3 in epoch 1", "skip 1-2 void in epoch 2", "3 in epoch 2",
      ])
  }

  @Test("The old epoch is stale from then on, and what it skipped is forgotten")
  func forgotten() {
    let script = Script()
    #expect(script.void(1...4) == .voided)
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.receive(2) == .rejected(.staleEpoch))
    #expect(script.record() == StreamRecord(stream: "a", epoch: 1, next: 2))
  }

  @Test("So is the floor under what it had forgotten itself")
  func floorForgotten() {
    let script = Script { $0.ledgerLimit = 0 }
    #expect(script.void(1...4) == .voided)
    #expect(script.receive(4) == .stale)
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.receive(1, epoch: 1) == .duplicate(.emitted))
    #expect(script.record() == StreamRecord(stream: "a", epoch: 1, next: 2))
  }

  @Test("A message that is refused ends no epoch")
  func refused() {
    let script = Script()
    _ = script.receive(2)
    #expect(script.receive(1_025, epoch: 1) == .rejected(.beyondWindow))
    #expect(script.receive(0, epoch: 1) == .rejected(.invalidNumber))
    #expect(script.heard() == [])
    #expect(script.position() == Position(number: 1))
  }

  @Test("Voided numbers of the old epoch are skipped as voids, tips as missing")
  func voids() {
    let script = Script()
    #expect(script.void(3...3) == .voided)
    _ = script.receive(4)
    #expect(script.tip(6) == .noted)
    #expect(script.receive(1, epoch: 1) == .delivered)
    #expect(script.heard() == ["skip 1-2 epoch", "skip 3 void", "4", "skip 5-6 epoch", "1 in epoch 1"])
    #expect(script.sequencer.statistics.held == 0)
  }

  @Test("The places of the old epoch are free for the new one")
  func places() {
    let script = Script { $0.bufferLimit = 1 }
    _ = script.receive(2)
    #expect(script.receive(2, epoch: 1) == .buffered)
    #expect(script.heard() == ["skip 1 epoch", "2"])
    #expect(script.receive(3, epoch: 1) == .rejected(.overCapacity))
  }

  @Test("An epoch may leap to the highest, and a stream may begin with any")
  func leap() {
    let script = Script()
    #expect(script.receive(1, epoch: 7) == .delivered)
    #expect(script.receive(1, epoch: .max) == .delivered)
    #expect(script.receive(2, epoch: .max - 1) == .rejected(.staleEpoch))
    #expect(script.heard() == ["1 in epoch 7", "1 in epoch 4294967295"])
  }

  @Test("Positions compare by epoch, then by number")
  func positions() {
    let ascending = [
      Position(epoch: 0, number: 1), Position(epoch: 0, number: 41), Position(epoch: 1, number: 1),
      Position(epoch: .max, number: 0),
    ]
    #expect(ascending.shuffled().sorted() == ascending)
    #expect(Position(number: 5) == Position(epoch: 0, number: 5))
  }
}
