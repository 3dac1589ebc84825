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

  @Test func tapesAreTextAndBack() {
    #expect(Soak.hexadecimal([0, 15, 16, 255]) == "000f10ff")
    #expect(Soak.bytes("000f10FF") == [0, 15, 16, 255])
    #expect(Soak.bytes(Soak.hexadecimal([])) == [0], "no choice at all and one that is tame are the same world")
    for text in ["", "0", "0g", "+1", "-1", " 1", "0x", "é"] { #expect(Soak.bytes(text) == nil, "\(text)") }
  }
}
