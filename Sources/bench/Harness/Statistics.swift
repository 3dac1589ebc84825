/// The three figures that a report shows of a scenario's repetitions.
///
/// No mean: one visit of a neighbour on the machine moves it. The minimum is what the code can do, the median what it
/// usually does, and the maximum how far to trust the two.
struct Statistics: Equatable {
  var minimum: Double
  var median: Double
  var maximum: Double

  /// - Precondition: `values` is not empty.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "there are no statistics of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    minimum = sorted[0]
    median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    maximum = sorted[sorted.count - 1]
  }
}
