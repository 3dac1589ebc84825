import Delivery

/// One line of a schedule: what a thread did, and to which word.
struct Event {
  enum Action {
    case load(word: Int, acquiring: Bool, value: UInt64, newest: UInt64, isStale: Bool)
    case store(word: Int, releasing: Bool, value: UInt64)
    case modify(word: Int, StaticString, from: UInt64, to: UInt64)
    case refuse(word: Int, expected: UInt64, found: UInt64, newest: UInt64, isStale: Bool)
    case skip(word: Int, answer: UInt64)
    case access(PayloadAccess, payload: Int)
    case yield
    case wait(semaphore: Int)
    case post(semaphore: Int)
  }

  var thread: Int
  var action: Action
}

/// What an execution did, step by step, in words.
struct Schedule: CustomStringConvertible {
  var events: [Event]
  /// The names of the words.
  var words: [String]

  var description: String {
    let lines = events.suffix(Schedule.lineLimit).map {
      "  \(Schedule.name(ofThread: $0.thread)) \(text($0.action))"
    }
    let omitted = events.count - lines.count
    return ((omitted > 0 ? ["  … \(omitted) steps"] : []) + lines).joined(separator: "\n")
  }

  /// A livelock would fill pages.
  private static let lineLimit = 300

  static func name(ofThread thread: Int) -> String { thread == 0 ? "main" : "T\(thread)" }

  private func text(_ action: Event.Action) -> String {
    switch action {
    case .load(let word, let acquiring, let value, let newest, let isStale):
      "load-\(acquiring ? "acquire" : "relaxed") \(words[word]) → \(text(value))\(stale(newest, isStale))"
    case .store(let word, let releasing, let value):
      "store-\(releasing ? "release" : "relaxed") \(words[word]) = \(text(value))"
    case .modify(let word, let operation, let old, let new):
      "\(operation) \(words[word]): \(text(old)) → \(text(new))"
    case .refuse(let word, let expected, let found, let newest, let isStale):
      "compare-exchange \(words[word]): expected \(text(expected)), found \(text(found))\(stale(newest, isStale))"
    case .skip(let word, let answer):
      "skips \(words[word]), as if it answered \(text(answer))"
    case .access(let access, let payload):
      "\(access)s payload#\(payload)"
    case .yield:
      "yields"
    case .wait(let semaphore):
      "waits for semaphore#\(semaphore)"
    case .post(let semaphore):
      "posts semaphore#\(semaphore)"
    }
  }

  private func stale(_ newest: UInt64, _ isStale: Bool) -> String { isStale ? " (stale, newest \(text(newest)))" : "" }

  private func text(_ value: UInt64) -> String { Schedule.text(value) }

  /// Flags at the top, and positions just below zero, are easier to read in hexadecimal.
  static func text(_ value: UInt64) -> String { value < 1 << 32 ? String(value) : "0x" + String(value, radix: 16) }
}
