import Testing

@testable import bench

@Suite("Open loop")
struct ScheduleTests {
  @Test("Messages are spread evenly, without an error that adds up", arguments: [1, 3, 1_000, 3_000_000, 10_000_000])
  func evenly(perSecond: Int) {
    let schedule = Schedule(perSecond: perSecond, count: 10)
    #expect(schedule.due(0) == 0)
    #expect(schedule.due(perSecond) == 1_000_000_000)
    #expect(schedule.due(1_000 * perSecond) == 1_000_000_000_000)
    #expect(schedule.due(perSecond + 1) == 1_000_000_000 + schedule.due(1))
  }

  @Test("No message is sent before it is due, and each is sent once, in order")
  func neverEarly() {
    let schedule = Schedule(perSecond: 100_000, count: 200)
    var indices: [Int] = []
    var early = 0
    schedule.play { index, due in
      if Clock.nanoseconds() < due { early += 1 }
      indices.append(index)
      return true
    }
    #expect(early == 0)
    #expect(indices == Array(0..<200))
  }

  @Test("A stall moves no due moment, and what there is no room for is offered again")
  func stall() throws {
    let schedule = Schedule(perSecond: 100_000, count: 300)
    var dues: [UInt64] = []
    var refused = 0
    var stalled = 0
    schedule.play { index, due in
      if index == 100, refused < 5 {
        refused += 1
        return false
      }
      if index == 150 {
        let end = Clock.nanoseconds() + 3_000_000
        while Clock.nanoseconds() < end { stalled += 1 }
      }
      dues.append(due)
      return true
    }
    #expect(refused == 5 && stalled > 0)
    let first = try #require(dues.first)
    #expect(dues.map { $0 - first } == (0..<300).map { schedule.due($0) })
  }

  @Test("All messages that fell due during a stall show it, not only the one that met it")
  func noOmission() {
    // One a microsecond. They arrive after 100 ns, but nothing arrives for a millisecond from the 5,000th on.
    let schedule = Schedule(perSecond: 1_000_000, count: 11_000)
    var arrivals = Arrivals(of: schedule)
    let stallEnd: UInt64 = 6_000_000
    for index in 0..<schedule.count {
      let due = schedule.due(index)
      arrivals.note(due: due, at: 5_000..<6_000 ~= index ? stallEnd : due + 100)
    }
    #expect(arrivals.latencies.count == 10_000)
    #expect(arrivals.latencies.quantile(0.5) == 100)
    #expect(arrivals.latencies.quantile(0.89) == 100)
    // A tenth of them: their median is half of the stall.
    #expect(0.495e6...0.505e6 ~= Double(arrivals.latencies.quantile(0.95)))
    #expect(arrivals.latencies.maximum == 1_000_000)
  }

  @Test("The hash tells which messages came, whenever the schedule began")
  func hash() {
    let schedule = Schedule(perSecond: 1_000, count: 10)
    func hash(start: UInt64, without missing: Int? = nil) -> UInt64 {
      var arrivals = Arrivals(of: schedule)
      for index in 0..<schedule.count where index != missing {
        arrivals.note(due: start + schedule.due(index), at: start + 2 * schedule.due(index))
      }
      return arrivals.hash
    }
    #expect(hash(start: 5) == hash(start: 77))
    #expect(hash(start: 5) != hash(start: 5, without: 8))
  }
}
