/// A message of an input: 16 bytes, so that reading it costs a quarter of a cache line.
struct Record {
  /// What the stream is known by: looks random, as ids do.
  var key: UInt64
  var number: UInt32
  /// 0 ..< streams.
  var conversation: UInt32

  /// Says which message this is, so that the sum of what came out tells whether all of it did.
  @inline(__always) var payload: UInt64 { UInt64(conversation) << 32 | UInt64(number) }
}

/// The messages that the scenarios are fed with, generated once and shared.
///
/// In the inputs of many streams the first `streams` messages open all of them, in a random order; the rest is steady.
final class Inputs {
  let streams: Int
  /// Steady messages that a scenario is timed over; more may have been generated.
  let timed: Int
  private let generated: Int

  init(_ plan: Plan) {
    streams = plan.streams
    timed = plan.messages
    generated = max(plan.generated ?? plan.messages, plan.messages)
  }

  static func key(ofConversation conversation: UInt32) -> UInt64 { mix(UInt64(conversation) * 2 + 1) }

  /// One conversation, in order.
  private(set) lazy var oneStream: [Record] = {
    let key = Inputs.key(ofConversation: 0)
    return (0..<generated).map { Record(key: key, number: UInt32($0 + 1), conversation: 0) }
  }()

  /// Every conversation in order, the next speaker at random.
  private(set) lazy var inOrder: [Record] = {
    var random = XorShift(seed: 0xDEAD_BEEF_1234_5)
    var order = (0..<UInt32(streams)).map { $0 }
    for index in stride(from: streams - 1, to: 0, by: -1) {
      order.swapAt(index, random.next(below: index + 1))
    }
    var numbers = [UInt32](repeating: 0, count: streams)
    var records: [Record] = []
    records.reserveCapacity(streams + generated)
    for index in 0..<streams + generated {
      let conversation = index < streams ? order[index] : UInt32(random.next(below: streams))
      numbers[Int(conversation)] += 1
      let key = Inputs.key(ofConversation: conversation)
      records.append(Record(key: key, number: numbers[Int(conversation)], conversation: conversation))
    }
    return records
  }()

  /// The same, but 5 % of the messages come 1 … 16 places later within their conversation.
  private(set) lazy var displaced: [Record] = Inputs.displacing(inOrder, streams: streams)

  /// The same, but 1 % of the messages never come.
  private(set) lazy var lossy: [Record] = {
    var random = XorShift(seed: 0xFACE_FEED_5678_9)
    var records: [Record] = []
    records.reserveCapacity(inOrder.count)
    for (index, record) in inOrder.enumerated() where index < streams || random.next(below: 100) != 0 {
      records.append(record)
    }
    return records
  }()

  /// Where the steady part of an input of many streams lies: as long as asked for, or as long as it is.
  func steady(of records: [Record]) -> Range<Int> { streams..<min(streams + timed, records.count) }

  /// The first million of `inOrder`'s steady messages, for textual keys: `conversation` is the place of the key in `names`.
  private(set) lazy var textual: [Record] = inOrder.prefix(streams + 1_000_000).enumerated().map { index, record in
    Record(key: record.key, number: record.number, conversation: UInt32(index))
  }

  /// A string of its own for each message of `textual`, as parsing makes them: lying in the order of arrival, and not
  /// the very object that the sequencer keeps. Too long for Swift's inline form, as most ids are.
  private(set) lazy var names: [String] = textual.map { "room-\(Report.hexadecimal($0.key))" }
}

extension Inputs {
  /// Displaces messages after the first of each stream, without moving a conversation's places among the others.
  private static func displacing(_ records: [Record], streams: Int) -> [Record] {
    var random = XorShift(seed: 0xBADC_0FFE_4321_7)
    // The places of each conversation, one conversation after the other.
    var starts = [Int32](repeating: 0, count: streams + 1)
    for index in streams..<records.count { starts[Int(records[index].conversation) + 1] += 1 }
    for conversation in 0..<streams { starts[conversation + 1] += starts[conversation] }
    var filled = starts
    var places = [Int32](repeating: 0, count: records.count - streams)
    for index in streams..<records.count {
      let conversation = Int(records[index].conversation)
      places[Int(filled[conversation])] = Int32(index)
      filled[conversation] += 1
    }
    var result = records
    var line: [(sortKey: Int, number: UInt32)] = []
    for conversation in 0..<streams {
      let range = Int(starts[conversation])..<Int(starts[conversation + 1])
      line.removeAll(keepingCapacity: true)
      for (offset, place) in places[range].enumerated() {
        let moves = random.next(below: 100) < 5
        // Odd: behind the message that stays at that place, before the one after it.
        let sortKey = moves ? 2 * (offset + 1 + random.next(below: 16)) + 1 : 2 * offset
        let entry = (sortKey, records[Int(place)].number)
        // Insertion keeps equal keys in their order, and lines are short.
        var slot = line.count
        while slot > 0, line[slot - 1].sortKey > sortKey { slot -= 1 }
        line.insert(entry, at: slot)
      }
      for (place, entry) in zip(places[range], line) { result[Int(place)].number = entry.number }
    }
    return result
  }
}
