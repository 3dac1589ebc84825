import Choosing
import Delivery
import Sequencer
import SequencerModel
import Testing

/// The design's sentences on records: what is kept, and what the next process makes of it.
@Suite struct OutboxRestoreTests {
  typealias Record = OutboxRecord<String, String>

  /// A journal with a message in each standing: sent, discarded, cancelled, rejected and retried, expired, still sending.
  private func journal() -> [Record] {
    var script = OutboxScript { $0.persistsFirst = true }
    let ids = (1...6).map { script.queue("\($0)") }
    func store(_ script: inout OutboxScript) {
      _ = script.told()
      script.outbox.persisted(through: script.records.last?.sequence ?? 0)
    }
    store(&script)
    #expect(script.sent() == "1#1 2#2 3#3 4#4 5#5")
    script.acknowledge(1)
    script.outbox.cancel(ids[1], at: script.at)
    script.outbox.discard(ids[1], at: script.at)
    script.outbox.cancel(ids[2], at: script.at)
    script.refuse(4, 1, .forGood)
    script.refuse(5, 1, .forGood)
    script.outbox.retry(ids[3], at: script.at)
    store(&script)
    return script.records
  }

  private func restored(_ records: [Record], epoch: UInt32 = 1) throws -> [String] {
    var script = OutboxScript(epoch: epoch)
    try script.outbox.restore(records, at: .zero)
    var lines = [script.sentInFull()] + script.told()
    for id in UInt64(1)...6 {
      lines.append(script.outbox.status(of: MessageID(rawValue: id)).map { "\(id) \($0)" } ?? "\(id) gone")
    }
    if case .queued(let id, let number) = script.outbox.enqueue("new", to: "a", at: .zero) {
      lines.append("next \(id.rawValue) #\(number)")
    }
    return lines
  }

  @Test(
    "A message of an epoch that is over takes a new number when it is retried, which no acknowledgement can have reached"
  )
  func retriedFromAnEarlierEpoch() throws {
    var configuration = OutboxConfiguration()
    configuration.persistsFirst = false
    var outbox = Outbox<String, String>(configuration, epoch: 2, seed: 1)
    let id = MessageID(rawValue: 1)
    func record(_ sequence: UInt64, epoch: UInt32, _ content: Record.Content) -> Record {
      Record(sequence: sequence, conversation: "a", epoch: epoch, next: 2, id: id, content: content)
    }
    let message = Record.Content.message(
      "hello", number: 1, status: .sending(round: 0), lifetime: nil, expiresAt: nil)
    try outbox.restore([record(1, epoch: 1, message), record(2, epoch: 2, .conversation)], at: .zero)
    #expect(outbox.status(of: id) == .failed(round: 0, reason: .unconfirmed))
    #expect(outbox.retry(id, at: .zero) == .started(round: 1, number: 2))
    _ = outbox.acknowledge(StreamProgress(epoch: 2, through: 2), in: "a", at: .zero)
    #expect(outbox.status(of: id) == .sending(round: 1))
    // Cancelled before it is transmitted, that number is void; the message may have arrived in the epoch before.
    #expect(outbox.cancel(id, at: .zero) == .mayHaveArrived)
    #expect(outbox.reach(of: "a")?.base == nil)
  }

