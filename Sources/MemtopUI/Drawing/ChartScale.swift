import MemtopCore

/// How a span of the past is cut into the cells of a chart.
public struct ChartScale: Hashable, Sendable {
  public let range: ChartRange
  public let cell: Span
  public let cells: Int

  /// Whole divisors of every range, so that a chart covers it exactly.
  private static let lengths: [Int64] = [
    1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 300, 360, 600, 900, 1200, 1800, 3600,
  ]

  /// - Parameter width: the columns that there are for it, at least 1.
  public init(_ range: ChartRange, width: Int) {
    self.range = range
    let seconds = range.span.wholeSeconds
    let length =
      Self.lengths.first { seconds % $0 == 0 && seconds / $0 <= Int64(max(1, width)) } ?? seconds
    cell = .seconds(length)
    cells = Int(seconds / length)
  }

  /// The axis below a chart: how long ago, in as many places as fit.
  ///
  /// - Parameter end: what its right end is: now, or a time of the past.
  func axis(margin: Int, end: String) -> StyledLine {
    var line = StyledLine(String(repeating: " ", count: margin))
    let marks: [(at: Int, text: String)] = [
      (0, Self.ago(range.span)),
      (cells / 2, Self.ago(range.span / 2)),
      (cells, end),
    ]
    for (at, text) in marks {
      let start = margin + min(max(0, at - text.count / 2), max(0, cells - text.count))
      guard start >= line.columns, start + text.count <= margin + max(cells, text.count) else {
        continue
      }
      line.pad(to: start, gap: 0)
      line.add(text, .dim)
    }
    return line
  }

  private static func ago(_ span: Span) -> String {
    let seconds = span.wholeSeconds
    if seconds < 120 { return "-\(seconds)s" }
    if seconds < 7200 { return seconds % 60 == 0 ? "-\(seconds / 60)m" : "-\(seconds)s" }
    return "-\(seconds / 3600)h"
  }
}
