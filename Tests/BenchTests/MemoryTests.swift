import Sequencer
import Testing

@testable import bench

/// The README's formula for memory, at the default limits and against the worst that peers can do to it.
///
/// `bench --filter memory/` compares what is resident as well; here other tests run beside, and would be counted.
@Suite("Memory of 2²⁰ streams")
struct MemoryTests {
  #if DEBUG
    private static let isQuick = false
  #else
    private static let isQuick = true
  #endif

  @Test("Every limit reached at once stays under the formula", .enabled(if: isQuick, "takes a minute in debug"))
  func full() {
    let limits = MemoryAttack.limits(streams: 1 << 20)
    #expect(limits == SequencerConfiguration())
    var attack = MemoryAttack(limits)
    attack.open(epoch: 256)
    attack.skip(epoch: 256)
    attack.hold(ahead: 1_023)
    check(attack, DocumentedMemory.full(limits))
  }

  @Test(
    "Every limit reached in all ways in turn stays under the formula", .enabled(if: isQuick, "takes a minute in debug"))
  func overTime() {
    let limits = MemoryAttack.limits(streams: 1 << 20)
    var attack = MemoryAttack(limits)
    attack.takeTurns()
    check(attack, DocumentedMemory.overTime(limits))
    // It is this one that needs the longer formula.
    let allocated = attack.sequencer.statistics.allocatedBytes
    #expect(allocated > DocumentedMemory.full(limits))
  }

  private func check(_ attack: borrowing MemoryAttack, _ documented: Int) {
    let statistics = attack.sequencer.statistics
    #expect(statistics.streams == 1 << 20 && statistics.held == 65_536)
    #expect(statistics.allocatedBytes <= documented)
    // A promise of twice as much would be none.
    #expect(statistics.allocatedBytes > documented * 9 / 10)
  }
}
