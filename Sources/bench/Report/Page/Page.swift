/// The report as one HTML file: figures and tables of what was recorded, without scripts and without anything from
/// elsewhere. What was not recorded is left out, and a sentence says how to come by it.
struct Page {
  private let peers: Recording?
  private let bench: Recording?
  private let scale: Recording?

  /// - Parameters:
  ///   - peers: the library and its peers at the same works.
  ///   - bench: all scenarios of this program.
  ///   - scale: the scenarios `scale/…`.
  init(peers: Recording?, bench: Recording?, scale: Recording?) {
    self.peers = peers
    self.bench = bench
    self.scale = scale
  }

  static let commandForPeers = "Benchmarks/Peers/compare"
  static let commandForOurs = "swift run -c release bench report"

  var html: String {
    let comparison = peers.map { Comparison($0) }
    let page = element("html", ["lang": "en"]) {
      element("head") {
        element("meta", ["charset": "utf-8"])
        element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        element("meta", ["name": "color-scheme", "content": "light dark"])
        element("title") { "Ordered Delivery: benchmarks" }
        element("style") { Markup(unescaped: Style.page) }
      }
      element("body") {
        element("main") {
          Headline(comparison: comparison, recording: peers ?? bench ?? scale).markup
          PeersSection(comparison: comparison).markup
          ScaleSection(recording: scale).markup
          LatencySection(recording: bench).markup
          OthersSection(recording: bench, contested: Set((comparison?.contests ?? []).map(\.work))).markup
          MethodSection(recordings: [("The peers", peers), ("All scenarios", bench), ("Scale", scale)]).markup
        }
      }
    }
    return "<!doctype html>\n\(page.source)\n"
  }

  static func section(_ title: String, id: String, @MarkupBuilder content: () -> Markup) -> Markup {
    element("section", ["id": id]) {
      element("h2") { title }
      content()
    }
  }

  /// What stands where figures would, had they been measured.
  static func missing(_ what: String, command: String) -> Markup {
    element("p", ["class": "missing"]) {
      "\(what) not measured here yet. This does it: "
      element("code") { command }
    }
  }
}
