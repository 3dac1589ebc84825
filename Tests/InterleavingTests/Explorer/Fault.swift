import Delivery

/// A way of weakening the code that is explored, without touching it: words of a role do less than they were told to.
///
/// Each guards against a checker that checks nothing: the structure holds without the fault, and must fail with it.
struct Fault: Sendable, CustomStringConvertible {
  struct Operations: OptionSet, Sendable {
    let rawValue: UInt8
    static let loads = Operations(rawValue: 1)
    static let stores = Operations(rawValue: 2)
    static let readModifyWrites = Operations(rawValue: 4)
    static let all: Operations = [.loads, .stores, .readModifyWrites]
  }

  enum Effect: Sendable {
    /// The half that is false is not kept.
    case ordered(acquiring: Bool, releasing: Bool)
    case split(releasing: Bool)
    case plainStore(releasing: Bool)
    case skipped(answer: UInt64)
    case testedFirst
    case late(PayloadAccess)
  }

  let effect: Effect
  private(set) var operations: Operations
  private(set) var role: WordRole?
  private(set) var thread: Int?
  private(set) var value: UInt64?

  /// The operations order nothing.
  static func relaxed(_ operations: Operations, of role: WordRole) -> Fault {
    Fault(effect: .ordered(acquiring: false, releasing: false), operations: operations, role: role)
  }

  /// Read-modify-write operations acquire, but do not release.
  static func acquiringOnly(_ role: WordRole) -> Fault {
    Fault(effect: .ordered(acquiring: true, releasing: false), operations: .readModifyWrites, role: role)
  }

  /// Read-modify-write operations release, but do not acquire.
  static func releasingOnly(_ role: WordRole) -> Fault {
    Fault(effect: .ordered(acquiring: false, releasing: true), operations: .readModifyWrites, role: role)
  }

  /// A read-modify-write operation is a load and, somewhat later, a plain store.
  static func split(_ role: WordRole, releasing: Bool = true) -> Fault {
    Fault(effect: .split(releasing: releasing), operations: .readModifyWrites, role: role)
  }

  /// A read-modify-write operation is a plain store, which neither reads nor acquires. Its answer is right by luck.
  static func plainStore(_ role: WordRole, releasing: Bool = true) -> Fault {
    Fault(effect: .plainStore(releasing: releasing), operations: .readModifyWrites, role: role)
  }

  /// The operations do nothing, and answer this.
  static func skipped(_ operations: Operations, of role: WordRole, answering answer: UInt64 = 0) -> Fault {
    Fault(effect: .skipped(answer: answer), operations: operations, role: role)
  }

  /// A read-modify-write operation that would change nothing is only a load: test before set.
  static func testedFirst(_ role: WordRole) -> Fault {
    Fault(effect: .testedFirst, operations: .readModifyWrites, role: role)
  }

  /// Payload is read or written only after the thread's next such operation: "published before it was written".
  static func late(_ access: PayloadAccess, past operations: Operations, of role: WordRole? = nil) -> Fault {
    Fault(effect: .late(access), operations: operations, role: role)
  }

  /// Only what this thread does.
  func by(thread: Int) -> Fault {
    var fault = self
    fault.thread = thread
    return fault
  }

  /// Only operations that write this value.
  func writing(_ value: UInt64) -> Fault {
    var fault = self
    fault.value = value
    return fault
  }

  /// Whether it befalls this operation. A load writes nothing.
  func befalls(_ operation: Operations, of role: WordRole, by thread: Int, writing value: UInt64?) -> Bool {
    operations.contains(operation) && (self.role ?? role) == role && (self.thread ?? thread) == thread
      && (self.value == nil || self.value == value)
  }

  var description: String {
    let whose = [
      role.map { "of \($0)" }, value.map { "that write \(Schedule.text($0))" }, thread.map { "by T\($0)" },
    ].compactMap(\.self).map { " " + $0 }.joined()
    let subject = operations.description + whose
    return switch effect {
    case .ordered(acquiring: true, _): "\(subject) only acquire"
    case .ordered(_, releasing: true): "\(subject) only release"
    case .ordered: "\(subject) are relaxed"
    case .split(let releasing): "\(subject) are a load and a \(releasing ? "releasing" : "relaxed") store"
    case .skipped(let answer): "\(subject) are skipped, answering \(Schedule.text(answer))"
    case .testedFirst: "\(subject) test before they set"
    case .late(let access): "payload is \(access == .read ? "read" : "written") after the next of the \(subject)"
    case .plainStore(let releasing): "\(subject) are plain stores, \(releasing ? "releasing" : "relaxed")"
    }
  }
}

extension Fault.Operations: CustomStringConvertible {
  var description: String {
    if self == .all { return "operations" }
    let names: [(Self, String)] = [(.loads, "loads"), (.stores, "stores"), (.readModifyWrites, "read-modify-writes")]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
  }
}
