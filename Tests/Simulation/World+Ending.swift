import Delivery
import Sequencer

/// What must hold when all has come to rest.
extension World {
  func checkTheEnd() {
    checkLetters()
    for member in members {
      checkScreen(of: member)
      totals.delivered += member.screen.shown
      totals.late += member.screen.late
      totals.skipped += member.screen.skipped
    }
    for room in log.indices { checkReceipts(of: room) }
    for member in members.indices { server.rooms.disconnect(member, in: self) }
    mark(totals.delivered)
  }

  /// What its author may rely on has arrived, once, and whoever was told so was told the truth.
  private func checkLetters() {
    for client in letters.indices {
      for serial in letters[client].indices.dropFirst() {
        let letter = letters[client][serial]
        if letter.isOwed, letter.place == 0 { violate(.lost, "\(serial) of client \(client) was never taken") }
        if letter.isOwed, letter.status < .sent {
          violate(.broken, "\(serial) of client \(client) is \(letter.status) in the end")
        }
        if letter.status >= .sent, letter.place == 0 {
          violate(.lost, "\(serial) of client \(client) was said to be sent")
        }
        if letter.mustNotArrive, letter.place > 0 { violate(.broken, "\(serial) of client \(client) was taken back") }
      }
    }
    var places = 0
    for room in log.indices {
      for (index, word) in log[room].enumerated() {
        places += 1
        if letters[Letter.client(of: word)][Letter.serial(of: word)].place != UInt64(index + 1) {
          violate(.duplicated, "room \(room) has \(word) at \(index + 1) and elsewhere")
        }
      }
    }
    check(places == Int(totals.emitted), "\(places) messages in the rooms, and \(totals.emitted) were taken")
  }

  /// Each number of a member's time in a room was shown, or lies in exactly one declared gap.
  private func checkScreen(of member: Member) {
    for room in log.indices {
      guard let line = member.screen.lines[room], let stay = server.rooms.stays[room][member.index] else { continue }
      let end = stay.through ?? UInt64(log[room].count)
      let shown = member.screen.delivered[room]
      var gap = line.skipped[...]
      guard stay.from <= end else { continue }
      for number in stay.from...end {
        while let first = gap.first, first.upperBound < number { gap.removeFirst() }
        let isDeclared = gap.first?.contains(number) ?? false
        if !shown.contains(number), !isDeclared, line.covers(number) || stay.through == nil {
          return violate(.lost, "member \(member.index) never had \(number) of room \(room)")
        }
        if shown.contains(number), isDeclared {
          return violate(.broken, "member \(member.index) has \(number) of room \(room), and was told it has not")
        }
      }
    }
  }

  /// Receipts say of each message what the members' screens say.
  private func checkReceipts(of room: Int) {
    let receipts = server.rooms.receipts[room]
    let isWhole = members.allSatisfy { member in
      let known = receipts.receipts.progress(.read, of: UInt64(member.index))?.except.count ?? 0
      return known < 60 && member.screen.delivered[room].except.count < 60
    }
    for number in 1..<UInt64(log[room].count + 1) {
      let author = Letter.client(of: log[room][Int(number) - 1])
      var expected = ReceiptCounts(recipients: 0, delivered: 0, read: 0)
      for member in members where member.index != author {
        guard let stay = server.rooms.stays[room][member.index], stay.from <= number,
          number <= stay.through ?? .max
        else { continue }
        expected.recipients += 1
        guard member.screen.delivered[room].contains(number) else { continue }
        expected.delivered += 1
        expected.read += 1
      }
      guard let counts = receipts.receipts.counts(of: number) else {
        return violate(.broken, "\(number) of room \(room) has no receipts")
      }
      let status = letters[author][Letter.serial(of: log[room][Int(number) - 1])].status
      check(
        status <= max(expected.status, .sent), "\(number) of room \(room) is \(status), and the screens say \(expected)"
      )
      if isWhole && counts != expected || counts.delivered > expected.delivered {
        return violate(.broken, "\(number) of room \(room) has \(counts), and the screens say \(expected)")
      }
    }
  }
}
