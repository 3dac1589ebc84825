import Delivery

/// What the memory model allows, and what a fault takes away.
extension Execution {
  func load(_ name: UInt64, acquiring: Bool) -> UInt64 {
    let word = index(ofWord: name)
    switch effect(on: .loads, of: word, writing: nil) {
    case .skipped(let answer): return skip(word, answer)
    case .ordered(let keepsAcquiring, _): return read(word, acquiring: acquiring && keepsAcquiring)
    default: return read(word, acquiring: acquiring)
    }
  }

  func store(_ name: UInt64, _ value: UInt64, releasing: Bool) {
    let word = index(ofWord: name)
    switch effect(on: .stores, of: word, writing: value) {
    case .skipped(let answer): _ = skip(word, answer)
    case .ordered(_, let keepsReleasing): write(word, value, releasing: releasing && keepsReleasing)
    default: write(word, value, releasing: releasing)
    }
  }

  func modify(_ name: UInt64, _ operation: StaticString, _ change: (UInt64) -> UInt64) -> UInt64 {
    let word = index(ofWord: name)
    switch effect(on: .readModifyWrites, of: word, writing: change(words[word].newestValue)) {
    case .skipped(let answer):
      return skip(word, answer)
    case .ordered(let acquiring, let releasing):
      return replace(word, operation, change, acquiring: acquiring, releasing: releasing)
    case .split(let releasing):
      let old = read(word, acquiring: true)
      write(word, change(old), releasing: releasing)
      return old
    case .plainStore(let releasing):
      let old = words[word].newestValue
      write(word, change(old), releasing: releasing)
      return old
    case .testedFirst:
      let old = read(word, acquiring: true)
      return change(old) == old ? old : replace(word, operation, change)
    case .late, nil:
      return replace(word, operation, change)
    }
  }

  func compareExchange(_ name: UInt64, expected: UInt64, desired: UInt64) -> UInt64 {
    let word = index(ofWord: name)
    switch effect(on: .readModifyWrites, of: word, writing: desired) {
    case .skipped(let answer):
      return skip(word, answer)
    case .ordered(let acquiring, let releasing):
      return compareExchange(word, expected, desired, acquiring: acquiring, releasing: releasing)
    case .split(let releasing):
      let old = read(word, acquiring: true)
      if old == expected { write(word, desired, releasing: releasing) }
      return old
    case .plainStore(let releasing):
      let old = words[word].newestValue
      if old == expected { write(word, desired, releasing: releasing) }
      return old
    case .testedFirst:
      let old = read(word, acquiring: true)
      return old == expected ? compareExchange(word, expected, desired) : old
    case .late, nil:
      return compareExchange(word, expected, desired)
    }
  }

  private func effect(on operation: Fault.Operations, of word: Int, writing value: UInt64?) -> Fault.Effect? {
    guard let fault, running != 0 else { return nil }
    return fault.befalls(operation, of: words[word].role, by: running, writing: value) ? fault.effect : nil
  }

  /// Counts as a step, so that a loop around it comes to an end.
  private func skip(_ word: Int, _ answer: UInt64) -> UInt64 {
    countStep()
    note(.skip(word: word, answer: answer))
    return answer
  }

  // MARK: The three operations

  /// Returns any store that the thread may still read.
  private func read(_ word: Int, acquiring: Bool) -> UInt64 {
    step()
    let oldest = words[word].oldestReadable(at: threads[running].clock)
    let newest = words[word].newest
    let store = newest - decisions.choose(newest - oldest + 1, .store)
    see(store, of: word, acquiring: acquiring, isNews: store > oldest)
    let value = words[word].stores[store].value
    note(
      .load(
        word: word, acquiring: acquiring, value: value, newest: words[word].newestValue, isStale: store < newest))
    applyPostponed(past: .loads, of: word, writing: nil)
    return value
  }

  /// A plain store begins a release sequence of its own, or none, and so ends the one before.
  private func write(_ word: Int, _ value: UInt64, releasing: Bool) {
    step()
    let clock = threads[running].clock
    words[word].append(.init(value: value, release: releasing ? clock : nil), by: running, at: clock)
    note(.store(word: word, releasing: releasing, value: value))
    applyPostponed(past: .stores, of: word, writing: value)
  }

  /// Reads the newest store and replaces it, in one step. The new store carries the release sequence on, in which the old
  /// one stood.
  private func replace(
    _ word: Int, _ operation: StaticString, _ change: (UInt64) -> UInt64, acquiring: Bool = true, releasing: Bool = true
  ) -> UInt64 {
    step()
    return replaceNewest(word, operation, change, acquiring: acquiring, releasing: releasing)
  }

  private func replaceNewest(
    _ word: Int, _ operation: StaticString, _ change: (UInt64) -> UInt64, acquiring: Bool, releasing: Bool
  ) -> UInt64 {
    let old = words[word].stores[words[word].newest]
    if acquiring, let release = old.release { threads[running].clock.join(release) }
    let clock = threads[running].clock
    var release = old.release
    if releasing { release = release?.joined(clock) ?? clock }
    let new = change(old.value)
    words[word].append(.init(value: new, release: release), by: running, at: clock)
    note(.modify(word: word, operation, from: old.value, to: new))
    applyPostponed(past: .readModifyWrites, of: word, writing: new)
    return old.value
  }

  /// A success replaces the newest store. A failure is a load of any readable store that differs; the language promises
  /// no more than that.
  private func compareExchange(
    _ word: Int, _ expected: UInt64, _ desired: UInt64, acquiring: Bool = true, releasing: Bool = true
  ) -> UInt64 {
    step()
    let oldest = words[word].oldestReadable(at: threads[running].clock)
    let newest = words[word].newest
    var answers = Array((oldest...newest).reversed())
    answers.removeAll { $0 != newest && words[word].stores[$0].value == expected }
    let store = answers[decisions.choose(answers.count, .store)]
    let value = words[word].stores[store].value
    if value == expected {
      return replaceNewest(word, "compare-exchange", { _ in desired }, acquiring: acquiring, releasing: releasing)
    }
    see(store, of: word, acquiring: acquiring, isNews: store > oldest)
    note(
      .refuse(
        word: word, expected: expected, found: value, newest: words[word].newestValue, isStale: store < newest))
    applyPostponed(past: .loads, of: word, writing: nil)
    return value
  }

  private func see(_ store: Int, of word: Int, acquiring: Bool, isNews: Bool) {
    if isNews { words[word].see(store, by: running, at: threads[running].clock) }
    if acquiring, let release = words[word].stores[store].release { threads[running].clock.join(release) }
  }
}

extension WordHistory: CustomStringConvertible {
  var description: String { "\(role)#\(ordinal)" }
}
