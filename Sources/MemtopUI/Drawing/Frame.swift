import MemtopCore

/// One screenful of styled cells, row by row; what every view draws into and every terminal shows.
///
/// Nothing is ever outside of it: whatever is put beyond an edge is cut there, and never wraps.
package struct Frame: Equatable, Sendable {
  /// One column of one row. The second column of a wide character holds `continuation`.
  package struct Cell: Hashable, Sendable {
    package var scalar: Unicode.Scalar
    package var style: Style

    static let blank = Cell(scalar: " ", style: .plain)
    static let continuation: Unicode.Scalar = "\0"
    @inlinable package static func == (a: Cell, b: Cell) -> Bool {
      a.scalar == b.scalar && a.style == b.style
    }

    /// Whether this is the right half of the wide character before it.
    package var isContinuation: Bool { scalar == Cell.continuation }
  }

  /// Text of one style that starts at `column`.
  package struct Run: Equatable, Sendable {
    package var column: Int
    package var text: String
    package var style: Style
  }

  /// A place on the screen, from 0 at the top left.
  package struct Place: Equatable, Sendable {
    package var row: Int
    package var column: Int
    package init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// In columns; 0 or more.
  package let width: Int
  /// In rows; 0 or more.
  package let height: Int
  /// Where the terminal's cursor is shown (a prompt); nil hides it.
  package var cursor: Place?
  /// Each by itself: one that stays the same is neither copied nor compared.
  var rows: [[Cell]]

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    rows = Array(repeating: Array(repeating: .blank, count: self.width), count: self.height)
  }

  /// The cells of a row that exists, `width` of them.
  package func cells(in row: Int) -> [Cell] { rows[row] }

  /// Whether `row` looks the same in `other`; rows that either lacks differ.
  package func rowsEqual(_ row: Int, to other: Frame) -> Bool {
    hasRow(row) && other.hasRow(row, like: self) && Self.areEqual(rows[row], other.rows[row])
  }

  /// Of rows of one width. Those that were kept are one in memory.
  private static func areEqual(_ a: [Cell], _ b: [Cell]) -> Bool {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        a.baseAddress == b.baseAddress || hasSameWords(.init(a), .init(b)) || a.elementsEqual(b)
      }
    }
  }

  /// Eight bytes at a time, as most rows are the same. Where bytes between the cells' members differ, it is
  /// false for cells that are equal.
  private static func hasSameWords(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer
  ) -> Bool {
    guard a.count == b.count, a.count % 8 == 0 else { return false }
    var place = 0
    while place < a.count,
      a.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        == b.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    {
      place += 8
    }
    return place == a.count
  }

  /// Whether there is this row, as wide as that of `other`.
  package func hasRow(_ row: Int, like other: Frame) -> Bool { width == other.width && hasRow(row) }

  /// The characters of a row without the blanks at its end; "" for a row that does not exist.
  package func text(_ row: Int) -> String {
    guard hasRow(row) else { return "" }
    var text = String.UnicodeScalarView()
    var end = rows[row][...]
    while end.last?.scalar == " " { end.removeLast() }
    for cell in end where !cell.isContinuation { text.append(cell.scalar) }
    return String(text)
  }

  /// A row as pieces of one style each, blanks included.
  package func runs(in row: Int) -> [Run] {
    guard hasRow(row) else { return [] }
    var runs: [Run] = []
    for (column, cell) in cells(in: row).enumerated() {
      if runs.last?.style != cell.style {
        runs.append(Run(column: column, text: "", style: cell.style))
      }
      guard !cell.isContinuation else { continue }
      runs[runs.count - 1].text.unicodeScalars.append(cell.scalar)
    }
    return runs
  }

  func hasRow(_ row: Int) -> Bool { row >= 0 && row < height }
}
