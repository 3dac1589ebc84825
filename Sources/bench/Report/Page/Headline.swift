/// Where we stand, before any figure: ahead in how many works, behind in which.
struct Headline {
  var comparison: Comparison?
  /// Whose machine and date the page begins with.
  var recording: Recording?

  var markup: Markup {
    element("header") {
      element("p", ["class": "kicker"]) { "Ordered Delivery · benchmarks" }
      if let comparison, !comparison.contests.isEmpty {
        verdict(comparison)
        alarm(comparison.disagreements)
        losses(comparison.losses)
      } else {
        element("h1") { "The library by itself" }
      }
      element("p", ["class": "origin"]) { origin }
    }
  }

  @MarkupBuilder private func verdict(_ comparison: Comparison) -> Markup {
    let all = comparison.contests.count
    let won = all - comparison.losses.count
    element("h1") {
      "Ahead of every peer in "
      element("span", ["class": "ours"]) { won == all ? "all \(all)" : "\(won) of \(all)" }
      " works"
    }
    if let lead = middleLead(comparison) {
      element("p", ["class": "lead"]) {
        "In the middle one of them the best peer takes \(Numerals.times(lead)) our time or memory. "
        "A work is one task with one input and one result, done by all."
      }
    }
  }

  /// The median of the ratios to the best peers.
  private func middleLead(_ comparison: Comparison) -> Double? {
    let ratios = comparison.contests.compactMap(\.ratioToBestPeer)
    return ratios.isEmpty ? nil : Statistics(ratios).median
  }

  @MarkupBuilder private func alarm(_ disagreements: [String]) -> Markup {
    for disagreement in disagreements {
      element("p", ["class": "loss"]) { "Not comparable: \(disagreement)." }
    }
  }

  private func losses(_ losses: [Comparison.Row]) -> Markup {
    element("div", ["class": losses.isEmpty ? "losses none" : "losses"]) {
      element("h2") { "Where we lose" }
      if losses.isEmpty {
        element("p") { "Nowhere in this run." }
      } else {
        element("ul") {
          for row in losses { loss(row) }
        }
      }
    }
  }

  @MarkupBuilder private func loss(_ row: Comparison.Row) -> Markup {
    if let peer = row.peers.first, let ratio = row.ratioToBestPeer {
      element("li") {
        element("code") { row.work }
        element("span") {
          "\(peer.who) takes \(Numerals.short(peer.statistics.median)) \(row.unit), we take "
          "\(Numerals.short(row.ours.median))"
          row.isClose ? "; the repetitions overlap." : "."
        }
        element("strong") { Numerals.times(ratio) }
      }
    }
  }

  private var origin: String {
    guard let recording else { return "Nothing is recorded yet." }
    return ["machine", "date"].compactMap(recording.remark).joined(separator: " · ")
  }
}
