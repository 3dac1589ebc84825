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

  /// All that came while a member was there has been shown, or lies in exactly one declared gap. Where it left, that was looked
  /// at when it did.
  private func checkScreen(of member: Member) {
    for room in log.indices {
      guard let line = member.screen.lines[room] else { continue }
      if line.next <= log[room].count {
        violate(.lost, "member \(member.index) never had \(line.next) of room \(room)")
      }
      member.check(line, of: room, in: self)
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
        guard server.rooms.stays[room][member.index].contains(where: { $0.contains(number) }) else { continue }
        expected.recipients += 1
        guard member.screen.delivered[room].contains(number) else { continue }
        expected.delivered += 1
        expected.read += 1
      }
      guard let counts = receipts.receipts.counts(of: number) else {
        check(number <= receipts.receipts.forgotten, "\(number) of room \(room) has no receipts")
        continue
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
