import Testing

@testable import Simulation

/// The books that the simulation keeps notice each way to break a promise.
@Suite struct LineAccountTests {
  @Test func whatGoesWellIsNotComplainedOf() {
    var account = LineAccount()
    #expect(account.deliver(1, epoch: 0) == nil)
    #expect(account.skip(2...4, epoch: 0) == nil)
    #expect(account.deliver(5, epoch: 0) == nil)
    #expect(account.takeLate(3, epoch: 0) == nil)
    #expect(account.skipped == [2...2, 4...4])
    account.begin(epoch: 2)
    #expect(account.deliver(1, epoch: 2) == nil)
  }

  @Test func eachBreachHasItsName() {
    var account = LineAccount()
    _ = account.deliver(1, epoch: 0)
    _ = account.skip(2...4, epoch: 0)
    _ = account.takeLate(3, epoch: 0)
    #expect(account.deliver(1, epoch: 0)?.breach == .duplicated)
    #expect(account.deliver(7, epoch: 0)?.breach == .lost)
    #expect(account.deliver(5, epoch: 1)?.breach == .reordered)
    #expect(account.takeLate(3, epoch: 0)?.breach == .duplicated, "late twice")
    #expect(account.takeLate(1, epoch: 0)?.breach == .duplicated, "never skipped")
    #expect(account.skip(6...7, epoch: 0)?.breach == .broken, "a skip that leaves a hole")
    #expect(account.hold(6, epoch: 0, window: 2, at: 10) == nil)
    #expect(account.hold(7, epoch: 0, window: 2, at: 10)?.breach == .broken, "beyond the window")
    #expect(account.skip(5...6, epoch: 0)?.breach == .lost, "a skip over what is held")
  }

  @Test func whatWaitsTooLongIsNamed() {
    var account = LineAccount()
    #expect(account.hold(3, epoch: 0, window: 8, at: 10) == nil)
    #expect(account.overdue(at: 14, timeout: 5) == nil)
    #expect(account.overdue(at: 15, timeout: 5) == 3)
    account.refresh(at: 15)
    #expect(account.overdue(at: 15, timeout: 5) == nil)
    account.dropHeld()
    #expect(account.overdue(at: 99, timeout: 5) == nil)
  }
}
