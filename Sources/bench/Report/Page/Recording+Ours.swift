extension Recording {
  /// What the library took for one work, over all repetitions.
  struct OwnFigure {
    var work: String
    var unit: String
    var repetitions: Int
    var statistics: Statistics
  }

  /// The library's own figures, in the order in which they were recorded.
  var own: [OwnFigure] {
    grouped(samples.filter { $0.who == RecordedSample.ours }, by: \.work).map { work, samples in
      OwnFigure(
        work: work, unit: samples[0].unit, repetitions: samples.count, statistics: Statistics(samples.map(\.value)))
    }
  }
}
