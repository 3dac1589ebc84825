/// Names of work that is done in several ways, and the simulated time in which its messages arrive.
enum Work {
  static let oneStream = "in order, one stream"
  static let inOrder = "in order"
  static let displaced = "displaced"
  static let lost = "lost"
  static let open = "open"
  static let idle = "idle"
  static let receipts = "receipts, two people"
  static let receiptsOfGroup = "receipts, a group"
  static let outbox = "outbox"
  static let path = "the whole way"
  static let fanOut = "fan-out"
  static let fanOutSingle = "fan-out, one by one"

  /// 10 ns a message: no gap falls due, so what is measured is ordering alone.
  static let packed: UInt64 = 10

  /// A time between messages at which a stream sees five of its own within the gap timeout of 5 s, as the peers wait
  /// for a window of four: 1 µs with a million streams.
  static func spread(_ context: Context) -> UInt64 {
    UInt64(max(1, 1_000_000_000 / context.inputs.streams))
  }
}
