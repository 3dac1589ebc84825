import Delivery
import Sequencer
import Testing

/// Acknowledgements and receipts in every order: the same final state (fault 15: read before delivered before sent).
@Suite struct ReceiptsOrderTests {
  /// What may happen to a message or a member, each once.
  enum Step: Hashable, Sendable {
    case receipt(Receipt, ClosedRange<UInt64>, String)
    case progress(Receipt, StreamProgress, String)
  }

  static let six: [Step] = [
    .receipt(.read, 2...2, "bob"),
    .receipt(.delivered, 1...2, "bob"),
    .receipt(.delivered, 3...4, "carol"),
    .receipt(.read, 1...3, "carol"),
    .progress(.delivered, StreamProgress(through: 4, except: [3...3]), "bob"),
    .progress(.read, StreamProgress(above: 3, through: 5), "carol"),
  ]

  /// Everything that can be asked, as one value.
  struct Answers: Equatable {
    var counts: [ReceiptCounts?] = []
    var statuses: [DeliveryStatus?] = []
    var progress: [StreamProgress?] = []

    init(_ receipts: borrowing Receipts<String>, through last: UInt64) {
      for number in 0...last + 1 {
        counts.append(receipts.counts(of: number))
        for member in ["alice", "bob", "carol"] {
          statuses.append(receipts.status(of: number, towards: member))
        }
      }
      for member in ["bob", "carol"] {
        progress += [receipts.progress(.read, of: member), receipts.progress(.delivered, of: member)]
      }
    }
  }

  @Test(arguments: [0, 7])
  func everyOrderOfSixEndsInTheSameState(bystanders: Int) {
    var expected: Answers?
    var count = 0
    forEachOrder(of: Self.six) { steps in
      // The messages are noted before, between and after the receipts; with bystanders, counts are kept.
      for notedBefore in 0...6 {
        var receipts = Receipts<String>(members: ["alice", "bob", "carol"], hashSeed: 1)
        for bystander in 0..<bystanders { receipts.join("bystander \(bystander)") }
        for (place, step) in steps.enumerated() {
          if place == notedBefore { note(&receipts) }
          apply(step, to: &receipts)
        }
        if notedBefore == 6 { note(&receipts) }
        let answers = Answers(receipts, through: 5)
        if expected == nil { expected = answers }
        if answers != expected { Issue.record("\(steps), noted before \(notedBefore)") }
        count += 1
      }
    }
    #expect(count == 720 * 7)
    #expect(expected?.progress.first == StreamProgress(above: 1, through: 5, except: [3...4]), "2, and his own 5")
  }

  @Test func everyOrderOfStatusesEndsInTheSameOne() {
    let news: [DeliveryStatus] = [
      .read, .delivered, .sent, .failed(round: 0, reason: .expired), .sending(round: 1),
      .failed(round: 1, reason: .rejected),
    ]
    forEachOrder(of: news) { news in
      var status = DeliveryStatus.sending(round: 0)
      for one in news {
        let before = status
        status.merge(one)
        #expect(status >= before)
      }
      #expect(status == .read)
    }
  }

  @Test func nothingStepsBackWhileReceiptsComeInAnyOrder() {
    forEachOrder(of: Self.six) { steps in
      var receipts = Receipts<String>(members: ["alice", "bob", "carol"], hashSeed: 1)
      note(&receipts)
      var last = [DeliveryStatus](repeating: .sent, count: 6)
      for step in steps + steps {
        apply(step, to: &receipts)
        for number in 1...5 {
          let status = receipts.status(of: UInt64(number))!
          #expect(status >= last[number])
          last[number] = status
        }
      }
    }
  }

  private func note(_ receipts: inout Receipts<String>) {
    for (number, author) in zip(1...5, ["alice", "bob", "alice", "alice", "bob"]) {
      #expect(receipts.note(UInt64(number), author: author) == .noted)
    }
  }

  private func apply(_ step: Step, to receipts: inout Receipts<String>) {
    switch step {
    case .receipt(let receipt, let range, let member): receipts.apply(receipt, range, from: member)
    case .progress(let receipt, let progress, let member): receipts.apply(receipt, progress, from: member)
    }
  }
}

/// Every order of a few things.
func forEachOrder<Element>(of elements: [Element], _ body: ([Element]) -> Void) {
  var order = elements
  func place(_ index: Int) {
    if index == order.count { return body(order) }
    for other in index..<order.count {
      order.swapAt(index, other)
      place(index + 1)
      order.swapAt(index, other)
    }
  }
  place(0)
}
