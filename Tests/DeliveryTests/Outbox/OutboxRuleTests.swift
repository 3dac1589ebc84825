import Delivery
import Sequencer
import Testing

/// The design's sentences on sending, one by one.
@Suite struct OutboxRuleTests {
  @Test func numbersCountByConversationAndTheStatusIsSendingAtOnce() {
    var script = OutboxScript()
    #expect(script.outbox.enqueue("x", to: "a", at: .zero) == .queued(id: MessageID(rawValue: 1), number: 1))
    #expect(script.outbox.enqueue("y", to: "a", at: .zero) == .queued(id: MessageID(rawValue: 2), number: 2))
    #expect(script.outbox.enqueue("z", to: "b", at: .zero) == .queued(id: MessageID(rawValue: 3), number: 1))
    #expect(script.outbox.status(of: MessageID(rawValue: 3)) == .sending(round: 0))
    #expect(script.told() == [], "the answer said so")
  }

  /// The example of the design and of `Outbox`, word for word, on a line that answers at once.
  @Test func theFirstProgram() {
    typealias RoomID = UInt64
    typealias Message = String
    let (epoch, room, now) = (UInt32(1), RoomID(7), Instant.zero)
    var wire: [String] = []
    var told: [DeliveryStatus] = []

    var outbox = Outbox<RoomID, Message>(epoch: epoch)
    let queued = outbox.enqueue("hello", to: room, at: now)
    while let event = outbox.nextEvent() {
      if case .persist(let record) = event { outbox.persisted(through: record.sequence) }
    }
    while let transmission = outbox.nextTransmission(at: now) { wire.append(transmission.message) }
    outbox.acknowledge(StreamProgress(epoch: epoch, through: 1), in: room, at: now)
    while let event = outbox.nextEvent() {
      if case .status(_, _, let status) = event { told.append(status) }
    }

    #expect(queued == .queued(id: MessageID(rawValue: 1), number: 1))
    #expect(wire == ["hello"] && told == [.sent] && outbox.count == 0)
  }

  @Test func nothingGoesOutBeforeItsRecordIsStored() {
    var script = OutboxScript { $0.persistsFirst = true }
    script.queue("x", "y")
    #expect(script.sent() == "")
    #expect(script.told() == ["persist 1", "persist 2"])
    #expect(script.sent() == "")
    script.outbox.persisted(through: script.records[0].sequence)
    #expect(script.sent() == "x#1")
    script.outbox.persisted(through: script.records[1].sequence)
    #expect(script.sent() == "y#2")
  }

  @Test func anEditIsStoredBeforeItGoesOutAndIsNotOvertaken() {
    var script = OutboxScript { $0.persistsFirst = true }
    let id = script.queue("x")
    script.queue("y")
    _ = script.told()
    #expect(script.outbox.replace(id, with: "X") == .replaced)
    script.outbox.persisted(through: 2)
    #expect(script.sent() == "", "y waits for x")
    #expect(script.told() == ["persist 1"])
    script.outbox.persisted(through: 3)
    #expect(script.sent() == "X#1 y#2")
    #expect(script.outbox.replace(id, with: "late") == .alreadyTransmitted)
    script.acknowledge(2)
    #expect(script.outbox.replace(id, with: "later") == .unknown)
  }

  @Test func theAcknowledgementTimeoutIsExactAndTheBackoffFollowsIt() {
    var script = OutboxScript()
    script.queue("x")
    #expect(script.sentInFull() == "x#1/1@1")
    #expect(script.deadline == 5_000)
    script.pass(4_999)
    #expect(script.outbox.inFlightCount == 1)
    script.pass(1)
    #expect(script.outbox.inFlightCount == 0)
    #expect(script.deadline == 5_500 && script.sent() == "")
    script.pass(500)
    #expect(script.sentInFull() == "x#1/1@2")
    script.pass(5_000)
    #expect(script.deadline == 11_500, "a second after the second failure")
  }

  @Test func attemptsCountFailuresAndRunOut() {
    var script = OutboxScript { $0.backoff = Backoff(base: .zero, jitter: .none, maximumAttempts: 2) }
    script.queue("x")
    #expect(script.sentInFull() == "x#1/1@1")
    #expect(script.outbox.resend(1...1, epoch: 1, in: "a", at: script.at) == 1)
    #expect(script.sentInFull() == "x#1/1@1", "sent again at once, in the same attempt")
    script.outbox.transportDown(at: script.at)
    script.outbox.transportUp(at: script.at)
    #expect(script.sentInFull() == "x#1/1@1", "an outage burns none")
    #expect(script.refuse(1, 1) == .retrying)
    #expect(script.refuse(1, 1) == .ignored, "of an older attempt")
    script.pass(0)
    #expect(script.sentInFull() == "x#1/1@2")
    #expect(script.refuse(1, 1) == .ignored, "though another one is under way")
    #expect(script.refuse(1, 2) == .failed)
    #expect(script.told() == ["1 failed 0 expired x"])
    #expect(script.sent() == "" && script.deadline == nil)
  }

  @Test func retryAfterRaisesTheDelay() {
    var script = OutboxScript()
    script.queue("x")
    _ = script.sent()
    #expect(script.refuse(1, 1, .forNow(retryAfter: .seconds(20))) == .retrying)
    #expect(script.deadline == 20_000)
    script.pass(20_000)
    _ = script.sent()
    #expect(script.refuse(1, 2, .forNow(retryAfter: .seconds(86_400))) == .retrying)
    #expect(script.deadline == 920_000, "clamped to 15 minutes")
  }

