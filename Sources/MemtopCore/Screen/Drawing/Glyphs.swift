/// The shapes that the screen is drawn with, in Unicode or in ASCII; each is one column wide.
struct Glyphs: Sendable {
  var busy: Character
  var cache: Character
  var free: Character
  var unknown: Character
  var target: Character
  var barStart: Character
  var barEnd: Character
  /// 1...7 eighths of a cell from the left.
  var busyEnds: [Character]
  /// 0...8 eighths of a cell from below.
  var heights: [Character]
  var up: Character
  var down: Character
  var stuck: Character
  var staged: Character
  var cursor: Character
  var tag: Character
  var cursorOnTag: Character
  var arrow: Character
  var ellipsis: Character
  var rule: Character
  var axis: Character
  var corner: Character
  var sortedDown: Character
  var sortedUp: Character
  var dot: Character

  static let unicode = Glyphs(
    busy: "█", cache: "▒", free: "░", unknown: "▚", target: "┊", barStart: "▕", barEnd: "▏",
    busyEnds: ["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
    heights: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], up: "▲", down: "▼", stuck: "!",
    staged: "→", cursor: "›", tag: "•", cursorOnTag: "»", arrow: "→", ellipsis: "…", rule: "─",
    axis: "│", corner: "└", sortedDown: "▾", sortedUp: "▴", dot: "·")

  static let ascii = Glyphs(
    busy: "#", cache: "=", free: "-", unknown: "?", target: "|", barStart: "[", barEnd: "]",
    busyEnds: ["=", "=", "=", "#", "#", "#", "#"],
    heights: [" ", "_", "_", ".", "-", "-", "=", "+", "#"], up: "^", down: "v", stuck: "!",
    staged: ">", cursor: ">", tag: "*", cursorOnTag: "+", arrow: ">", ellipsis: "~", rule: "-",
    axis: "|", corner: "+", sortedDown: "v", sortedUp: "^", dot: ".")
}
