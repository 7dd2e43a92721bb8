import MemtopCore

/// A frame being drawn, with the signs to draw it with.
struct Canvas {
  private(set) var frame: Frame
  let glyphs: GlyphSet
  private(set) var kept: KeptRows
  /// Where values become text.
  private let scratch = Scratch()

  private final class Scratch {
    var writer = TextWriter(capacity: 32)
  }

  init(size: ScreenSize, glyphs: GlyphSet, kept: KeptRows = KeptRows()) {
    frame = Frame(width: size.columns, height: size.rows)
    self.glyphs = glyphs
    self.kept = kept
  }

  /// Draws a whole row, unless it is kept; nil is never kept.
  mutating func row(_ y: Int, of key: KeptRows.Key?, draw: (inout Canvas) -> Void) {
    guard let key, y < frame.height else { return draw(&self) }
    if let cells = kept.cells(y, of: key) {
      frame.rows[y] = cells
    } else {
      draw(&self)
      kept.keep(y, of: key, frame.rows[y])
    }
  }

  var columns: Int { frame.width }

  /// Draws text into at most `most` columns and says how many it took; cut text ends in "…".
  @discardableResult
  mutating func put(
    _ text: String, x: Int, y: Int, most: Int = .max, style: Style = .plain
  ) -> Int {
    let room = min(most, columns - x)
    guard room > 0 else { return 0 }
    if TextWidth.columns(of: text) <= room { return frame.put(text, at: y, x, style) }
    let used = frame.put(text, at: y, x, style, maxWidth: room - 1)
    return used + frame.put(String(glyphs.ellipsis), at: y, x + used, style)
  }

  /// Draws text so that it ends at the end of the `width` columns from `x`.
  mutating func putRight(_ text: String, x: Int, y: Int, width: Int, style: Style = .plain) {
    let columns = min(width, TextWidth.columns(of: text))
    put(text, x: x + width - columns, y: y, most: columns, style: style)
  }

  mutating func put(_ line: StyledLine, x: Int, y: Int, most: Int = .max) {
    var used = 0
    let room = min(most, columns - x)
    for piece in line.pieces where used < room {
      used += put(piece.text, x: x + used, y: y, most: room - used, style: piece.style)
    }
  }

  mutating func fill(_ glyph: Unicode.Scalar, x: Int, y: Int, width: Int, style: Style) {
    guard width > 0 else { return }
    frame.fill(row: y, columns: x..<(x + width), with: glyph, style)
  }

  mutating func set(_ glyph: Unicode.Scalar, x: Int, y: Int, _ style: Style) {
    frame.put(glyph, at: y, x, style)
  }

  /// Draws so many signs of the glyphs, which take one column each.
  mutating func put(
    _ count: Int, x: Int, y: Int, draw: (Int) -> (Unicode.Scalar, Style)
  ) {
    frame.put(count, at: y, x, draw: draw)
  }

  /// Draws a value as it is shown to people, without a string for it; false, and nothing is drawn, where it does
  /// not fit or is not ASCII.
  mutating func putShort(
    _ value: FieldValue, x: Int, y: Int, width: Int, isRight: Bool, style: Style
  ) -> Bool {
    scratch.writer.removeAll()
    value.appendShort(to: &scratch.writer)
    let bytes = scratch.writer.bytes
    let count = bytes.count
    let place = isRight ? x + width - count : x
    return count <= width && frame.putASCII(bytes, at: y, place, style)
  }

  /// Shows that these columns belong to the row under the cursor.
  mutating func select(_ columns: Range<Int>, y: Int) {
    frame.restyle(row: y, columns: columns) { style in
      if [.plain, .dim, .strong, .good].contains(style.ink) {
        style.ink = .cursor
      } else {
        style.isReversed = true
      }
    }
  }

  /// Shows that what the row says is old.
  mutating func dim(y: Int) {
    frame.restyle(row: y, columns: 0..<columns) { $0 = .dim }
  }

  mutating func showCursor(x: Int, y: Int) {
    if x < columns { frame.cursor = Frame.Place(row: y, column: x) }
  }
}