  @Test func resendAnswersAtOnceEvenInABackoff() {
    var script = OutboxScript()
    script.queue("x", "y")
    _ = script.sent()
    script.refuse(2)
    #expect(script.outbox.resend(0...UInt64.max, epoch: 1, in: "a", at: script.at) == 2)
    #expect(script.sentInFull() == "x#1/1@1 y#2/1@2")
    #expect(script.outbox.resend(7...9, epoch: 1, in: "a", at: script.at) == 0)
    #expect(script.outbox.resend(1...2, epoch: 2, in: "a", at: script.at) == 0)
    #expect(script.outbox.resend(1...2, epoch: 1, in: "?", at: script.at) == 0)
  }

  @Test func anyAttemptsAcknowledgementSettlesAndFrees() {
    var script = OutboxScript()
    script.queue("x", "y", "z")
    _ = script.sent()
    script.refuse(1)
    #expect(script.acknowledge(3, except: [2...2]) == .settled(2))
    #expect(script.told() == ["1 sent", "3 sent"])
    #expect(script.outbox.count == 1 && script.outbox.inFlightCount == 1)
    #expect(script.deadline == 5_000, "the backoff's timer is gone")
    #expect(script.outbox.echo(2, epoch: 1, in: "a", at: script.at) == .settled(1))
    #expect(script.deadline == nil)
    #expect(script.acknowledge(3) == .known)
  }

  /// Faults 14: for an unknown, settled or evicted message, and for more than was sent.
  @Test func falseAcknowledgementsChangeNothing() {
    var script = OutboxScript()
    #expect(script.acknowledge(1) == .rejected(.unknownConversation))
    script.queue("x", "y", "z")
    #expect(script.acknowledge(1) == .rejected(.notTransmitted), "queued, but not sent")
    _ = script.sent()
    script.queue("w")
    for through in [4, 5, 1 << 40, Position.lastNumber] {
      #expect(script.acknowledge(through) == .rejected(.notTransmitted))
    }
    #expect(script.acknowledge(9, except: [4...9]) == .settled(3), "it claims no more than was sent")
    #expect(script.acknowledge(3) == .known)
    #expect(script.outbox.echo(2, epoch: 1, in: "a", at: script.at) == .known)
    #expect(script.outbox.echo(4, epoch: 1, in: "a", at: script.at) == .rejected(.notTransmitted))
    for number in [0, Position.lastNumber + 1, UInt64.max] {
      #expect(script.outbox.echo(number, epoch: 1, in: "a", at: script.at) == .rejected(.malformed))
    }
    let progress = StreamProgress(epoch: 2, through: 1)
    #expect(script.outbox.acknowledge(progress, in: "a", at: script.at) == .rejected(.otherEpoch))
    for bad in [
      StreamProgress(epoch: 1, above: 2, through: 1), StreamProgress(epoch: 1, through: .max),
      StreamProgress(epoch: 1, through: 3, except: [2...3, 2...2]),
      StreamProgress(epoch: 1, through: 1, except: [2...2]),
    ] {
      #expect(script.outbox.acknowledge(bad, in: "a", at: script.at) == .rejected(.malformed))
    }
    #expect(script.refuse(1) == .unknown && script.refuse(4) == .ignored && script.refuse(99) == .unknown)
    #expect(script.sent() == "w#4" && script.outbox.count == 4)
  }

  @Test func placesAreTakenInNumberOrderAndConversationsInTurn() {
    var script = OutboxScript { $0.inFlightPerConversation = 2 }
    script.queue("1", "2", "3", to: "a")
    script.queue("1", "2", to: "b")
    script.queue("1", to: "c")
    #expect(script.sent() == "1#1 1#1 1#1 2#2 2#2")
    script.acknowledge(1)
    #expect(script.sent() == "3#3")
  }

  @Test func strictOrderWaitsOutABackoff() {
    var script = OutboxScript { $0.inFlightPerConversation = 1 }
    script.queue("x", "y")
    #expect(script.sent() == "x#1")
    script.refuse(1)
    #expect(script.sent() == "", "x holds its place")
    script.pass(500)
    #expect(script.sent() == "x#1")
    script.acknowledge(1)
    #expect(script.sent() == "y#2")
  }

  @Test func aBackoffHoldsNoShareOfTheCapOverAll() {
    var script = OutboxScript { $0.inFlightLimit = 1 }
    script.queue("x", to: "a")
    script.queue("y", to: "b")
    #expect(script.sent() == "x#1")
    script.refuse(1)
    #expect(script.sent() == "y#1")
    script.pass(500)
    #expect(script.sent() == "", "the cap")
    script.acknowledge(1, in: "b")
    script.queue("z", to: "b")
    #expect(script.sent() == "x#1", "an acknowledgement does not raise it")
  }

  @Test func fullIsAnAnswer() {
    var script = OutboxScript {
      $0.messageLimit = 2
      $0.conversationLimit = 1
    }
    script.queue("x")
    #expect(script.outbox.enqueue("y", to: "b", at: .zero) == .rejected(.tooManyConversations))
    script.queue("y")
    #expect(script.outbox.enqueue("z", to: "a", at: .zero) == .rejected(.full))
    _ = script.sent()
    script.acknowledge(2)
    #expect(script.outbox.enqueue("z", to: "a", at: .zero) == .rejected(.full), "until it is told")
    _ = script.told()
    #expect(script.outbox.enqueue("z", to: "a", at: .zero) == .queued(id: MessageID(rawValue: 3), number: 3))
  }
}
