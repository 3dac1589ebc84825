import Delivery

/// A word that several closures hold on to.
final class Shared: Sendable {
  let word: ModelWord

  init(_ role: WordRole, _ value: UInt64 = 0) { word = ModelWord(value, role) }
}

/// Plain memory that threads must not meet at, as the slots of a ring are.
@safe
final class SharedPayload: @unchecked Sendable {
  private let values: UnsafeMutablePointer<UInt64>

  init(count: Int) {
    unsafe values = .allocate(capacity: count)
    unsafe values.initialize(repeating: 0, count: count)
  }

  deinit { unsafe values.deallocate() }

  subscript(index: Int) -> UInt64 {
    get {
      unsafe ModelWord.willRead(values + index)
      return unsafe values[index]
    }
    set {
      unsafe ModelWord.willWrite(values + index)
      unsafe values[index] = newValue
    }
  }
}
