import MemtopCore

/// The characters that the views draw with: Unicode ones, or twins for a terminal without them.
///
/// Every glyph takes one column.
package struct GlyphSet: Equatable, Sendable {
  /// Eight fillings of a cell from the left, from an eighth to whole.
  package var eighths: [Unicode.Scalar]
  /// Eight heights of a sparkline's cell, from the lowest to whole.
  package var levels: [Unicode.Scalar]
  /// Parts of a memory bar: what programs hold, the cache, what is free, and what is not known.
  package var busy, cache, free, unknown: Unicode.Scalar
  /// The edges of a bar.
  package var barLeft, barRight: Unicode.Scalar
  /// Where a target stands in a bar.
  package var mark: Unicode.Scalar
  /// Going up, going down, holding still.
  package var up, down, steady: Unicode.Scalar
  /// A recording that runs, and one that does not; a tagged domain.
  package var dot, ring, tag: Unicode.Scalar
  /// Leads from an old value to a new one.
  package var arrow: Unicode.Scalar
  /// Before the name of a domain that belongs to the one in the row above.
  package var under: Unicode.Scalar
  /// Stands for text that was cut.
  package var ellipsis: Unicode.Scalar
  /// The line between facts on one row.
  package var separator: Unicode.Scalar
  package var horizontal, vertical: Unicode.Scalar
  package var topLeft, topRight, bottomLeft, bottomRight: Unicode.Scalar
  /// Tees, named by the side on which they have no arm: `teeLeft` closes a line that comes from the right.
  package var teeLeft, teeRight, teeTop, teeBottom, cross: Unicode.Scalar

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
