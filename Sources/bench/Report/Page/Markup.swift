/// A piece of HTML or SVG. Text is escaped on its way into one, so no name in a recording can break the page.
struct Markup {
  private(set) var source = ""

  static let nothing = Markup()

  private init() {}

  /// Text that a reader is to see as it is.
  init(_ text: String) { source = Markup.escaped(text) }

  /// What is markup or a style sheet already.
  init(unescaped source: String) { self.source = source }

  init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}

/// An element with its attributes, around what the closure lists.
///
/// Names and attributes come from the program; attributes' values and text may come from anywhere.
func element(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
  @MarkupBuilder _ content: () -> Markup = { .nothing }
) -> Markup {
  let start = "<\(name)" + attributes.map { " \($0)=\"\(Markup.escaped($1))\"" }.joined()
  let end = Markup.endingLines.contains(name) ? "\n" : ""
  if Markup.childless.contains(name) { return Markup(unescaped: "\(start)/>\(end)") }
  return Markup(unescaped: "\(start)>\(content().source)</\(name)>\(end)")
}

extension Markup {
  /// Elements that HTML or SVG closes where they open.
  fileprivate static let childless: Set = ["meta", "line", "rect"]

  /// Elements after which a line ends, so that the file can be read, and compared line by line. A blank matters around
  /// the others.
  fileprivate static let endingLines: Set = [
    "head", "meta", "title", "style", "header", "main", "section", "footer", "h1", "h2", "h3", "p", "ul", "li", "dl",
    "dd",
    "div", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "svg", "line", "rect", "circle", "text",
  ]
}

/// Lets the content of an element be written as a list, with `if` and `for`.
@resultBuilder
enum MarkupBuilder {
  static func buildExpression(_ text: String) -> Markup { Markup(text) }
  static func buildExpression(_ markup: Markup) -> Markup { markup }
  static func buildBlock(_ pieces: Markup...) -> Markup { Markup(pieces) }
  static func buildArray(_ pieces: [Markup]) -> Markup { Markup(pieces) }
  static func buildOptional(_ piece: Markup?) -> Markup { piece ?? .nothing }
  static func buildEither(first piece: Markup) -> Markup { piece }
  static func buildEither(second piece: Markup) -> Markup { piece }
}
