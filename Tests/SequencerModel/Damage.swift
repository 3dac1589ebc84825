/// A bug planted into what a machine says, to see whether a checker sees it.
package enum Damage: CaseIterable, Sendable {
  case losesDelivery, repeatsDelivery, swapsDeliveries, changesPayload, losesSkip, lengthensSkip, repeatsLate
  case claimsBuffered, claimsDuplicate, claimsRejected, deadlineLate, deadlineEarly, deadlineLost, evictsAnother
}

/// A machine that is right but for one kind of damage, done at every opportunity from the given call on.
package struct DamagedMachine<Base: Machine>: Machine {
  package var base: Base
  package let damage: Damage
  /// Calls still answered truly.
  package private(set) var callsBefore: Int
  /// Whether there was an opportunity.
  package private(set) var isDone = false

  package init(_ base: Base, damage: Damage, after callsBefore: Int) {
    self.base = base
    self.damage = damage
    self.callsBefore = callsBefore
  }

  package mutating func apply(_ operation: Operation) -> Reply {
    var reply = base.apply(operation)
    callsBefore -= 1
    if callsBefore < 0 && spoil(&reply) { isDone = true }
    return reply
  }

  /// Whether there was anything to spoil.
  private func spoil(_ reply: inout Reply) -> Bool {
    switch damage {
    case .losesDelivery: return drop(&reply, where: \.isDelivered)
    case .losesSkip: return drop(&reply, where: \.isSkipped)
    case .repeatsDelivery: return change(&reply, where: \.isDelivered) { [$0, $0] }
    case .repeatsLate: return change(&reply, where: \.isLate) { [$0, $0] }
    case .changesPayload:
      return change(&reply, where: \.isDelivered) { event in
        guard case .delivered(let stream, let epoch, let number, let payload) = event else { return [event] }
        return [.delivered(stream: stream, epoch: epoch, number: number, payload: payload &+ 1_000_000_007)]
      }
    case .lengthensSkip:
      return change(&reply, where: \.isSkipped) { event in
        guard case .skipped(let stream, let epoch, let first, let last, let reason) = event else { return [event] }
        return [.skipped(stream: stream, epoch: epoch, first: first, last: last + 1, reason: reason)]
      }
    case .swapsDeliveries:
      let deliveries = reply.events.indices.filter { reply.events[$0].isDelivered }
      guard deliveries.count >= 2 else { return false }
      reply.events.swapAt(deliveries[0], deliveries[1])
      return true
    case .claimsBuffered: return claim(.buffered, insteadOf: [.delivered, .late, .duplicateEmitted], in: &reply)
    case .claimsDuplicate: return claim(.duplicateEmitted, insteadOf: [.delivered, .buffered, .late], in: &reply)
    case .claimsRejected: return claim(.rejected(.overCapacity), insteadOf: [.delivered, .late], in: &reply)
    case .deadlineLate: return moveDeadline(of: &reply) { $0 + 1 }
    case .deadlineEarly: return moveDeadline(of: &reply) { $0 - min($0, 1) }
    case .deadlineLost: return moveDeadline(of: &reply) { _ in nil }
    case .evictsAnother:
      guard case .records(let records) = reply.outcome, var record = records.last else { return false }
      record.next += 1
      reply.outcome = .records(records.dropLast() + [record])
      return true
    }
  }

  private func drop(_ reply: inout Reply, where isMeant: (Event) -> Bool) -> Bool {
    change(&reply, where: isMeant) { _ in [] }
  }

  private func change(_ reply: inout Reply, where isMeant: (Event) -> Bool, into events: (Event) -> [Event]) -> Bool {
    guard let index = reply.events.firstIndex(where: isMeant) else { return false }
    reply.events.replaceSubrange(index...index, with: events(reply.events[index]))
    return true
  }

  private func claim(_ outcome: Outcome, insteadOf outcomes: [Outcome], in reply: inout Reply) -> Bool {
    guard outcomes.contains(reply.outcome) else { return false }
    reply.outcome = outcome
    return true
  }

  private func moveDeadline(of reply: inout Reply, to moved: (UInt64) -> UInt64?) -> Bool {
    guard let deadline = reply.deadline else { return false }
    reply.deadline = moved(deadline)
    return true
  }
}

extension Event {
  var isDelivered: Bool { if case .delivered = self { true } else { false } }
  var isLate: Bool { if case .late = self { true } else { false } }
  var isSkipped: Bool { if case .skipped = self { true } else { false } }
}
