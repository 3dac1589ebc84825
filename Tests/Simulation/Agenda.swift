/// What is to happen when: a heap of moments, those of the same moment in the order in which they were entered.
struct Agenda<Item> {
  private var entries: [(at: UInt64, order: UInt64, item: Item)] = []
  private var entered: UInt64 = 0

  var next: UInt64? { entries.first?.at }

  mutating func enter(_ item: Item, at moment: UInt64) {
    entered += 1
    entries.append((moment, entered, item))
    var place = entries.count - 1
    while place > 0, comesBefore(place, (place - 1) / 2) {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func takeNext() -> (at: UInt64, item: Item)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return (first.at, first.item)
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in 2 * place + 1...2 * place + 2 where child < entries.count && comesBefore(child, least) {
        least = child
      }
      if least == place { return }
      entries.swapAt(place, least)
      place = least
    }
  }

  private func comesBefore(_ left: Int, _ right: Int) -> Bool {
    (entries[left].at, entries[left].order) < (entries[right].at, entries[right].order)
  }
}
