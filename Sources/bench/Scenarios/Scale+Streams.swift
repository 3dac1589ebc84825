internal import Sequencer

extension ScaleScenarios {
  static var streams: [Scenario] {
    powersOfTen(0...7).map { count in
      Scenario(
        "scale/streams/\(count)", unit: "ns/message", "in order, the next stream at random; in batches; a quiet stream",
        isOnRequest: true
      ) { context in
        let streams = pieces(count, context.plan)
        let messages = context.plan.operations(1_000_000)
        return { sample(streams: streams, messages: messages) }
      }
    }
  }

  private static func sample(streams: Int, messages: Int) -> Sample {
    let records = StreamTraffic.records(2 * messages, over: streams)
    var configuration = SequencerConfiguration()
    configuration.streamLimit = streams
    var sequencer = Sequencer<UInt64, UInt64>(configuration, hashSeed: SequencerScenarios.hashSeed)
    var tally = Tally()
    let bytes = bytes(perPieceOf: streams) { StreamTraffic.open(streams, &sequencer, &tally) }
    var clock = SimulatedClock(nanosecondsPerMessage: Work.packed)
    let start = Clock.nanoseconds()
    Feeding.timedReceive(&sequencer, records.span.extracting(..<messages), by: WordKeys(), &clock, &tally)
    let middle = Clock.nanoseconds()
    Feeding.timedReceiveBatches(&sequencer, records.span.extracting(messages...), by: WordKeys(), &clock, &tally)
    let end = Clock.nanoseconds()
    var sample = Sample(nanoseconds: middle - start, count: messages, tally: tally, delivered: streams + 2 * messages)
    let batch = Double(end - middle) / Double(messages)
    sample.further = [Figure(name: "batch", unit: "ns/message", value: batch)] + bytes
    return sample
  }
}

private enum StreamTraffic {
  /// Messages in order of streams that have had their first one, the next one at random.
  static func records(_ count: Int, over streams: Int) -> [Record] {
    var random = XorShift(seed: 0x0DD5_EED5_CA1E_0001)
    var numbers = [UInt32](repeating: 1, count: streams)
    return (0..<count).map { _ in
      let conversation = random.next(below: streams)
      numbers[conversation] += 1
      return record(numbers[conversation], of: UInt32(conversation))
    }
  }

  /// The first message of each stream.
  static func open(_ streams: Int, _ sequencer: inout Sequencer<UInt64, UInt64>, _ tally: inout Tally) {
    for conversation in 0..<UInt32(streams) {
      let record = record(1, of: conversation)
      let outcome = sequencer.receive(record.payload, number: 1, from: record.key, at: .zero) { event in
        tally.add(event)
      }
      tally.note(outcome)
    }
  }

  private static func record(_ number: UInt32, of conversation: UInt32) -> Record {
    Record(key: Inputs.key(ofConversation: conversation), number: number, conversation: conversation)
  }
}
