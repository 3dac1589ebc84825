import Testing

@testable import bench

/// `bench soak` as a user meets it.
@Suite struct SoakTests {
  @Test func aFewWorldsKeepEveryPromise() async {
    #expect(await Thread.run { Bench.run(["soak", "--worlds", "3", "--seed", "4"]) } == 0)
  }

  @Test func aTapeIsAWorldOfItsOwn() async {
    #expect(await Thread.run { Bench.run(["soak", "--tape", "0001ff"]) } == 0)
  }

  @Test func whatIsNoTapeIsNotPlayed() async {
    for text in ["", "0", "0g", "+1"] {
      #expect(await Thread.run { Bench.run(["soak", "--tape", text]) } == Bench.usage, "\(text)")
    }
  }
}
