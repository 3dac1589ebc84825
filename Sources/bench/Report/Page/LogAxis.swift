#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A logarithmic axis from one round number to another: equal ratios are equally far apart.
struct LogAxis {
  let lower: Double
  let upper: Double

  /// - Parameter values: what has to fit. Only what is positive has a place on such an axis.
  init(covering values: [Double]) {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    let least = LogAxis.round(positive.min() ?? 1, up: false)
    let most = LogAxis.round(positive.max() ?? 1, up: true)
    lower = least
    upper = least < most ? most : least * 10
  }

  /// The place of a value, 0 at the lower end and 1 at the upper one. What lies beyond an end is put there.
  func position(_ value: Double) -> Double {
    guard value > lower else { return 0 }
    return min(log10(value / lower) / log10(upper / lower), 1)
  }

  /// Few round numbers: 1, 2 and 5 of each power of ten, or only the powers, or each second of them.
  var ticks: [Double] {
    let decades = log10(upper / lower)
    let digits: [Double] = decades <= 2.5 ? [1, 2, 5] : [1]
    let first = Int(log10(lower).rounded(.down))
    let last = Int(log10(upper).rounded(.up))
    return stride(from: first, through: last, by: decades > 5.5 ? 2 : 1)
      .flatMap { power in digits.map { $0 * pow(10, Double(power)) } }
      .filter { $0 >= lower * 0.999 && $0 <= upper * 1.001 }
  }

  /// The nearest number of one digit, 1, 2 or 5, that is not above or not below the value.
  private static func round(_ value: Double, up: Bool) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let candidates = [1.0, 2, 5, 10].map { $0 * power }
    // A little slack: 2 must not become 1 because its logarithm was rounded.
    let found = up ? candidates.first { $0 >= value * 0.999 } : candidates.last { $0 <= value * 1.001 }
    return found ?? value
  }
}
