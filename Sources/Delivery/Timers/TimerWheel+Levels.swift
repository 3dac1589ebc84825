/// Where timers wait.
///
/// A deadline is a number of eleven digits in base 64. A timer waits at the level of the highest digit in which its deadline
/// differs from `base`, in the bucket of that digit: so what waits at one level fires before what waits at the next, and
/// within a level the buckets are in order. At level 0 all of a bucket have the same deadline.
///
/// Within the first bucket the order is not known. Few timers are just looked at; of many, the bucket is *split*: they move to
/// the 64 buckets of a block of its own, by their next digit, and so on. When the time comes that `base` enters the bucket,
/// that block becomes the level below. A timer moves at most once a level, always behind those that moved before it; so timers
/// with the same deadline, which always share a bucket, stay in their order.
extension TimerWheel where Payload: ~Copyable {
  @inlinable static var levelCount: Int32 { 11 }

  /// So many timers are compared one by one; beyond, splitting is cheaper in the long run.
  @inlinable static var fewTimers: Int { 8 }

  /// The highest digit in which two moments differ.
  @inlinable @inline(__always)
  static func level(_ difference: UInt64) -> Int32 {
    let bit = 63 &- Int32(truncatingIfNeeded: (difference | 1).leadingZeroBitCount)
    return (bit &* 43) &>> 8  // bit / 6 for any bit up to 63
  }

  @inlinable @inline(__always)
  static func digit(_ moment: UInt64, _ level: Int32) -> UInt64 {
    moment &>> UInt64(truncatingIfNeeded: 6 &* level) & 63
  }

  @inlinable @inline(__always)
  mutating func place(_ index: Int32, _ deadline: UInt64) {
    let level = Self.level(deadline ^ base)
    let digit = Self.digit(deadline, level)
    var head = TimerStorage<Payload>.head(level, digit)
    var last = storage.previous(head)
    // Only a bucket without timers needs its bit, and only such a one can have been split.
    if last < 0 {
      if last == .min {
        head = splitBucket(deadline, level)
        last = storage.previous(head)
      } else {
        storage[block: level].occupied |= 1 &<< digit
      }
    }
    storage.link(index, between: last, and: head)
  }

  /// The bucket for a deadline whose bucket at a level has been split.
  @inlinable @inline(never)
  mutating func splitBucket(_ deadline: UInt64, _ level: Int32) -> Int32 {
    var (block, level) = (level, level)
    while true {
      let digit = Self.digit(deadline, level)
      let head = TimerStorage<Payload>.head(block, digit)
      if storage[block: block].split &>> digit & 1 == 0 {
        storage[block: block].occupied |= 1 &<< digit
        return head
      }
      block = storage.child(head)
      level &-= 1
    }
  }
}

// MARK: - The next to fire

extension TimerWheel where Payload: ~Copyable {
  /// Finds the timer that fires next, of which there is at least one.
  @inlinable @inline(never)
  mutating func findFirst() {
    while true {
      var level: Int32 = 0
      while storage[block: level].occupied == 0 { level &+= 1 }
      if findFirst(in: level, level) { return }
    }
  }

  /// Finds the first timer of a block. If what seemed to be its first bucket is empty, it clears its bit instead.
  @inlinable
  mutating func findFirst(in block: Int32, _ level: Int32) -> Bool {
    var (block, level) = (block, level)
    while true {
      let digit = UInt64(truncatingIfNeeded: storage[block: block].occupied.trailingZeroBitCount)
      let head = TimerStorage<Payload>.head(block, digit)
      if storage[block: block].split &>> digit & 1 != 0 {
        let child = storage.child(head)
        if storage[block: child].occupied == 0 {
          storage.clearChild(of: head)
          storage.release(block: child)
          storage[block: block].split &= ~(1 &<< digit)
          storage[block: block].occupied &= ~(1 &<< digit)
          return false
        }
        block = child
      } else if storage.next(head) < 0 {
        storage[block: block].occupied &= ~(1 &<< digit)
        return false
      } else if level == 0 {
        first = storage.next(head)
        firstDeadline = storage.deadline(of: first)
        return true
      } else {
        if findFirst(among: Self.fewTimers, in: head) { return true }
        guard hasBlockToSplit else { return findFirst(among: .max, in: head) }
        let child = storage.allocateBlock()
        split(head, into: child, below: level)
        storage[block: block].split |= 1 &<< digit
        block = child
      }
      level &-= 1
    }
  }

