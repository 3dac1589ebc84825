/// Counts values by their size, in memory that does not grow: what a percentile needs, without keeping all values.
///
/// Buckets are as wide as their values allow: 1 below 256, and from there on 128 of them to each doubling. A value and what
/// stands for it, the middle of its bucket, are less than 0.4 % apart.
struct Histogram {
  private static let bitsKept: UInt64 = 7
  private static let bucketsOfDoubling: UInt64 = 1 << bitsKept
  /// Up to the largest 64-bit word.
  private static let bucketCount = Int((64 - bitsKept + 1) * bucketsOfDoubling)

  private var counts = [UInt64](repeating: 0, count: bucketCount)
  private(set) var count: UInt64 = 0
  /// Exact; 0 if there is none.
  private(set) var maximum: UInt64 = 0

  @inline(__always)
  mutating func record(_ value: UInt64, times: UInt64 = 1) {
    counts[Histogram.bucket(of: value)] &+= times
    count &+= times
    maximum = max(maximum, value)
  }

  /// The least value that at least this share of all values does not exceed; 0 if there are none.
  ///
  /// - Precondition: `share` is above 0 and at most 1.
  func quantile(_ share: Double) -> UInt64 {
    precondition(0 < share && share <= 1, "a quantile is of a share of the values")
    let rank = UInt64((share * Double(count)).rounded(.up))
    var passed: UInt64 = 0
    for bucket in counts.indices where counts[bucket] > 0 {
      passed += counts[bucket]
      if passed >= rank { return min(Histogram.middle(of: bucket), maximum) }
    }
    return maximum
  }

  /// The value without the bits below its eight highest, and how many those are: as one number, so that buckets follow each
  /// other without a hole.
  @inline(__always)
  private static func bucket(of value: UInt64) -> Int {
    let width = UInt64(truncatingIfNeeded: UInt64.bitWidth - (value | bucketsOfDoubling).leadingZeroBitCount)
    let dropped = width &- bitsKept &- 1
    return Int(truncatingIfNeeded: dropped &* bucketsOfDoubling &+ value >> dropped)
  }

  private static func middle(of bucket: Int) -> UInt64 {
    let bucket = UInt64(bucket)
    guard bucket >= 2 * bucketsOfDoubling else { return bucket }
    let dropped = bucket / bucketsOfDoubling - 1
    return (bucket - dropped * bucketsOfDoubling) << dropped + 1 << (dropped - 1)
  }
}