  @Test func anyOrderOfTheRecordsRestoresTheSame() throws {
    var records = journal()
    let expected = try restored(records)
    #expect(
      expected == [
        "6#6/3@1 4#7/3@1", "1 gone", "2 gone", "3 failed(round: 0, reason: Delivery.FailureReason.cancelled)",
        "4 sending(round: 1)", "5 failed(round: 0, reason: Delivery.FailureReason.rejected)", "6 sending(round: 0)",
        "next 7 #8",
      ])
    var random = Choices(seed: 1)
    for _ in 0..<200 {
      records.shuffle(using: &random)
      #expect(try restored(records) == expected)
    }
    #expect(try restored(records + records) == expected, "twice over")
  }

  @Test func compactionKeepsTheEpochAndTheNextNumber() throws {
    var script = OutboxScript(epoch: 1) { $0.persistsFirst = true }
    try script.outbox.restore(journal(), at: .zero)
    var compacted: [Record] = []
    script.outbox.compact { compacted.append($0) }
    #expect(compacted.count == 5, "a conversation and four messages")
    #expect(try restored(compacted) == restored(journal()))
    // A conversation of which no message is left.
    var quiet = OutboxScript { $0.persistsFirst = false }
    quiet.queue("x", "y")
    _ = quiet.sent()
    quiet.acknowledge(2)
    compacted = []
    quiet.outbox.compact { compacted.append($0) }
    #expect(try restored(compacted).last == "next 3 #3")
  }

  @Test func restoredMessagesMayHaveArrived() throws {
    var script = OutboxScript()
    try script.outbox.restore(journal(), at: .zero)
    let id = MessageID(rawValue: 6)
    #expect(script.outbox.replace(id, with: "edit") == .alreadyTransmitted)
    #expect(script.acknowledge(7, except: [2...5]) == .settled(2), "what the process before had sent")
    #expect(script.acknowledge(8) == .rejected(.notTransmitted))
  }

  @Test func aHigherEpochLeavesOpenWhatTheOldOneSent() throws {
    let lines = try restored(journal(), epoch: 2)
    #expect(lines.contains("6 failed 0 unconfirmed 6") && lines.contains("4 failed 1 unconfirmed 4"))
    #expect(lines.first == "" && lines.last == "next 7 #1")
  }

  @Test func aLifetimeOfNothingComesBackAsItWas() throws {
    var script = OutboxScript { $0.persistsFirst = true }
    let content = Record.Content.message("x", number: 1, status: .sending(round: 0), lifetime: .zero, expiresAt: .zero)
    let record = Record(sequence: 1, conversation: "a", epoch: 1, next: 2, id: MessageID(rawValue: 1), content: content)
    try script.outbox.restore([record], at: .zero)
    var compacted: [Record] = []
    script.outbox.compact { compacted.append($0) }
    #expect(compacted.last?.content == content)
  }

  @Test func badRecordsChangeNothing() throws {
    let good = journal()
    let first = try #require(good.first { if case .message = $0.content { true } else { false } })
    func damaged(_ change: (inout Record) -> Void) -> Record {
      var record = first
      change(&record)
      record.sequence = 1_000
      return record
    }
    let bad: [Record] = [
      damaged { $0.next = 0 }, damaged { $0.next = .max }, damaged { $0.id = MessageID(rawValue: .max) },
      damaged { $0.conversation = "b" },
      damaged { $0.content = .message("x", number: 0, status: .sending(round: 0), lifetime: nil, expiresAt: nil) },
      damaged { $0.content = .message("x", number: 99, status: .sending(round: 0), lifetime: nil, expiresAt: nil) },
      damaged { $0.content = .message("x", number: nil, status: .sending(round: 0), lifetime: nil, expiresAt: nil) },
      damaged {
        $0.id = MessageID(rawValue: 50)
        $0.next = 9
        $0.content = .message("x", number: 6, status: .sending(round: 0), lifetime: nil, expiresAt: nil)
      },
    ]
    for record in bad {
      var script = OutboxScript()
      #expect(throws: OutboxRestoreError.malformed) { try script.outbox.restore(good + [record], at: .zero) }
      try script.outbox.restore(good, at: .zero)
    }
    var small = OutboxScript { $0.messageLimit = 3 }
    #expect(throws: OutboxRestoreError.tooManyMessages) { try small.outbox.restore(good, at: .zero) }
    var none = OutboxScript { $0.conversationLimit = 0 }
    #expect(throws: OutboxRestoreError.tooManyConversations) { try none.outbox.restore(good, at: .zero) }
  }
}
