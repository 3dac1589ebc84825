internal import Choosing
internal import Simulation
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `bench soak`: the simulator at full speed, one world after another on every core, until the time is up or a promise is
/// broken.
struct Soak: Equatable {
  /// Stop after so long; nil: after 10 seconds, or when all worlds that were asked for are over.
  var seconds: Int?
  /// Stop after so many worlds.
  var worlds: UInt64?
  /// World *n* is that of the seed `seed + n`.
  var seed: UInt64?
  /// One world, from a tape, told step by step.
  var tape: [UInt8]?

  /// Returns the exit status.
  func run() -> Int32 {
    if let tape { return replay(tape) }
    let first = seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let ledger = Ledger()
    let begin = Clock.nanoseconds()
    say("soak: worlds from seed \(first) on, on \(Machine.description), \(Machine.date)")
    Traps.watch()
    Affinity.pin(toCore: 0)
    Thread.alongside(1..<Affinity.coreCount) { core in
      work(from: first, since: begin, ledger, onCore: core, progress: .none)
    } run: {
      work(from: first, since: begin, ledger, onCore: 0, progress: .onTerminal)
    }
    return report(ledger.entries.withLock { $0 }, first, seconds: Double(Clock.nanoseconds() - begin) / 1e9)
  }

  // MARK: Working

  /// What all cores have come to.
  private final class Ledger: Sendable {
    struct Entries {
      var totals = Totals()
      var sightings = Sightings()
      /// Of all worlds, whatever their order.
      var trace: UInt64 = 0
      var violation: (seed: UInt64, Violation)?
    }

    let next = Atomic<UInt64>(0)
    let entries = Mutex(Entries())
  }

  private func work(from first: UInt64, since begin: UInt64, _ ledger: Ledger, onCore core: Int, progress: Progress) {
    let end = seconds ?? (worlds == nil ? 10 : nil)
    var shownAt = begin
    while true {
      let now = Clock.nanoseconds()
      let index = ledger.next.add(1, ordering: .relaxed).oldValue
      if let worlds, index >= worlds { break }
      if let end, now - begin >= UInt64(end) * 1_000_000_000 { break }
      let seed = first &+ index
      let run = Traps.play(seed, onCore: core) { Simulation.run(Choices(seed: seed)) }
      let entries = ledger.entries.withLock { entries in
        entries.totals += run.totals
        entries.sightings += run.sightings
        entries.trace &+= run.trace
        if let violation = run.violation, entries.violation.map({ seed < $0.seed }) ?? true {
          entries.violation = (seed, violation)
        }
        return entries
      }
      if entries.violation != nil { break }
      if now - shownAt > 500_000_000 {
        shownAt = now
        progress.show(line(entries.totals, seconds: Double(now - begin) / 1e9))
      }
    }
    progress.clear()
  }

  private func line(_ totals: Totals, seconds: Double) -> String {
    let faults = totals.crashes + totals.outages + totals.clockFaults
    return
      "\(Int(seconds)) s: \(totals.delivered) delivered in \(totals.worlds) worlds; \(totals.packetsLost) packets lost, "
      + "\(totals.packetsRepeated) repeated, \(faults) faults, \(totals.attacks) attacks; "
      + "\(totals.lost) lost, \(totals.duplicated) duplicated, \(totals.reordered) reordered, \(totals.broken) broken"
  }

  // MARK: Reporting

  private func report(_ entries: Ledger.Entries, _ first: UInt64, seconds: Double) -> Int32 {
    let totals = entries.totals
    print("\n\(totals.worlds) worlds in \(Report.fixed(seconds, decimals: 1)) s")
    var rows = [["what", "how many"]]
    for (name, path) in Totals.fields where name != "worlds" { rows.append([name, "\(totals[keyPath: path])"]) }
    rows.append(["delivered a second", Report.fixed(Double(totals.delivered) / max(seconds, 0.001), decimals: 0)])
    print(Grid(rows: rows, rightAligned: [1]).lines.joined(separator: "\n"))
    print("trace \(String(entries.trace, radix: 16))")
    let missing = entries.sightings.missing
    let seen = Sighting.allCases.count - missing.count
    print("seen \(seen) of \(Sighting.allCases.count) kinds of event", terminator: "")
    print(missing.isEmpty ? "" : "; never: \(missing.map { "\($0)" }.joined(separator: ", "))")
    guard let (seed, violation) = entries.violation else { return Bench.success }
    return explain(violation, seed)
  }

  private func explain(_ violation: Violation, _ seed: UInt64) -> Int32 {
    say("\nVIOLATION in the world of seed \(seed): \(violation)")
    say("replay: swift run -c release bench soak --worlds 1 --seed \(seed)\nshrinking …")
    guard let tape = Simulation.reproducer(of: seed) else {
      print("it did not happen again: the simulation is not deterministic")
      return Bench.wrongResult
    }
    let shortest = Simulation.run(Choices(tape: tape))
    print("shrunk to \(tape.count) choices: \(shortest.violation.map { "\($0)" } ?? "nothing")")
    // What does not fit a command line is played from its seed.
    if tape.count <= 4_096 {
      print("replay: swift run -c release bench soak --tape \(hexadecimal(tape.isEmpty ? [0] : tape))")
    }
    return Bench.wrongResult
  }

  private func replay(_ tape: [UInt8]) -> Int32 {
    let run = Simulation.run(Choices(tape: tape), narrates: true)
    print("trace \(String(run.trace, radix: 16))")
    guard let violation = run.violation else {
      print("no promise is broken")
      return Bench.success
    }
    print("VIOLATION: \(violation)")
    return Bench.wrongResult
  }

  /// Prints what nobody should have to wait for, or miss if the process ends: into a pipe, too.
  private func say(_ text: String) {
    print(text)
    fflush(nil)
  }
}
