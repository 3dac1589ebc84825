/// The receipts of a conversation as booleans: for each message and member, whether it got it and whether it read it. Slow,
/// without limits, and without a line of the library's.
struct NaiveReceipts {
  struct Message {
    var number: Int
    var author: Int?
    /// Who belonged to the conversation then.
    var members: Set<Int>
  }

  var members: Set<Int> = []
  var messages: [Message] = []
  /// By member: the numbers it said it got, and said it read, whether or not there is such a message.
  var delivered: [Int: Set<Int>] = [:]
  var read: [Int: Set<Int>] = [:]
  var forgotten = 0

  var tip: Int { messages.last?.number ?? 0 }

  mutating func note(_ number: Int, author: Int?) {
    for leapt in tip + 1..<number { messages.append(Message(number: leapt, author: nil, members: members)) }
    messages.append(Message(number: number, author: author, members: members))
  }

  mutating func say(isRead: Bool, _ numbers: ClosedRange<Int>, by member: Int) {
    let numbers = numbers.filter { $0 > forgotten }
    delivered[member, default: []].formUnion(numbers)
    if isRead { read[member, default: []].formUnion(numbers) }
  }

  func recipients(of number: Int) -> Set<Int>? {
    guard number > forgotten, number >= 1, number <= tip else { return nil }
    let message = messages[number - 1]
    return message.author.map { message.members.subtracting([$0]) } ?? message.members
  }

  /// Recipients, and those of them that got it and that read it.
  func counts(of number: Int) -> [Int]? {
    guard let recipients = recipients(of: number) else { return nil }
    return [
      recipients.count,
      recipients.count { delivered[$0, default: []].contains(number) },
      recipients.count { read[$0, default: []].contains(number) },
    ]
  }

  /// 0: sent, 1: delivered, 2: read; nil: not one of its recipients.
  func status(of number: Int, towards member: Int) -> Int? {
    guard let recipients = recipients(of: number), recipients.contains(member) else { return nil }
    if read[member, default: []].contains(number) { return 2 }
    return delivered[member, default: []].contains(number) ? 1 : 0
  }

  /// The least over the recipients; sent if there is none.
  func status(of number: Int) -> Int? {
    guard let recipients = recipients(of: number) else { return nil }
    return recipients.map { status(of: number, towards: $0)! }.min() ?? 0
  }
}
