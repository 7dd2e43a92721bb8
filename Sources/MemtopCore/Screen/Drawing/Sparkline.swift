/// Two minutes in twelve cells: heights in eighths of a row, in proportion to the levels.
public enum Sparkline {
  public static let cells = 12
  /// A cell's length; the line moves only this often, for bytes to a serial console are precious.
  public static let cell = Span.seconds(10)

  /// 1...8 for each level (0 for nothing at all), nil for gaps.
  public static func heights(_ levels: [Bytes?]) -> [Int?] {
    let highest = levels.reduce(Bytes.zero) { max($0, $1 ?? .zero) }
    let lowest = levels.reduce(highest) { min($0, $1 ?? $0) }
    // A level that hardly moves stands a little above the middle, not as a wall.
    let top = highest.plus(max(.zero, lowest / 5 * 3))
    return levels.map { level in
      guard let level else { return nil }
      guard level.count > 0 else { return 0 }
      return max(1, MemoryBar.cells(level, of: top, 8))
    }
  }
}
