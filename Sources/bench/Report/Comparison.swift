/// The library beside its peers: what a recording of both says, work by work.
struct Comparison {
  /// One work: what the library takes for it, and who else does it.
  struct Row {
    var work: String
    var unit: String
    var ours: Statistics
    /// The best one first.
    var peers: [Peer]
    /// What the machine itself needs.
    var limit: Peer?

    /// How many times ours the best peer's median is: above 1, we are ahead; `nil` if there is no peer.
    var ratioToBestPeer: Double? { peers.first.flatMap { ratio($0.statistics.median, ours.median) } }

    /// How many times the machine's limit ours is.
    var ratioToLimit: Double? { limit.flatMap { ratio(ours.median, $0.statistics.median) } }
  }

  struct Peer {
    var who: String
    var statistics: Statistics
    /// Whether its result was compared. A peer that has only the system's clock, or does less work, has none to compare.
    var isChecked = true
    /// Whether it is the straightforward code of this program, which nobody uses but we.
    var isBaseline = false
  }

  private(set) var rows: [Row] = []
  /// Works whose results differ from one to another: a figure that is fast and wrong.
  private(set) var disagreements: [String] = []

  /// - Parameter recording: samples of the library and of others. Without its `limit/…` and `baseline/…` scenarios there are no limits,
  ///   and no straightforward code among the peers.
  init(_ recording: Recording) {
    let works = grouped(recording.samples, by: \.work)
    let samples = Dictionary(uniqueKeysWithValues: works.map { ($0.key, $0.elements) })
    for (work, all) in works {
      if let disagreement = Comparison.disagreement(on: work, all) { disagreements.append(disagreement) }
      guard !work.hasPrefix("limit/"), !work.hasPrefix("baseline/") else { continue }
      guard let ours = Comparison.ours(in: all) else { continue }
      var peers = Comparison.peers(in: all)
      if peers.isEmpty, let plainer = Yardsticks.plainer[work] {
        peers = Comparison.peers(in: samples[plainer] ?? []).map { peer in
          Peer(who: "\(peer.who), one by one", statistics: peer.statistics, isChecked: peer.isChecked)
        }
      }
      for baseline in Yardsticks.baselines(of: work) {
        guard let own = Comparison.ours(in: samples[baseline.scenario] ?? []) else { continue }
        peers.append(Peer(who: baseline.who, statistics: own, isBaseline: true))
      }
      peers.sort { $0.statistics.median < $1.statistics.median }
      var row = Row(work: work, unit: all[0].unit, ours: ours, peers: peers)
      if let limit = Yardsticks.limit(of: work), let own = Comparison.ours(in: samples[limit.scenario] ?? []) {
        row.limit = Peer(who: limit.scenario, statistics: own.scaled(by: limit.times))
      }
      rows.append(row)
    }
  }

  /// Rows in which somebody else is better.
  var losses: [Row] { rows.filter(\.isLoss) }

  /// Rows in which somebody else takes part: to be ahead of one's own straightforward code alone is no victory.
  var contests: [Row] { rows.filter { row in row.peers.contains { !$0.isBaseline } } }

  private static func ours(in samples: [RecordedSample]) -> Statistics? {
    let values = samples.filter { $0.who == RecordedSample.ours }.map(\.value)
    return values.isEmpty ? nil : Statistics(values)
  }

  private static func peers(in samples: [RecordedSample]) -> [Peer] {
    grouped(samples.filter { $0.who != RecordedSample.ours }, by: \.who).map { who, own in
      Peer(who: who, statistics: Statistics(own.map(\.value)), isChecked: own.allSatisfy { $0.hash != nil })
    }
  }

  private static func disagreement(on work: String, _ samples: [RecordedSample]) -> String? {
    if let other = samples.first(where: { $0.unit != samples[0].unit }) {
      return "\(work): '\(other.who)' counts in \(other.unit), not in \(samples[0].unit)"
    }
    let known = samples.filter { $0.hash != nil }
    guard let first = known.first, let other = known.first(where: { $0.hash != first.hash }) else { return nil }
    return "\(work): the result of '\(other.who)' is not that of '\(first.who)'"
  }
}

private func ratio(_ numerator: Double, _ denominator: Double) -> Double? {
  denominator > 0 ? numerator / denominator : nil
}

// MARK: As text

extension Comparison {
  /// A line a work, and under it one a peer, the best first.
  var text: String {
    var cells = [["work, and who else does it", "median", "unit", "peer ÷ ours", "ours ÷ limit", "min … max"]]
    for row in rows {
      cells.append([
        row.work, Report.fixed(row.ours.median), row.unit, times(row.ratioToBestPeer), times(row.ratioToLimit),
        row.ours.range,
      ])
      for peer in row.peers {
        let lead = times(ratio(peer.statistics.median, row.ours.median))
        cells.append(["    \(peer.label)", Report.fixed(peer.statistics.median), "", lead, "", peer.statistics.range])
      }
    }
    return (Grid(rows: cells, rightAligned: [1, 3, 4]).lines + [""] + remarks).joined(separator: "\n")
  }

  /// A row a work, with all peers in one cell.
  var markdown: String {
    var cells = [["work", "ours", "unit", "peers, the best first", "best peer ÷ ours", "ours ÷ limit"]]
    for row in rows {
      let peers = row.peers.map { "\($0.label) \(Report.fixed($0.statistics.median))" }.joined(separator: "; ")
      let lead = times(row.ratioToBestPeer)
      cells.append([
        "`\(row.work)`", Report.fixed(row.ours.median), row.unit, peers.isEmpty ? "–" : peers,
        row.isLoss ? "**\(lead)**" : lead, times(row.ratioToLimit),
      ])
    }
    return "\(Grid(rows: cells, rightAligned: [1, 4, 5]).markdown)\n\n\(remarks.joined(separator: "\n\n"))"
  }

  private var remarks: [String] {
    let isUnchecked = rows.contains { $0.peers.contains { !$0.isChecked } }
    return [verdict] + (isUnchecked ? ["°: a peer whose result cannot be compared with ours."] : [])
  }

  /// Where we stand, in words.
  var verdict: String {
    let count = contests.count
    guard !losses.isEmpty else { return "Ahead of every peer in all \(count) works that have one." }
    let named = losses.map { row in
      "\(row.work) (\(row.peers[0].who), \(times(row.ratioToBestPeer)))"
    }
    return "Ahead of every peer in \(count - losses.count) of \(count) works that have one. Behind in "
      + named.joined(separator: ", ") + "."
  }

  private func times(_ ratio: Double?) -> String { ratio.map { "\(Report.fixed($0)) ×" } ?? "" }
}

extension Comparison.Peer {
  /// The name, marked if the result was not compared.
  var label: String { isChecked ? who : "\(who) °" }
}

extension Comparison.Row {
  var isLoss: Bool { (ratioToBestPeer ?? .infinity) < 1 }
}

extension Statistics {
  func scaled(by factor: Double) -> Statistics { Statistics([minimum * factor, median * factor, maximum * factor]) }

  var range: String { "\(Report.fixed(minimum)) … \(Report.fixed(maximum))" }
}
