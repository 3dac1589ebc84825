/// How long after its start a gap is asked for, and given up; in nanoseconds.
@safe
@usableFromInline
struct GapSchedule: ~Copyable {
  /// When a gap is given up; the greatest number there is when it never is.
  @usableFromInline let timeout: UInt64
  /// When it is asked for, ascending, all before `timeout`.
  @usableFromInline let requests: UnsafeMutablePointer<UInt64>
  @usableFromInline let requestCount: Int

  @usableFromInline static var never: UInt64 { .max }

  @usableFromInline
  init(timeout: Duration?, repair: RepairSchedule?) {
    self.timeout = timeout.map { UInt64($0.saturatedNanoseconds) } ?? Self.never
    unsafe requests = .allocate(capacity: repair?.attempts ?? 0)
    var count = 0
    if let repair {
      let first = UInt64(repair.first.saturatedNanoseconds)
      for attempt in 1...repair.attempts {
        // first × (1 + 2 + 4 + …): each wait is twice the one before.
        let (offset, overflow) = first.multipliedReportingOverflow(by: 1 << attempt - 1)
        if overflow || offset >= self.timeout || offset > Instant.max.nanoseconds { break }
        unsafe (requests + count).initialize(to: offset)
        count += 1
      }
    }
    requestCount = count
  }

  @inlinable
  deinit { unsafe requests.deallocate() }

  /// When request number `index`, counted from 0, is due after the start.
  @inlinable
  subscript(index: Int) -> UInt64 { unsafe requests[index] }
}
