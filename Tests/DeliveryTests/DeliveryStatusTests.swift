import Delivery
import Foundation
import Testing

@Suite struct DeliveryStatusTests {
  /// Every kind of status at both ends of the rounds and between, in the documented order.
  static let ascending: [DeliveryStatus] =
    [0, 1, 2, UInt32.max - 1, .max].flatMap { round in
      [.sending(round: round)] + reasons.map { .failed(round: round, reason: $0) }
    } + [.sent, .delivered, .read]

  static let reasons: [FailureReason] = [.rejected, .expired, .cancelled, .unconfirmed]

  @Test func everyPairOfReasonsIsOrderedAsDocumented() {
    #expect(Self.reasons.map(\.rawValue) == [1, 2, 3, 4], "stored, so never renumbered")
    for (i, a) in Self.reasons.enumerated() {
      for (j, b) in Self.reasons.enumerated() {
        #expect((a < b) == (i < j) && (a == b) == (i == j), "\(a), \(b)")
      }
    }
  }

  /// Positions in a list are a total order; agreeing with them on every pair makes the statuses one.
  @Test func everyPairIsOrderedAsDocumented() {
    for (i, a) in Self.ascending.enumerated() {
      for (j, b) in Self.ascending.enumerated() {
        #expect((a < b) == (i < j) && (a == b) == (i == j), "\(a), \(b)")
        #expect(merged(a, b) == Self.ascending[max(i, j)], "\(a), \(b)")
        var c = a
        #expect(c.merge(b) == (i < j), "\(a), \(b)")
      }
    }
  }

  @Test func everyTripleKeepsTheLawsOfAMaximum() {
    for a in Self.ascending {
      #expect(merged(a, a) == a)
      for b in Self.ascending {
        let ab = merged(a, b)
        #expect(ab == merged(b, a) && ab >= a && ab >= b, "\(a), \(b)")
        #expect(!(a < b && b < a), "\(a), \(b)")
        for c in Self.ascending {
          guard merged(ab, c) == merged(a, merged(b, c)), !(a < b && b < c) || a < c else {
            Issue.record("\(a), \(b), \(c)")
            return
          }
        }
      }
    }
  }

  /// The table in the documentation of `DeliveryStatus` is the specification: every cell of it is played.
  @Test func everyCellOfTheDocumentedTable() throws {
    let source = root.appending(path: "Sources/Delivery/Status/DeliveryStatus.swift")
    let rows = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("/// | ") && !$0.hasPrefix("/// | ---") }
      .map { $0.dropFirst(5).dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    try #require(rows.count == 11 && rows.allSatisfy { $0.count == 6 })

    for row in rows.dropFirst() {
      for (before, after) in zip(rows[0], row).dropFirst() {
        let start = try #require(parse(before))
        var status = start
        if row[0] == "retry" {
          _ = status.retry()
        } else {
          status.merge(try #require(parse(row[0])))
        }
        #expect(status == (after == "–" ? start : try #require(parse(after))), "\(row[0]) at \(before)")
      }
    }
  }

  @Test func everyRetryAnswersAndNeverStepsBack() {
    for start in Self.ascending {
      var status = start
      let outcome = status.retry()
      switch start {
      case .sending: #expect(outcome == .alreadySending && status == start)
      case .sent, .delivered, .read: #expect(outcome == .alreadySent && status == start)
      case .failed(.max, _): #expect(outcome == .noRoundLeft && status == start)
      case .failed(let round, _):
        #expect(outcome == .started(round: round + 1))
        #expect(status == .sending(round: round + 1) && status > start)
      }
    }
  }

  /// Any subset of what can arrive, forwards, backwards and twice over.
  @Test func theOrderAndTheNumberOfArrivalsDoNotMatter() {
    let news: [DeliveryStatus] = [
      .failed(round: 0, reason: .unconfirmed), .sending(round: 1), .failed(round: 1, reason: .rejected),
      .sent, .delivered, .read,
    ]
    for subset in 0..<(1 << news.count) {
      let arrivals = news.indices.filter { subset >> $0 & 1 == 1 }.map { news[$0] }
      let expected = arrivals.reduce(.sending(round: 0), max)
      for order in [arrivals, arrivals.reversed(), arrivals + arrivals.reversed()] {
        #expect(order.reduce(.sending(round: 0), merged) == expected, "\(order)")
      }
    }
  }

  private func merged(_ a: DeliveryStatus, _ b: DeliveryStatus) -> DeliveryStatus {
    var result = a
    result.merge(b)
    return result
  }

  /// Reads `failed(2, expired)` and its like.
  private func parse(_ text: String) -> DeliveryStatus? {
    let parts = text.split { "(), ".contains($0) }
    switch (parts.first, parts.count) {
    case ("sent", 1): return .sent
    case ("delivered", 1): return .delivered
    case ("read", 1): return .read
    case ("sending", 2): return UInt32(parts[1]).map { .sending(round: $0) }
    case ("failed", 3):
      guard let round = UInt32(parts[1]) else { return nil }
      return Self.reasons.first { "\($0)" == parts[2] }.map { .failed(round: round, reason: $0) }
    default: return nil
    }
  }

  private var root: URL { URL(filePath: #filePath).appending(path: "../../..").standardized }
}
