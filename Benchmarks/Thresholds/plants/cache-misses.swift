/// A planted regression: one line of memory a message that no cache holds.
@usableFromInline
func plantedRegression() {
  unsafe place = (place &* 6_364_136_223_846_793_005) &+ 1_442_695_040_888_963_407
  unsafe lines[Int(truncatingIfNeeded: place >> 41) * 8] &+= 1
}

nonisolated(unsafe) private var place: UInt64 = 1
/// 64 bytes for each of 2²³ places; never freed.
nonisolated(unsafe) private let lines = UnsafeMutablePointer<UInt64>.allocate(capacity: 8 << 23)