  /// Finds the first timer of a bucket, if it has no more than `few`.
  @inlinable
  mutating func findFirst(among few: Int, in head: Int32) -> Bool {
    var best = storage.next(head)
    var bestDeadline = storage.deadline(of: best)
    var index = storage.next(best)
    var seen = 1
    while index >= 0 {
      if seen == few { return false }
      let deadline = storage.deadline(of: index)
      if deadline < bestDeadline { (best, bestDeadline) = (index, deadline) }
      index = storage.next(index)
      seen &+= 1
    }
    (first, firstDeadline) = (best, bestDeadline)
    return true
  }

  /// Blocks are bounded by the timers that there is memory for. Only one who schedules ever earlier deadlines by the dozen and
  /// then cancels all but a few gets so far; then the bucket's timers are compared one by one.
  @inlinable
  var hasBlockToSplit: Bool {
    storage.freeBlock >= 0 || storage.usedBlocks < 64 &+ storage.capacity / 32
  }

  /// Moves the timers of a bucket to a block of its own.
  ///
  /// The timers lie anywhere in memory, and each is known only from the one before it. So that not every one of them has to be
  /// waited for, a second walk goes ahead from the other end and reads what the first will need.
  @inlinable
  mutating func split(_ head: Int32, into block: Int32, below level: Int32) {
    var ahead = storage.previous(head)
    var index = storage.detach(head)
    var occupied: UInt64 = 0
    var touched: UInt64 = 0
    while index >= 0 {
      let next = storage.next(index)
      if ahead >= 0 {
        touched ^= storage.deadline(of: ahead)
        ahead = ahead == index || ahead == next ? -1 : storage.previous(ahead)
      }
      let digit = Self.digit(storage.deadline(of: index), level &- 1)
      storage.append(index, to: TimerStorage<Payload>.head(block, digit))
      occupied |= 1 &<< digit
      index = next
    }
    storage.touched ^= touched
    storage[block: block].occupied = occupied
    storage.setChild(block, of: head)
  }
}

// MARK: - Time passes

extension TimerWheel where Payload: ~Copyable {
  /// Moves `base` on to a moment before which nothing is scheduled.
  @inlinable @inline(__always)
  mutating func enter(_ moment: UInt64) {
    let level = Self.level(moment ^ base)
    base = moment
    if storage.usedBlocks > 0, storage[block: level].occupied &>> Self.digit(moment, level) & 1 != 0 {
      enterBucket(level)
    }
  }

  /// Empties the bucket that `base` lies in now: its timers belong to lower levels, all of which are empty.
  @inlinable @inline(never)
  mutating func enterBucket(_ highest: Int32) {
    var level = highest
    while level > 0 {
      let digit = Self.digit(base, level)
      let head = TimerStorage<Payload>.head(level, digit)
      if storage[block: level].occupied &>> digit & 1 == 0 { return }
      storage[block: level].occupied &= ~(1 &<< digit)
      guard storage[block: level].split &>> digit & 1 != 0 else { return spread(head) }
      storage[block: level].split &= ~(1 &<< digit)
      level &-= 1
      storage.clearChild(of: head)
      adopt(storage.child(head), as: level)
    }
  }

  /// Places the timers of a bucket anew.
  @inlinable
  mutating func spread(_ head: Int32) {
    var index = storage.detach(head)
    while index >= 0 {
      let next = storage.next(index)
      place(index, storage.deadline(of: index))
      index = next
    }
  }

  /// Makes a block the level that it belongs to, which is empty.
  @inlinable
  mutating func adopt(_ block: Int32, as level: Int32) {
    storage.releaseSplits(of: level)
    let split = storage[block: block].split
    var buckets = storage[block: block].occupied
    storage[block: level].occupied = buckets
    storage[block: level].split = split
    while buckets != 0 {
      let digit = UInt64(truncatingIfNeeded: buckets.trailingZeroBitCount)
      let (head, target) = (TimerStorage<Payload>.head(block, digit), TimerStorage<Payload>.head(level, digit))
      if split &>> digit & 1 != 0 {
        storage.setChild(storage.child(head), of: target)
        storage.clearChild(of: head)
      } else {
        storage.move(head, to: target)
      }
      buckets &= buckets &- 1
    }
    storage[block: block].split = 0
    storage.release(block: block)
  }
}
