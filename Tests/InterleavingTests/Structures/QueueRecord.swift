import Delivery

/// What went into a queue and what came out. Producers number what they push: 1, 2, 3 …, each on top of its own thousands.
final class QueueRecord: @unchecked Sendable {
  /// How many each producer got in.
  var pushed: [UInt64] = [0, 0]
  var popped: [UInt64] = []

  /// All that went in has come out, each producer's in its order.
  func check(_ world: World) {
    for producer in pushed.indices {
      let thousands = UInt64(producer) * 1_000
      let own = popped.filter { $0 / 1_000 == UInt64(producer) }
      let isComplete = own == (0..<pushed[producer]).map { thousands + $0 + 1 }
      world.expect(isComplete, "\(pushed[producer]) pushed by producer \(producer), popped: \(own)")
    }
    world.expect(popped.allSatisfy { $0 / 1_000 < UInt64(pushed.count) }, "popped: \(popped)")
  }
}

/// An element that carries a number and takes a certain space, which says how many of them lie in a block.
protocol Numbered: SendableMetatype {
  init(_ number: UInt64)
  var number: UInt64 { get }
}

extension UInt64: Numbered {
  var number: UInt64 { self }
}

/// Two of them lie in a block.
struct Half: Numbered {
  private var words: (UInt64, UInt64, UInt64)
  init(_ number: UInt64) { words = (number, number, number) }
  var number: UInt64 { words.0 }
}

/// One of them fills a block.
struct Whole: Numbered {
  private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  init(_ number: UInt64) { words = (number, number, number, number, number, number) }
  var number: UInt64 { words.0 }
}
