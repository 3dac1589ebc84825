import Delivery
import Sequencer
import Testing

/// Who owns a payload when, what a handle is worth, and what happens at the limit.
@Suite struct TimerOwnershipTests {
  /// Counts how many of its tickets there are.
  private final class Counter { var alive = 0 }

  private struct Ticket: ~Copyable {
    let number: Int
    let counter: Counter

    init(_ number: Int, _ counter: Counter) {
      self.number = number
      self.counter = counter
      counter.alive += 1
    }

    deinit { counter.alive -= 1 }
  }

  private func moment(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds) }

  @Test func aPayloadThatCannotBeCopiedComesOutOnce() throws {
    let counter = Counter()
    do {
      var wheel = TimerWheel<Ticket>()
      var handles: [TimerHandle] = []
      for number in 0..<100 { handles.append(try wheel.schedule(Ticket(number, counter), at: moment(UInt64(number)))) }
      #expect(counter.alive == 100)
      wheel.cancel(handles[7])
      #expect(counter.alive == 99, "a cancelled timer releases its payload at once")
      var fired: [Int] = []
      wheel.advance(to: moment(9)) { fired.append($0.number) }
      #expect(fired == [0, 1, 2, 3, 4, 5, 6, 8, 9])
      #expect(counter.alive == 90)
      if let ticket = wheel.nextExpired(at: moment(10)) { #expect(ticket.number == 10) }
      #expect(wheel.count == 89 && counter.alive == 89)
    }
    #expect(counter.alive == 0, "the wheel releases what it still has")
  }

  @Test func payloadsOfEverySizeComeBackWhole() throws {
    var words = TimerWheel<(UInt8, UInt64, UInt8)>()
    var nothing = TimerWheel<Void>()
    var wide = TimerWheel<SIMD16<UInt32>>()
    var texts = TimerWheel<String>()
    for index in 0..<300 {
      let deadline = moment(UInt64(index * 1_000))
      try words.schedule((UInt8(index & 255), UInt64(index), 9), at: deadline)
      try nothing.schedule((), at: deadline)
      try wide.schedule(SIMD16(repeating: UInt32(index)), at: deadline)
      try texts.schedule("a text too long to lie in the string itself: \(index)", at: deadline)
    }
    var index = 0
    while let word = words.nextExpired(at: .max) {
      #expect(word == (UInt8(index & 255), UInt64(index), 9))
      #expect(nothing.nextExpired(at: .max) != nil)
      #expect(wide.nextExpired(at: .max) == SIMD16(repeating: UInt32(index)))
      #expect(texts.nextExpired(at: .max)?.hasSuffix(": \(index)") == true)
      index += 1
    }
    #expect(index == 300)
  }

  @Test func aHandleThatIsStaleOrOfNoTimerDoesNothing() throws {
    var wheel = TimerWheel<Int>()
    #expect(wheel.cancel(.none) == nil)
    let first = try wheel.schedule(1, at: moment(10))
    #expect(wheel.cancel(.none) == nil && wheel.count == 1)
    #expect(wheel.cancel(first) == 1)
    #expect(wheel.cancel(first) == nil, "cancelled twice")
    let second = try wheel.schedule(2, at: moment(10))
    #expect(first != second && wheel.cancel(first) == nil, "its slot is another's now")
    #expect(wheel.reschedule(first, to: moment(20)) == false)
    #expect(wheel.deadline(of: first) == nil)
    #expect(wheel.nextExpired(at: moment(10)) == 2)
    #expect(wheel.cancel(second) == nil, "it has fired")
    #expect(wheel.reschedule(second, to: moment(20)) == false)
    var other = TimerWheel<Int>()
    #expect(other.cancel(second) == nil, "of another wheel")
    #expect(wheel.count == 0 && wheel.nextDeadline == nil)
  }

  @Test func betweenTwoPullsTheWheelIsFreeForAnything() throws {
    var wheel = TimerWheel<Int>()
    let handles = try (0..<4).map { try wheel.schedule($0, at: moment(10)) }
    var fired: [Int] = []
    while let payload = wheel.nextExpired(at: moment(10)) {
      fired.append(payload)
      if payload == 0 {
        #expect(wheel.cancel(handles[0]) == nil, "it is firing")
        #expect(wheel.cancel(handles[1]) == 1)
        #expect(wheel.reschedule(handles[2], to: moment(11)) == true)
        try wheel.schedule(4, at: moment(3))
      }
    }
    #expect(fired == [0, 3, 4])
    #expect(wheel.nextDeadline == moment(11))
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func theLimitRefusesAndCancellingMakesRoom(limit: Int) throws {
    var wheel = TimerWheel<Int>(limit: limit)
    for round in 0..<3 {
      var handles: [TimerHandle] = []
      for number in 0..<limit { handles.append(try wheel.schedule(number, at: moment(UInt64(number + round)))) }
      #expect(wheel.isFull == true)
      #expect(throws: TimerWheelError.full) { try wheel.schedule(-1, at: .zero) }
      #expect(wheel.count == limit && wheel.nextDeadline == (limit == 0 ? nil : moment(UInt64(round))))
      for (number, handle) in handles.enumerated() { #expect(wheel.cancel(handle) == number) }
    }
  }

  @Test func reservingChangesNothingElse() throws {
    var wheel = TimerWheel<Int>(limit: 50)
    wheel.reserve(.max)
    wheel.reserve(-1)
    #expect(wheel.count == 0 && wheel.nextDeadline == nil && wheel.nextExpired(at: .max) == nil)
    var fresh = TimerWheel<Int>(limit: 50)
    #expect(fresh.advance(to: .max) { _ in } == 0)
    for number in 0..<50 { try wheel.schedule(number, at: moment(5)) }
    wheel.reserve(50)
    #expect(wheel.count == 50)
  }

  /// A slot whose generations have run out is never used again, so no handle is ever honoured twice.
  @Test func aSlotThatHasBeenUsedTooOftenIsRetired() throws {
    var wheel = TimerWheel<String>(limit: 3)
    var stale: [TimerHandle] = []
    for number in 0..<3 {
      let handle = try wheel.schedule("worn \(number)", at: moment(5))
      // The uses of a timer that is scheduled are odd.
      let worn = wheel.setUses(.max - 2, of: handle)
      #expect(wheel.cancel(worn) == "worn \(number)")
      #expect(wheel.cancel(worn) == nil)
      stale += [handle, worn]
    }
    // Memory grows beside the retired slots, and what is scheduled moves there whole.
    for number in 0..<3 { try wheel.schedule("a text too long to lie in the string itself \(number)", at: moment(6)) }
    #expect(throws: TimerWheelError.full) { try wheel.schedule("", at: .zero) }
    var fired: [String] = []
    wheel.advance(to: moment(6)) { fired.append($0) }
    #expect(fired.map(\.last) == ["0", "1", "2"])
    // If the uses of a slot began anew, its very first handle would by now name a timer again.
    for _ in 0..<4 {
      for number in 0..<3 { try wheel.schedule("\(number)", at: moment(6)) }
      let revived = stale.filter { wheel.deadline(of: $0) != nil }
      #expect(revived.isEmpty)
      wheel.advance(to: moment(6)) { _ in }
    }
  }

  #if os(Linux) || os(macOS)
    @Test func aLimitThatIsNoneTraps() async {
      await #expect(processExitsWith: .failure) { _ = TimerWheel<Int>(limit: -1).count }
      await #expect(processExitsWith: .failure) { _ = TimerWheel<Int>(limit: 1 << 28 + 1).count }
      #expect(TimerWheel<Int>(limit: 1 << 28).count == 0)
    }
  #endif
}
