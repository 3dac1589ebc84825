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

/// The elements that agree on a key, together, in the order of their first.
func grouped<Element, Key: Hashable>(
  _ elements: some Sequence<Element>, by key: (Element) -> Key
) -> [(key: Key, elements: [Element])] {
  var groups: [(key: Key, elements: [Element])] = []
  var indices: [Key: Int] = [:]
  for element in elements {
    let key = key(element)
    if let index = indices[key] {
      groups[index].elements.append(element)
    } else {
      indices[key] = groups.count
      groups.append((key, [element]))
    }
  }
  return groups
}
