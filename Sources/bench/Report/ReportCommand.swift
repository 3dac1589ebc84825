/// `bench report`: measures everything, keeps the samples, and draws them with those of the peers.
struct ReportCommand {
  private let options: Arguments

  init(_ options: Arguments) {
    self.options = options
  }

  /// Returns the exit status.
  func run() throws -> Int32 {
    var errors: [String] = []
    if !options.drawsOnly {
      errors += try record(Scenario.all.filter { !$0.isOnRequest }, as: "bench", rounds: options.repetitions)
      // Fewer rounds of what takes longest.
      errors += try record(Scenario.all.filter(\.isOnRequest), as: "scale", rounds: min(3, options.repetitions))
    }
    guard Bench.complain(errors) == Bench.success else { return Bench.wrongResult }
    return try draw()
  }

  // MARK: Measuring

  /// Returns what was wrong. Figures of a wrong result are not kept.
  private func record(_ scenarios: [Scenario], as name: String, rounds: Int) throws -> [String] {
    let measurements = Bench.measurements(of: scenarios, options, repetitions: rounds)
    let errors = Runner.errors(in: measurements)
    guard errors.isEmpty else { return errors }
    var recording = Recording(measurements)
    recording.header = [
      Recording.Remark(name: "machine", value: Machine.description),
      Recording.Remark(name: "date", value: Machine.date),
      Recording.Remark(name: "command", value: "swift run -c release bench report\(options.quick ? " --quick" : "")"),
      Recording.Remark(name: "remarks", value: Report.remarks(on: measurements).joined(separator: " ")),
    ]
    try Files.save(recording.text, to: path(name))
    return []
  }

  // MARK: Drawing

  private func draw() throws -> Int32 {
    let peers = try recording("peers")
    let page = Page(peers: peers, bench: try recording("bench"), scale: try recording("scale"))
    try save(page.html, "report.html")
    if let peers { try save(MainFigure(peers: peers).svg, "peers.svg") }
    return Bench.success
  }

  /// What was recorded before; `nil` if nothing was.
  private func recording(_ name: String) throws -> Recording? {
    guard Files.exists(path(name)) else { return nil }
    do {
      return try Recording(parsing: Files.contents(of: path(name)))
    } catch let damage as Recording.Damage {
      throw Recording.Damage(message: "\(path(name)): \(damage.message)")
    }
  }

  private func save(_ text: String, _ name: String) throws {
    try Files.save(text, to: "\(options.results)/\(name)")
    print("wrote \(options.results)/\(name)")
  }

  private func path(_ name: String) -> String { "\(options.results)/\(name).tsv" }
}
