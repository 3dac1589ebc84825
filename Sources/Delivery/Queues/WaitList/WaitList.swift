/// Any number of waiters, all of whom the next news wakes: what the adapters park tasks in.
///
/// A ``Doorbell`` is for one consumer, and leaves the waking to the caller; here there are many, and each brings what wakes
/// it. The handshake is the same: whoever has news exchanges the list for an empty one, always, and whoever waits looks once
/// more after it has joined the list. So either the news find the waiter, or the waiter finds the news.
@safe
@usableFromInline
package final class WaitList<Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  /// The address of the newest waiter, each of whom leads to the one before it.
  private let newest = Word(0, .waiters)
  /// How many have stopped waiting since the list was last taken.
  private let abandoned = Word(0, .abandoned)

  package init() {}

  deinit { wakeAll() }

  /// Wakes all who wait, and answers how many that were.
  ///
  /// - Complexity: O(*waiters*): one read-modify-write if there is none.
  @discardableResult
  package func wakeAll() -> Int {
    var woken = 0
    var address = newest.exchange(0)
    while let pointer = unsafe UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: address)) {
      let waiter = unsafe Unmanaged<Waiter<Word>>.fromOpaque(pointer).takeRetainedValue()
      address = waiter.older
      if waiter.wakeIfWaiting() { woken += 1 }
    }
    return woken
  }

  /// Adds a waiter that is armed. The caller then looks once more whether there is news.
  package func add(_ waiter: Waiter<Word>) {
    let address = unsafe UInt64(UInt(bitPattern: Unmanaged.passRetained(waiter).toOpaque()))
    newest.push(address) { waiter.older = $0 }
  }

  /// Wakes one who need not wait any more, and remains in the list.
  ///
  /// So that those who give up again and again do not fill it while there is no news, all are woken now and then; who still
  /// has to wait joins again.
  package func abandon(_ waiter: Waiter<Word>) {
    guard waiter.wakeIfWaiting() else { return }
    if abandoned.add(1) >= Self.abandonedLimit {
      _ = abandoned.exchange(0)
      wakeAll()
    }
  }

  private static var abandonedLimit: UInt64 { 63 }
}

/// One who waits. It is woken once at most.
@safe
@usableFromInline
package final class Waiter<Word: AtomicWord & ~Copyable>: @unchecked Sendable {
  /// 0: not yet armed, 1: waiting, 2: over.
  private let state = Word(0, .waiter)
  private var wake: (@Sendable () -> Void)?
  fileprivate var older: UInt64 = 0

  package init() {}

  /// Says what wakes it. Returns false, and forgets that, if the wait was over before it began.
  package func arm(_ wake: @escaping @Sendable () -> Void) -> Bool {
    self.wake = wake
    return state.compareExchange(expected: 0, desired: 1) == 0
  }

  package func wakeIfWaiting() -> Bool {
    guard state.exchange(2) == 1 else { return false }
    wake?()
    wake = nil
    return true
  }
}
