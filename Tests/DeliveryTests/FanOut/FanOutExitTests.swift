import Delivery
import Sequencer
import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// A programmer's misuse of a ring traps: one exit test for each precondition.
  @Suite struct FanOutExitTests {
    enum Misuse: String, Codable, CaseIterable {
      case noCapacity = "the capacity must be 1 to 2^28"
      case tooMuchCapacity = "capacity must be 1 to 2^28"
      case noReaders = "there must be 1 to 65,536 readers"
      case tooManyReaders = "must be 1 to 65,536 readers"
      case headTooHigh = "the head must be at most 2^53 - 1"
      case secondPublisher = "the ring has a publisher already"
      case readerTooMany = "all of the ring's readers are taken"
      case negativeLimit = "a limit must not be negative"

      func commit() {
        let ring = FanOutRing<UInt64>(
          capacity: self == .noCapacity ? 0 : self == .tooMuchCapacity ? 1 << 28 + 1 : 8,
          readers: self == .noReaders ? 0 : self == .tooManyReaders ? 1 << 16 + 1 : 2,
          after: self == .headTooHigh ? Position.lastNumber + 1 : 0)
        let publisher = ring.makePublisher()
        if self == .secondPublisher { _ = ring.makePublisher().head }
        var reader = ring.makeReader()
        let second = ring.makeReader()
        if self == .readerTooMany { _ = ring.makeReader().subscribe(from: nil) }
        var subscription = second.subscribe(from: nil).subscription
        reader.drain(&subscription, limit: self == .negativeLimit ? -1 : 0) { _ in }
        _ = publisher.head
      }
    }

    @Test(arguments: Misuse.allCases)
    func traps(misuse: Misuse) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [misuse] in
        misuse.commit()
      }
      expect(result, says: misuse.rawValue)
    }

    @Test func endsThatWereGivenBackCanBeTakenAgain() {
      let ring = FanOutRing<UInt64>(capacity: 1, readers: 2, after: Position.lastNumber)
      for _ in 0..<3 {
        let publisher = ring.makePublisher()
        let reader = ring.makeReader()
        var other = ring.makeReader()
        var subscription = reader.subscribe(from: nil).subscription
        #expect(other.drain(&subscription, limit: 0) { _ in } == 0)
        #expect(publisher.head == Position.lastNumber)
      }
    }
  }
#endif
