/// A frame being drawn; whatever does not fit is cut, nothing is ever outside.
struct Canvas {
  private(set) var frame: Frame
  let glyphs: Glyphs
  /// Added to every cell of this row: the row under the cursor.
  var highlighted: Int?

  init(size: ScreenSize, glyphs: Glyphs) {
    frame = Frame(size: size)
    self.glyphs = glyphs
  }

  var columns: Int { frame.size.columns }
  var rows: Int { frame.size.rows }

  /// Draws text into at most `most` columns and says how many it took; cut text ends in "…".
  @discardableResult
  mutating func put(
    _ text: String, x: Int, y: Int, most: Int = .max, ink: Ink = .plain
  ) -> Int {
    let room = min(most, columns - x)
    guard y >= 0, y < rows, x >= 0, room > 0 else { return 0 }
    if TextWidth.columns(of: text) <= room { return write(text, x: x, y: y, room: room, ink) }
    let cut = write(text, x: x, y: y, room: room - 1, ink)
    return cut + write(String(glyphs.ellipsis), x: x + cut, y: y, room: 1, ink)
  }

  private mutating func write(_ text: String, x: Int, y: Int, room: Int, _ ink: Ink) -> Int {
    var used = 0
    for character in text {
      let width = TextWidth.columns(of: character)
      guard used + width <= room else { break }
      set(character, x: x + used, y: y, ink)
      used += width
    }
    return used
  }

  /// Draws text so that it ends at the end of the `width` columns from `x`.
  mutating func putRight(_ text: String, x: Int, y: Int, width: Int, ink: Ink = .plain) {
    let columns = min(width, TextWidth.columns(of: text))
    put(text, x: x + width - columns, y: y, most: columns, ink: ink)
  }

  mutating func put(_ line: StyledLine, x: Int, y: Int, most: Int = .max) {
    var used = 0
    let room = min(most, columns - x)
    for piece in line.pieces where used < room {
      used += put(piece.text, x: x + used, y: y, most: room - used, ink: piece.ink)
    }
  }

  mutating func fill(_ character: Character, x: Int, y: Int, width: Int, ink: Ink = .plain) {
    guard y >= 0, y < rows else { return }
    for column in max(0, x)..<max(max(0, x), min(columns, x + width)) {
      set(character, x: column, y: y, ink)
    }
  }

  mutating func set(_ character: Character, x: Int, y: Int, _ ink: Ink) {
    guard x >= 0, x < columns, y >= 0, y < rows else { return }
    frame.put(character, x: x, y: y)
  }
}
