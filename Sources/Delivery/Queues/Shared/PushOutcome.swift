/// What became of an element that was pushed. One that was not taken comes back with the answer.
///
/// ```swift
/// switch producer.push(message) {
/// case .pushed: break
/// case .full(let message): waiting.append(message)
/// case .closed(let message): refuse(message)
/// }
/// ```
@frozen
public enum PushOutcome<Element: ~Copyable>: ~Copyable {
  /// It is in the queue, and will come out.
  case pushed
  /// There was no room for it.
  case full(Element)
  /// The queue is closed and takes nothing more.
  case closed(Element)

  /// Whether the element is in the queue.
  @inlinable
  public var isPushed: Bool {
    switch self {
    case .pushed: true
    case .full: false
    case .closed: false
    }
  }

  /// Whether there was no room, which may change.
  @inlinable
  public var isFull: Bool {
    switch self {
    case .full: true
    case .pushed: false
    case .closed: false
    }
  }
}

extension PushOutcome: Copyable where Element: Copyable {}
extension PushOutcome: Sendable where Element: Sendable & ~Copyable {}
extension PushOutcome: Equatable where Element: Equatable {}
