import Foundation
import Trials

// libFuzzer's driver, called from an entry of our own: `TRIAL=outbox Fuzz -runs=1000 Corpus/outbox`. `run` does that.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private let trial = chosenTrial()

private func chosenTrial() -> any Trial.Type {
  let name = ProcessInfo.processInfo.environment["TRIAL"] ?? ""
  if let trial = trials.first(where: { $0.name == name }) { return trial }
  let names = trials.map { $0.name }.joined(separator: ", ")
  fatalError("TRIAL must be one of \(names)")
}

/// SwiftPM gives the entry of an executable the name <target>_main; `-parse-as-library` leaves it to us.
@_cdecl("Fuzz_main")
func fuzz(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments) { bytes, length in
    let tape = Array(UnsafeBufferPointer(start: bytes, count: length))
    if let finding = trial.finding(tape: tape) {
      FileHandle.standardError.write(Data("\n\(finding)\n\n".utf8))
      // The driver keeps the tape of a process that dies.
      abort()
    }
    return 0
  }
}
