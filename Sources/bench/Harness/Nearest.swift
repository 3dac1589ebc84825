/// Finds what somebody who mistyped a word may have meant.
enum Nearest {
  /// The candidate that the fewest letters separate from `word`, if they are few; the first of several.
  static func match(for word: String, among candidates: [String]) -> String? {
    let best = candidates.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
      .min { $0.distance < $1.distance }
    guard let best, best.distance <= max(2, word.utf8.count / 3) else { return nil }
    return best.name
  }

  /// Letters to put in, take out or replace: Levenshtein's distance, one row at a time.
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (line, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, other) in second.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
