/// Inputs written to files, so that programs in other languages can do the very same work.
///
/// A file is an array as it lies in memory, little-endian: of `Record`s for the sequencer's work, and of 32-bit numbers
/// for the timers'.
extension Inputs {
  /// - Parameter folder: an existing one; files of the same names are overwritten.
  static func export(_ plan: Plan, to folder: String) throws(Files.Failure) {
    let inputs = Inputs(plan)
    try save(inputs.oneStream, to: "\(folder)/one-stream")
    try save(inputs.inOrder, to: "\(folder)/in-order")
    try save(inputs.displaced, to: "\(folder)/displaced")
    try save(inputs.lossy, to: "\(folder)/lost")
    let timers = TimerInput(plan)
    try save(timers.deadlines.map { UInt32($0 / TimerInput.tick) }, to: "\(folder)/timer-ticks")
    try save(timers.cancelled, to: "\(folder)/timer-cancelled")
  }

  private static func save<Element: BitwiseCopyable>(_ elements: [Element], to path: String) throws(Files.Failure) {
    try unsafe Files.save(elements.span.bytes, to: path)
  }
}
