package import Choosing

/// Receipts beside a table of booleans: members come and go, receipts come in any order, and some peers talk nonsense.
package enum ReceiptsTrial: Trial {
  package static let name = "receipts"

  package static func play(_ choices: inout Choices) -> String? {
    var pair = ReceiptsPair(&choices)
    let most = choices.pick([60, 250])
    return repeated(most, &choices) { pair.step(&$0) } ?? pair.complaint(lookingAtAll: true)
  }
}
