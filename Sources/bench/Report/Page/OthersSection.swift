/// All other figures: works that no peer has a form of, and the limits of the machine.
struct OthersSection {
  private let rows: [Comparison.Row]

  /// - Parameter contested: works that are shown beside peers already.
  init(recording: Recording?, contested: Set<String>) {
    guard let recording else {
      rows = []
      return
    }
    let limits = recording.own.filter { $0.work.hasPrefix("limit/") }.map { own in
      Comparison.Row(work: own.work, unit: own.unit, ours: own.statistics, peers: [])
    }
    let others = Comparison(recording).rows.filter { row in
      !contested.contains(row.work) && !["latency", "scale"].contains(row.family)
    }
    rows = others + limits
  }

  var markup: Markup {
    Page.section("Without a peer", id: "others") {
      if rows.isEmpty {
        Page.missing("The other works, and the limits of this machine, were", command: Page.commandForOurs)
      } else {
        element("p", ["class": "lead"]) {
          "What nobody else does in this form, beside the straightforward Swift code where there is some, and what this "
          "machine can do at all."
        }
        FiguresTable(rows: rows).markup
      }
    }
  }
}
