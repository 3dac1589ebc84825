/// The receipts of a conversation as booleans: for each message and member, whether it got it and whether it read it. Slow,
/// without limits, and without a line of the library's.
struct NaiveReceipts {
  struct Message {
    var author: Int?
    /// Who belonged to the conversation then.
    var members: [Bool]
  }

  /// Who belongs to it now, of all who might.
  var isMember: [Bool]
  /// Number 1 is the first.
  var messages: [Message] = []
  /// By member: the numbers it said it got, and said it read, whether or not there is such a message.
  private var delivered: [[Bool]]
  private var read: [[Bool]]
  var forgotten = 0

  init(crowd: Int) {
    isMember = Array(repeating: false, count: crowd)
    delivered = Array(repeating: [], count: crowd)
    read = delivered
  }

  var tip: Int { messages.count }

  mutating func note(_ number: Int, author: Int?) {
    while tip < number - 1 { messages.append(Message(author: nil, members: isMember)) }
    messages.append(Message(author: author, members: isMember))
  }

  /// Whether any of it is news.
  @discardableResult
  mutating func say(isRead: Bool, _ numbers: ClosedRange<Int>, by member: Int) -> Bool {
    var isNews = false
    let first = max(forgotten + 1, numbers.lowerBound)
    for number in first..<max(first, numbers.upperBound + 1) where !has(isRead: isRead, number, by: member) {
      isNews = true
    }
    Self.mark(first, numbers.upperBound, in: &delivered[member])
    if isRead { Self.mark(first, numbers.upperBound, in: &read[member]) }
    return isNews
  }

  private static func mark(_ first: Int, _ last: Int, in marks: inout [Bool]) {
    while marks.count <= last { marks.append(false) }
    for number in first..<max(first, last + 1) { marks[number] = true }
  }

  func isKnown(_ number: Int) -> Bool { number > forgotten && number >= 1 && number <= tip }

  func isRecipient(_ member: Int, of number: Int) -> Bool {
    messages[number - 1].members[member] && messages[number - 1].author != member
  }

  /// Recipients, and those of them that got it and that read it.
  func counts(of number: Int) -> [Int]? {
    guard isKnown(number) else { return nil }
    let recipients = isMember.indices.filter { isRecipient($0, of: number) }
    return [
      recipients.count, recipients.count { has(isRead: false, number, by: $0) },
      recipients.count { has(isRead: true, number, by: $0) },
    ]
  }

  /// 0: sent, 1: delivered, 2: read; nil: not one of its recipients.
  func status(of number: Int, towards member: Int) -> Int? {
    guard isKnown(number), isRecipient(member, of: number) else { return nil }
    if has(isRead: true, number, by: member) { return 2 }
    return has(isRead: false, number, by: member) ? 1 : 0
  }

  /// The least over the recipients; sent if there is none.
  func status(of number: Int) -> Int? {
    guard isKnown(number) else { return nil }
    return isMember.indices.compactMap { status(of: number, towards: $0) }.min() ?? 0
  }

  /// Whether a member said so, or wrote it itself.
  func has(isRead: Bool, _ number: Int, by member: Int) -> Bool {
    saidSo(isRead: isRead, number, by: member) || (1...max(1, tip) ~= number && author(of: number) == member)
  }

  func saidSo(isRead: Bool, _ number: Int, by member: Int) -> Bool {
    let count = isRead ? read[member].count : delivered[member].count
    return number < count && (isRead ? read[member][number] : delivered[member][number])
  }

  func author(of number: Int) -> Int? { number <= tip ? messages[number - 1].author : nil }
}
