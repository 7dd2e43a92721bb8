import MemtopCore

/// A terminal's size in character cells.
///
/// Both from 0 to `most`: a window says any 16 bits, and curses counts in 15; more than anybody can
/// read would only cost memory, and what is beyond stays blank.
public struct ScreenSize: Hashable, Sendable {
  public let columns: Int
  public let rows: Int
  public static let most = (columns: 2000, rows: 500)

  public init(columns: Int, rows: Int) {
    self.columns = min(max(0, columns), Self.most.columns)
    self.rows = min(max(0, rows), Self.most.rows)
  }
}
