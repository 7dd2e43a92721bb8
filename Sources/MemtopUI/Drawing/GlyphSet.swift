import MemtopCore

/// The characters that the views draw with: Unicode ones, or twins for a terminal without them.
///
/// Every glyph takes one column.
package struct GlyphSet: Equatable, Sendable {
  /// Eight fillings of a cell from the left, from an eighth to whole.
  package var eighths: [Character]
  /// Eight heights of a sparkline's cell, from the lowest to whole.
  package var levels: [Character]
  /// Parts of a memory bar: what programs hold, the cache, what is free, and what is not known.
  package var busy, cache, free, unknown: Character
  /// The edges of a bar.
  package var barLeft, barRight: Character
  /// Where a target stands in a bar.
  package var mark: Character
  /// Going up, going down, holding still.
  package var up, down, steady: Character
  /// A recording that runs, and one that does not; a tagged domain.
  package var dot, ring, tag: Character
  /// Leads from an old value to a new one.
  package var arrow: Character
  /// Before the name of a domain that belongs to the one in the row above.
  package var under: Character
  /// Stands for text that was cut.
  package var ellipsis: Character
  /// The line between facts on one row.
  package var separator: Character
  package var horizontal, vertical: Character
  package var topLeft, topRight, bottomLeft, bottomRight: Character
  /// Tees, named by the side on which they have no arm: `teeLeft` closes a line that comes from the right.
  package var teeLeft, teeRight, teeTop, teeBottom, cross: Character

  package static let unicode = GlyphSet(
    eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    busy: "█", cache: "▒", free: "░", unknown: "▚", barLeft: "▕", barRight: "▏", mark: "┊",
    up: "▲", down: "▼", steady: "=", dot: "●", ring: "○", tag: "✓", arrow: "→",
    under: "└", ellipsis: "…",
    separator: "│", horizontal: "─", vertical: "│",
    topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘",
    teeLeft: "├", teeRight: "┤", teeTop: "┬", teeBottom: "┴", cross: "┼")

  package static let ascii = GlyphSet(
    eighths: [" ", " ", " ", "#", "#", "#", "#", "#"],
    levels: ["_", "_", ".", "-", "-", "=", "^", "#"],
    busy: "#", cache: "=", free: ".", unknown: "?", barLeft: "[", barRight: "]", mark: "|",
    up: "^", down: "v", steady: "=", dot: "*", ring: "o", tag: "*", arrow: ">",
    under: "`", ellipsis: "~",
    separator: "|", horizontal: "-", vertical: "|",
    topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
    teeLeft: "+", teeRight: "+", teeTop: "+", teeBottom: "+", cross: "+")
}
