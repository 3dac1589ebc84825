/// A sender as the generator plays it: what it has sent, what is on its way, what got lost, what it believes of the
/// receiver.
struct Sender {
  let key: UInt64
  var epoch: Int64
  var nextNumber: UInt64 = 1
  var inFlight: [UInt64] = []
  var lost: [UInt64] = []
  /// Where the receiver was heard of last.
  var heard: (epoch: Int64, next: UInt64)
  /// The record of the stream's latest eviction.
  var record: Record?

  /// Most numbers remembered as lost or on their way; older ones are forgotten, and so lost for good.
  static let memory = 80

  init(key: UInt64, epoch: Int64) {
    self.key = key
    self.epoch = epoch
    heard = (epoch, 1)
  }

  /// The oldest number that is neither arrived nor given up.
  func base(below number: UInt64) -> UInt64 {
    min(inFlight.min() ?? number, lost.min() ?? number, number)
  }

  var latestRecord: Record { record ?? Record(stream: key, epoch: epoch, next: 1) }

  mutating func takeNumber() -> UInt64 {
    defer { nextNumber += 1 }
    return nextNumber
  }

  mutating func remember(inFlight number: UInt64) {
    inFlight.append(number)
    if inFlight.count > Self.memory { inFlight.removeFirst() }
  }

  mutating func remember(lost number: UInt64) {
    lost.append(number)
    if lost.count > Self.memory { lost.removeFirst() }
  }

  mutating func restart(raisingEpoch: Bool) { jump(to: 1, epoch: epoch + (raisingEpoch ? 1 : 0)) }

  mutating func jump(to number: UInt64, epoch: Int64) {
    self.epoch = min(epoch, Int64(UInt32.max))
    nextNumber = number
    inFlight = []
    lost = []
  }

  /// Goes back to what the receiver last had, as a sender does whose messages were never acknowledged.
  mutating func rewind() {
    if heard.epoch == epoch { nextNumber = min(nextNumber, heard.next) }
  }
}
