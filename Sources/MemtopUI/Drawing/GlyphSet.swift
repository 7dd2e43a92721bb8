import MemtopCore

/// The characters that the views draw with: Unicode ones, or twins for a terminal without them.
///
/// Every glyph takes one column.
public struct GlyphSet: Equatable, Sendable {
  /// Eight fillings of a cell from the left, from an eighth to whole.
  public var eighths: [Character]
  /// Eight heights of a sparkline's cell, from the lowest to whole.
  public var levels: [Character]
  /// Parts of a memory bar: what programs hold, the cache, what is free, and what is not known.
  public var busy, cache, free, unknown: Character
  /// The edges of a bar.
  public var barLeft, barRight: Character
  /// Where a target stands in a bar.
  public var mark: Character
  /// Going up, going down, holding still.
  public var up, down, steady: Character
  /// A recording that runs, and one that does not; a tagged domain.
  public var dot, ring, tag: Character
  /// Leads from an old value to a new one.
  public var arrow: Character
  /// Before the name of a domain that belongs to the one in the row above.
  public var under: Character
  /// Stands for text that was cut.
  public var ellipsis: Character
  /// The line between facts on one row.
  public var separator: Character
  public var horizontal, vertical: Character
  public var topLeft, topRight, bottomLeft, bottomRight: Character
  /// Tees, named by the side on which they have no arm: `teeLeft` closes a line that comes from the right.
  public var teeLeft, teeRight, teeTop, teeBottom, cross: Character

  public static let unicode = GlyphSet(
    eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    busy: "█", cache: "▒", free: "░", unknown: "▚", barLeft: "▕", barRight: "▏", mark: "┊",
    up: "▲", down: "▼", steady: "=", dot: "●", ring: "○", tag: "✓", arrow: "→",
    under: "└", ellipsis: "…",
    separator: "│", horizontal: "─", vertical: "│",
    topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘",
    teeLeft: "├", teeRight: "┤", teeTop: "┬", teeBottom: "┴", cross: "┼")

  public static let ascii = GlyphSet(
    eighths: [" ", " ", " ", "#", "#", "#", "#", "#"],
    levels: ["_", "_", ".", "-", "-", "=", "^", "#"],
    busy: "#", cache: "=", free: ".", unknown: "?", barLeft: "[", barRight: "]", mark: "|",
    up: "^", down: "v", steady: "=", dot: "*", ring: "o", tag: "*", arrow: ">",
    under: "`", ellipsis: "~",
    separator: "|", horizontal: "-", vertical: "|",
    topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
    teeLeft: "+", teeRight: "+", teeTop: "+", teeBottom: "+", cross: "+")
}
