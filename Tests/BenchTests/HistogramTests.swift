import Testing

@testable import bench

@Suite("Histogram")
struct HistogramTests {
  /// What a histogram must say of these values, from its definition.
  private func exactQuantile(_ share: Double, ofSorted values: [UInt64]) -> UInt64 {
    let rank = Int((share * Double(values.count)).rounded(.up))
    return values[max(rank, 1) - 1]
  }

  private func isClose(_ found: UInt64, to exact: UInt64) -> Bool {
    let distance = found > exact ? found - exact : exact - found
    return Double(distance) <= 0.004 * Double(exact)
  }

  @Test("A single value is found: exactly below 256, else within 0.4 %")
  func singleValues() {
    for value in 0..<UInt64(20_000) {
      // A larger one beside it, because the maximum is kept exactly.
      var histogram = Histogram()
      histogram.record(value)
      histogram.record(.max)
      let found = histogram.quantile(0.5)
      let isFound = value < 256 ? found == value : isClose(found, to: value)
      if !isFound { Issue.record("\(value) is said to be \(found)") }
    }
  }

  @Test("So are the values around every power of two, up to the largest word")
  func powersOfTwo() {
    for shift in 8..<UInt64(64) {
      for value in [1 << shift - 1, 1 << shift, 1 << shift + 1, 1 << shift + 1 << (shift - 1)] as [UInt64] {
        var histogram = Histogram()
        histogram.record(value)
        histogram.record(.max)
        #expect(isClose(histogram.quantile(0.5), to: value), "\(value)")
      }
    }
    var histogram = Histogram()
    histogram.record(.max)
    #expect(histogram.maximum == .max && histogram.quantile(1) <= .max && isClose(histogram.quantile(1), to: .max))
  }

  @Test("Buckets do not overlap: what is larger is never said to be smaller")
  func monotone() {
    var previous: UInt64 = 0
    for value in 0..<UInt64(20_000) {
      var histogram = Histogram()
      histogram.record(value)
      histogram.record(.max)
      let found = histogram.quantile(0.5)
      if found < previous { Issue.record("\(value) is said to be \(found), after \(previous)") }
      previous = found
    }
  }

  @Test("Quantiles are those of the sorted values", arguments: [1, 2, 3, 10, 99, 100, 101, 1_000, 10_000])
  func quantiles(count: Int) {
    var random = XorShift(seed: UInt64(count))
    for bits in [4, 9, 20, 63] as [UInt64] {
      var histogram = Histogram()
      let values = (0..<count).map { _ in random.next() >> (64 - bits) }.sorted()
      for value in values { histogram.record(value) }
      #expect(histogram.count == UInt64(count) && histogram.maximum == values.last)
      for share in [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
        let (found, exact) = (histogram.quantile(share), exactQuantile(share, ofSorted: values))
        #expect(isClose(found, to: exact), "\(share) of \(count) values of \(bits) bits: \(found), not \(exact)")
      }
    }
  }

  @Test("One value recorded many times is as good as many that are equal")
  func times() {
    var histogram = Histogram()
    histogram.record(10, times: 99)
    histogram.record(1_000_000)
    #expect(histogram.count == 100)
    #expect(histogram.quantile(0.99) == 10)
    #expect(histogram.quantile(0.991) == 1_000_000 || isClose(histogram.quantile(0.991), to: 1_000_000))
  }

  @Test("An empty histogram knows of nothing")
  func empty() {
    #expect(Histogram().count == 0 && Histogram().maximum == 0 && Histogram().quantile(0.5) == 0)
  }
}
