/// Cells in rows and columns, as a terminal shows them and as Markdown does.
struct Grid {
  /// The first row is the heading.
  var rows: [[String]]
  /// Columns that hold figures.
  var rightAligned: Set<Int> = []

  /// Lines of aligned columns, none with blanks at its end.
  var lines: [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (rightAligned.contains(column) ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  var markdown: String {
    guard let heading = rows.first else { return "" }
    let rule = heading.indices.map { rightAligned.contains($0) ? "---:" : "---" }
    let lines = [heading, rule] + rows.dropFirst()
    return lines.map { "| \($0.map(escaped).joined(separator: " | ")) |" }.joined(separator: "\n")
  }

  private func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
