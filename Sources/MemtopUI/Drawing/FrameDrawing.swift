import MemtopCore

extension Frame {
  /// Puts `text` with its first column at (`row`, `column`), cut at the frame's edges and after
  /// `maxWidth` columns.
  ///
  /// A wide character that would be cut in half is left out. What has no width of its own
  /// (combining marks, directional controls) is dropped, and control characters become `?`, so no
  /// guest can write to the operator's terminal through its name.
  /// - Returns: the columns from `column` to the end of the text, as far as it was not cut.
  @discardableResult
  package mutating func put(
    _ text: String, at row: Int, _ column: Int, _ style: Style = .plain, maxWidth: Int? = nil
  ) -> Int {
    guard hasRow(row), column < width else { return 0 }
    let room = min(maxWidth ?? .max, width - max(column, -Int.max / 2))
    guard room > 0 else { return 0 }
    var used = 0
    if column >= 0, putASCII(text, at: row, column, room, style, &used) {
      return used
    }
    for scalar in text.unicodeScalars {
      let columns = TextWidth.columns(of: scalar)
      guard columns > 0 else { continue }
      guard used + columns <= room else { break }
      let isControl = TextWidth.isControl(scalar)
      set(isControl ? "?" : scalar, columns, at: row, column + used, style)
      used += columns
    }
    return used
  }

  /// Fills `columns` of `row`, as far as they exist, with a character of one column.
  package mutating func fill(
    row: Int, columns: Range<Int>, with character: Unicode.Scalar = " ", _ style: Style = .plain
  ) {
    let filler = TextWidth.isControl(character) ? "?" : character
    guard hasRow(row), TextWidth.columns(of: filler) == 1 else { return }
    for column in columns.clamped(to: 0..<width) { set(filler, 1, at: row, column, style) }
  }

  /// Changes the style of `columns` of `row`, as far as they exist, and leaves their characters.
  package mutating func restyle(
    row: Int, columns: Range<Int>, _ change: (inout Style) -> Void
  ) {
    guard hasRow(row) else { return }
    for column in columns.clamped(to: 0..<width) { change(&rows[row][column].style) }
  }

  /// Puts one character of one column; what takes more or none is put as text.
  mutating func put(_ scalar: Unicode.Scalar, at row: Int, _ column: Int, _ style: Style) {
    guard !TextWidth.isControl(scalar), TextWidth.columns(of: scalar) == 1 else {
      put(String(scalar), at: row, column, style)
      return
    }
    guard hasRow(row), column >= 0, column < width else { return }
    mendHalves(row, column, column + 1)
    rows[row][column] = Cell(scalar: scalar, style: style)
  }

  /// Puts `count` characters of one column each, as far as there is room, which `draw` gives by their
  /// places from 0 on.
  mutating func put(
    _ count: Int, at row: Int, _ start: Int, draw: (Int) -> (Unicode.Scalar, Style)
  ) {
    let count = min(count, width - start)
    guard hasRow(row), start >= 0, count > 0 else { return }
    mendHalves(row, start, start + count)
    rows[row].withUnsafeMutableBufferPointer { cells in
      for place in 0..<count {
        let (scalar, style) = draw(place)
        cells[start + place] = Cell(scalar: scalar, style: style)
      }
    }
  }

  /// The way of nearly all text; false if something in it is not printable ASCII, and `used` is 0.
  private mutating func putASCII(
    _ text: String, at row: Int, _ start: Int, _ room: Int, _ style: Style, _ used: inout Int
  ) -> Bool {
    let count = text.utf8.withContiguousStorageIfAvailable { bytes -> Int? in
      let count = min(room, bytes.count)
      guard Self.isASCII(bytes) else { return nil }
      putCells(UnsafeBufferPointer(rebasing: bytes[..<count]), at: row, start, style)
      return count
    }
    guard let count, let count else { return false }
    used = count
    return true
  }

  /// Puts text that fits; false, and nothing is put, if something in it is not printable ASCII.
  mutating func putASCII(
    _ bytes: UnsafeBufferPointer<UInt8>, at row: Int, _ start: Int, _ style: Style
  ) -> Bool {
    guard hasRow(row), start >= 0, start + bytes.count <= width, Self.isASCII(bytes) else {
      return false
    }
    putCells(bytes, at: row, start, style)
    return true
  }

  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  /// Through pointers: bounds and owners are not looked at again for each character.
  private mutating func putCells(
    _ bytes: UnsafeBufferPointer<UInt8>, at row: Int, _ start: Int, _ style: Style
  ) {
    guard !bytes.isEmpty else { return }
    mendHalves(row, start, start + bytes.count)
    rows[row].withUnsafeMutableBufferPointer { cells in
      for index in 0..<bytes.count {
        cells[start + index] = Cell(scalar: Unicode.Scalar(bytes[index]), style: style)
      }
    }
  }

  /// Sets one character, or the blank half of a wide one at the left edge.
  private mutating func set(
    _ scalar: Unicode.Scalar, _ columns: Int, at row: Int, _ column: Int, _ style: Style
  ) {
    guard column + columns > 0 else { return }
    let start = max(0, column)
    let end = column + columns
    mendHalves(row, start, end)
    rows[row][start] = Cell(scalar: column < 0 ? " " : scalar, style: style)
    guard end - start == 2 else { return }
    rows[row][start + 1] = Cell(scalar: Cell.continuation, style: style)
  }

  /// Blanks the other half of every wide character that `start..<end` is about to cut.
  private mutating func mendHalves(_ row: Int, _ start: Int, _ end: Int) {
    if rows[row][start].isContinuation { rows[row][start - 1].scalar = " " }
    if end < width, rows[row][end].isContinuation { rows[row][end].scalar = " " }
  }
}
