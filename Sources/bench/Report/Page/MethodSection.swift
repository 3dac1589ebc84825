/// How the figures came about, so that anyone can get them again and knows how far to trust them.
struct MethodSection {
  /// What the page is made from, by title; those that exist.
  private let recordings: [(title: String, recording: Recording)]

  init(recordings: [(title: String, recording: Recording?)]) {
    self.recordings = recordings.compactMap { title, recording in recording.map { (title, $0) } }
  }

  var markup: Markup {
    Page.section("How it was measured", id: "method") {
      element("ul", ["class": "method"]) {
        element("li") {
          "Figures are medians. All programs take turns, round by round, so that what drifts on the machine hits all of "
          "them alike. Compare rows of one run: absolute times move between machines and hours, ratios hold."
        }
        element("li") {
          "Each result has a hash of what was computed: the same in every repetition, and the same for everybody who "
          "does that work. So nothing is optimised away, and nothing fast is wrong."
        }
        element("li") {
          "A limit is what the machine needs for the part that no program can leave out, measured in the same run: a "
          "random line of memory read and written, a line handed to another core."
        }
      }
      for (title, recording) in recordings {
        element("h3") { title }
        element("dl") {
          for remark in recording.header { entry(remark.name, remark.value) }
          entry("repetitions", repetitions(of: recording))
          entry("spread", spread(of: recording))
        }
      }
    }
  }

  @MarkupBuilder private func entry(_ name: String, _ value: String) -> Markup {
    element("dt") { name }
    element("dd") {
      if name == "command" { element("code") { value } } else { value }
    }
  }

  private func repetitions(of recording: Recording) -> String {
    let counts = recording.own.map(\.repetitions)
    guard let least = counts.min(), let most = counts.max() else { return "none" }
    return least == most ? "\(least) of each work" : "\(least) to \(most) of each work"
  }

  /// How far the repetitions of the median work lie apart.
  private func spread(of recording: Recording) -> String {
    let spreads = recording.own.filter { $0.statistics.median > 0 }.map {
      ($0.statistics.maximum - $0.statistics.minimum) / $0.statistics.median
    }
    guard !spreads.isEmpty else { return "unknown" }
    let found = Statistics(spreads)
    return "from minimum to maximum \(percent(found.median)) of the median, in the middle one of our works; "
      + "\(percent(found.maximum)) in the worst"
  }

  private func percent(_ fraction: Double) -> String { "\(Int((fraction * 100).rounded())) %" }
}
