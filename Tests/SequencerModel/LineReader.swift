/// One line of a tape, read as an operation and the reply that it must have.
struct LineReader {
  var fields: JSONValue
  var line: Int

  func operation(_ intern: (String) -> UInt64) throws(Tape.Malformed) -> Operation {
    switch try word("op") {
    case "receive":
      .receive(
        number: try number("number"), epoch: try epoch(), base: fields["base"]?.unsigned,
        payload: intern(try word("payload")), stream: try number("stream"), at: try number("at"))
    case "noteTip":
      .noteTip(number: try number("number"), epoch: try epoch(), stream: try number("stream"), at: try number("at"))
    case "void":
      .void(
        first: try number("first"), last: try number("last"), epoch: try epoch(), stream: try number("stream"),
        at: try number("at"))
    case "advance": .advance(at: try number("at"))
    case "pause": .pause(at: try number("at"))
    case "resume": .resume(at: try number("at"))
    case "suspend": .suspend(stream: try number("stream"))
    case "resumeStream": .resumeStream(stream: try number("stream"), at: try number("at"))
    case "position": .position(stream: try number("stream"))
    case "progress": .progress(stream: try number("stream"))
    case "open":
      .open(
        Record(
          stream: try number("stream"), epoch: try epoch(), next: try number("next"), floor: try number("floor"),
          ranges: try runs(fields["ranges"])))
    case "close": .close(stream: try number("stream"))
    case "resynchronize":
      .resynchronize(next: try number("next"), epoch: try epoch(), stream: try number("stream"))
    case "evictIdle": .evictIdle
    case "snapshot": .snapshot
    case "restore": .restore
    case let other: throw malformed("op \(other)")
    }
  }

  func reply(to operation: Operation, _ intern: (String) -> UInt64) throws(Tape.Malformed) -> Reply {
    var events: [Event] = []
    for event in fields["events"]?.array ?? [] { events.append(try self.event(event.array ?? [], intern)) }
    return Reply(try outcome(of: operation), events, deadline: fields["deadline"]?.unsigned)
  }

  private func outcome(of operation: Operation) throws(Tape.Malformed) -> Outcome {
    guard let value = fields["outcome"] else { throw malformed("outcome") }
    if value == .null { return .none }
    if let word = value.string {
      if let outcome = Outcome.words[word] { return outcome }
      let rejection = word.split(separator: ".").last.flatMap { Rejection(rawValue: String($0)) }
      guard word.hasPrefix("rejected."), let rejection else { throw malformed("outcome \(word)") }
      return .rejected(rejection)
    }
    let array = value.array ?? []
    switch operation {
    case .position:
      guard array.count == 2, let epoch = array[0].signed, let next = array[1].unsigned else {
        throw malformed("position")
      }
      return .position(epoch: epoch, next: next)
    case .progress: return .progress(try record(array))
    default:
      var records: [Record] = []
      for element in array { records.append(try record(element.array ?? [])) }
      return .sorted(records)
    }
  }

  private func event(_ array: [JSONValue], _ intern: (String) -> UInt64) throws(Tape.Malformed) -> Event {
    guard array.count >= 5, let stream = array[1].unsigned, let epoch = array[2].signed,
      let first = array[3].unsigned
    else { throw malformed("event") }
    let last = array[4].unsigned ?? first
    switch (array[0].string, array[4].string, array.last!) {
    case ("delivered", let payload?, _):
      return .delivered(stream: stream, epoch: epoch, number: first, payload: intern(payload))
    case ("late", let payload?, _):
      return .late(stream: stream, epoch: epoch, number: first, payload: intern(payload))
    case ("skipped", _, .string(let text)):
      guard let reason = Reason(rawValue: text) else { throw malformed("reason \(text)") }
      return .skipped(stream: stream, epoch: epoch, first: first, last: last, reason: reason)
    case ("missing", _, .number(let attempt, false)):
      return .missing(stream: stream, epoch: epoch, first: first, last: last, attempt: Int(attempt))
    default: throw malformed("event")
    }
  }

  /// `[stream, epoch, next, floor, [[first, last], …]]`
  private func record(_ array: [JSONValue]) throws(Tape.Malformed) -> Record {
    guard array.count == 5, let stream = array[0].unsigned, let epoch = array[1].signed,
      let next = array[2].unsigned, let floor = array[3].unsigned
    else { throw malformed("record") }
    return Record(stream: stream, epoch: epoch, next: next, floor: floor, ranges: try runs(array[4]))
  }

  private func runs(_ value: JSONValue?) throws(Tape.Malformed) -> [Run] {
    var runs: [Run] = []
    for element in value?.array ?? [] {
      guard let pair = element.array, pair.count == 2, let first = pair[0].unsigned, let last = pair[1].unsigned else {
        throw malformed("ranges")
      }
      runs.append(Run(first, last))
    }
    return runs
  }

  func number(_ key: String) throws(Tape.Malformed) -> UInt64 {
    guard let number = fields[key]?.unsigned else { throw malformed(key) }
    return number
  }

  private func epoch() throws(Tape.Malformed) -> Int64 {
    guard let epoch = fields["epoch"]?.signed else { throw malformed("epoch") }
    return epoch
  }

  private func word(_ key: String) throws(Tape.Malformed) -> String {
    guard let word = fields[key]?.string else { throw malformed(key) }
    return word
  }

  private func malformed(_ reason: String) -> Tape.Malformed { Tape.Malformed(line: line, reason: reason) }
}
