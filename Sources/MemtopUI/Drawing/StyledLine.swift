import MemtopCore

/// A line of text in several inks, longer or shorter than where it will be drawn.
struct StyledLine: Hashable, Sendable {
  struct Piece: Hashable, Sendable {
    var text: String
    var style: Style
  }

  var pieces: [Piece] = []

  static let blank = StyledLine()

  init() {}
  init(_ text: String, _ style: Style = .plain) { pieces = [Piece(text: text, style: style)] }

  var columns: Int { pieces.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }

  mutating func add(_ text: String, _ style: Style = .plain) {
    pieces.append(Piece(text: text, style: style))
  }

  mutating func add(_ line: StyledLine) { pieces += line.pieces }

  /// One more cell; neighbours in the same style become one piece.
  mutating func add(cell: Unicode.Scalar, _ style: Style) {
    if pieces.last?.style == style {
      pieces[pieces.count - 1].text.unicodeScalars.append(cell)
    } else {
      pieces.append(Piece(text: String(cell), style: style))
    }
  }

  /// The first `width` columns.
  func cut(to width: Int) -> StyledLine {
    guard columns > width else { return self }
    var line = StyledLine()
    var room = width
    for piece in pieces where room > 0 {
      var text = ""
      for character in piece.text {
        room -= TextWidth.columns(of: String(character))
        guard room >= 0 else { break }
        text.append(character)
      }
      line.add(text, piece.style)
    }
    return line
  }

  /// The words that fit into `width` columns.
  func words(within width: Int) -> StyledLine {
    guard columns > width else { return self }
    var line = cut(to: width)
    guard let last = line.pieces.last, let space = last.text.lastIndex(of: " ") else { return line }
    line.pieces.removeLast()
    line.add(String(last.text[..<space]), last.style)
    return line
  }

  /// Whether cutting it there (`words`) loses any word, number or sign of a sum, and not only a bar's cells.
  func losesWords(beyond width: Int) -> Bool {
    guard columns > width else { return false }
    let (whole, kept) = (
      pieces.map(\.text).joined(), words(within: width).pieces.map(\.text).joined()
    )
    let lost = whole.dropFirst(kept.count)
    return lost.contains { $0.isLetter || $0.isNumber }
      || lost.split(separator: " ").contains { $0 == "=" || $0 == "+" }
  }

  /// Spaces up to a column; at least `gap` of them where the text is already longer.
  mutating func pad(to column: Int, gap: Int = 1) {
    add(String(repeating: " ", count: max(gap, column - columns)))
  }

  /// Lines no longer than `width`, broken at spaces.
  static func wrapped(_ text: String, _ style: Style = .plain, width: Int, indent: Int = 0)
    -> [StyledLine]
  {
    let margin = String(repeating: " ", count: indent)
    var lines: [StyledLine] = []
    var line = ""
    for word in text.split(separator: " ") {
      let wider = TextWidth.columns(of: line) + 1 + TextWidth.columns(of: String(word)) + indent
      if !line.isEmpty, wider > width {
        lines.append(StyledLine(margin + line, style))
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(StyledLine(margin + line, style)) }
    return lines
  }
}
