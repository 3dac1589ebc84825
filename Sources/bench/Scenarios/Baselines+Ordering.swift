/// The straightforward Swift code for the same work on the same input.
enum Baselines {}

extension Baselines {
  static var ordering: [Scenario] {
    [
      Scenario(
        "baseline/in-order/one-stream", unit: "ns/message", "dictionaries: one stream in order", work: Work.oneStream
      ) { context in
        let records = context.inputs.oneStream
        let count = min(context.inputs.timed, records.count)
        return { steady(records, opening: 0, timed: 0..<count, nanosecondsPerMessage: Work.packed) }
      },
      Scenario(
        "baseline/in-order/1M-streams", unit: "ns/message", "dictionaries: a million streams in order",
        work: Work.inOrder
      ) { context in
        manyStreams(context, context.inputs.inOrder, nanosecondsPerMessage: Work.packed)
      },
      Scenario(
        "baseline/displaced/1M-streams", unit: "ns/message", "dictionaries: 5 % of the messages come later",
        work: Work.displaced
      ) { context in
        manyStreams(context, context.inputs.displaced, nanosecondsPerMessage: Work.packed)
      },
      Scenario(
        "baseline/lost/1M-streams", unit: "ns/message", "dictionaries: 1 % of the messages never come", work: Work.lost
      ) { context in
        manyStreams(context, context.inputs.lossy, nanosecondsPerMessage: Work.spread(context))
      },
      Scenario("baseline/open", unit: "ns/stream", "dictionaries: the first message of each stream", work: Work.open) {
        context in
        let records = context.inputs.inOrder
        let count = context.plan.newStreams
        return {
          var ordering = StraightforwardOrdering()
          var clock = SimulatedClock(nanosecondsPerMessage: Work.packed)
          let start = Clock.nanoseconds()
          timedReceive(&ordering, records.span.extracting(0..<count), &clock)
          return Sample(nanoseconds: Clock.nanoseconds() - start, count: count, tally: ordering.tally)
        }
      },
      Scenario(
        "baseline/idle-bytes", unit: "bytes/stream", "dictionaries: memory of a million quiet streams", work: Work.idle
      ) { context in
        let records = context.inputs.inOrder
        let count = context.plan.newStreams
        return {
          Memory.trim()
          let before = Memory.residentBytes()
          var ordering = StraightforwardOrdering()
          var clock = SimulatedClock(nanosecondsPerMessage: Work.packed)
          timedReceive(&ordering, records.span.extracting(0..<count), &clock)
          let bytes = Memory.residentBytes() - before
          return Sample(value: Double(bytes) / Double(count), hash: digest(UInt64(ordering.streams.count)))
        }
      },
    ]
  }

  private static func manyStreams(
    _ context: Context, _ records: [Record], nanosecondsPerMessage: UInt64
  ) -> () -> Sample {
    let opening = context.inputs.streams
    let timed = context.inputs.steady(of: records)
    return { steady(records, opening: opening, timed: timed, nanosecondsPerMessage: nanosecondsPerMessage) }
  }

  private static func steady(
    _ records: [Record], opening: Int, timed: Range<Int>, nanosecondsPerMessage: UInt64
  ) -> Sample {
    var ordering = StraightforwardOrdering()
    var clock = SimulatedClock(nanosecondsPerMessage: nanosecondsPerMessage)
    timedReceive(&ordering, records.span.extracting(0..<opening), &clock)
    let start = Clock.nanoseconds()
    timedReceive(&ordering, records.span.extracting(timed), &clock)
    return Sample(nanoseconds: Clock.nanoseconds() - start, count: timed.count, tally: ordering.tally)
  }

  @inline(never)
  private static func timedReceive(
    _ ordering: inout StraightforwardOrdering, _ records: borrowing Span<Record>, _ clock: inout SimulatedClock
  ) {
    var index = 0
    while index < records.count {
      let end = min(index + SimulatedClock.burst, records.count)
      let now = clock.nanoseconds
      while index < end {
        let record = records[index]
        ordering.receive(record.payload, number: UInt64(record.number), from: record.key, at: now)
        index += 1
      }
      ordering.advance(to: now)
      clock.pass(SimulatedClock.burst)
    }
  }
}
