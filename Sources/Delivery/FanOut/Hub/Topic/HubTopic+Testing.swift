extension HubTopic {
  /// What tests do while a loop stands in the middle of copying from `position` on. The loop must not drain meanwhile.
  package func whileCopying<Result>(from position: UInt64, by loop: Int, _ body: () -> Result) -> Result {
    guard let ring = unsafe RingPool<Element, HardwareWord>.ring(at: core.ring.loadAcquiring()) else { return body() }
    unsafe ring._withUnsafeGuaranteedRef { $0.claim(position, by: loop) }
    let result = body()
    unsafe ring._withUnsafeGuaranteedRef { $0.unclaim(by: loop) }
    return result
  }
}

extension MessageRing where Word: ~Copyable {
  func claim(_ position: UInt64, by reader: Int) { _ = withClaim(of: reader) { $0.exchange(position) } }
  func unclaim(by reader: Int) { _ = withClaim(of: reader) { $0.exchange(Self.unclaimed) } }
}
