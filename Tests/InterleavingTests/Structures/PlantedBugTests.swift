import Synchronization
import Testing

/// The explorations above hold because the structures do, not because nothing is looked at: each of these mistakes is found.
@Suite("Planted bugs")
struct PlantedBugTests {
  private static let tally = Tally()

  @Test("Each is found", arguments: PlantedBug.all)
  func isFound(_ bug: PlantedBug) { Self.tally.count(bug.isFound()) }

  /// The last one to end tells the sum.
  private final class Tally: Sendable {
    private let tried = Atomic(0)
    private let found = Atomic(0)

    func count(_ isFound: Bool) {
      if isFound { found.add(1, ordering: .sequentiallyConsistent) }
      let total = PlantedBug.all.count
      guard tried.add(1, ordering: .sequentiallyConsistent).newValue == total else { return }
      print("◇ \(found.load(ordering: .sequentiallyConsistent)) of \(total) planted bugs found")
    }
  }
}
