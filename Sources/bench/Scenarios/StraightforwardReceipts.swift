/// Receipts as everybody writes them first: for each member, the set of what it got, and of what it read.
struct StraightforwardReceipts {
  private struct Sets {
    var delivered: Set<UInt64> = []
    var read: Set<UInt64> = []
    /// Everything up to these is in the sets: what is below need not be entered again.
    var deliveredThrough: UInt64 = 0
    var readThrough: UInt64 = 0

    mutating func enterDelivered(through last: UInt64) -> Bool {
      let count = delivered.count
      while deliveredThrough < last {
        deliveredThrough += 1
        delivered.insert(deliveredThrough)
      }
      return delivered.count > count
    }

    mutating func enterRead(through last: UInt64) -> Bool {
      let count = read.count
      _ = enterDelivered(through: last)
      while readThrough < last {
        readThrough += 1
        read.insert(readThrough)
      }
      return read.count > count
    }
  }

  private var sets: [UInt64: Sets] = [:]
  private var authors: [UInt64: UInt64] = [:]

  init(members: [UInt64]) {
    for member in members { sets[member] = Sets() }
  }

  @inline(never)
  consuming func timedLoop(_ traffic: ReceiptTraffic) -> UInt64 {
    var hash: UInt64 = 0
    var changed: UInt64 = 0
    var next = 0
    for index in 0..<traffic.messages {
      let author = traffic.authors[index]
      let number = UInt64(index + 1)
      // As the library takes it: an author has read its own message.
      authors[number] = author
      sets[author]?.delivered.insert(number)
      sets[author]?.read.insert(number)
      let end = min(next + traffic.receiptsPerMessage, traffic.timed)
      while next < end {
        if apply(traffic.receipts[next], through: number) { changed &+= 1 }
        next += 1
      }
      guard number % ReceiptTraffic.messagesPerLook == 0 else { continue }
      let counts = counts(of: number)
      hash = hash &* 31 &+ counts.delivered &* 1_000_003 &+ counts.read
    }
    return digest(hash, changed)
  }

  /// Enters a receipt for all messages up to one; whether it said anything new.
  private mutating func apply(_ receipt: ReceiptTraffic.Entry, through last: UInt64) -> Bool {
    receipt.isRead
      ? sets[receipt.member]?.enterRead(through: last) ?? false
      : sets[receipt.member]?.enterDelivered(through: last) ?? false
  }

  private func counts(of number: UInt64) -> (delivered: UInt64, read: UInt64) {
    var result: (delivered: UInt64, read: UInt64) = (0, 0)
    for (member, sets) in sets where member != authors[number] {
      if sets.delivered.contains(number) { result.delivered &+= 1 }
      if sets.read.contains(number) { result.read &+= 1 }
    }
    return result
  }
}
