// Stand-ins until the terminal's own types arrive: this file goes then.
public struct ScreenSize: Hashable, Sendable {
  public var columns: Int; public var rows: Int
  public init(columns: Int, rows: Int) { self.columns = columns; self.rows = rows }
}
public enum Key: Hashable, Sendable {
  case character(Character), control(Character), up, down, pageUp, pageDown, home, end, enter,
    escape, backspace, f(Int)
}
extension Key {
  enum Edit { case cancel, finish, insert(Character), deleteLast, deleteAll }
  var edit: Edit? {
    switch self {
    case .character(let c): .insert(c)
    case .escape: .cancel
    case .enter: .finish
    case .backspace: .deleteLast
    case .control("U"): .deleteAll
    default: nil
    }
  }
  var commandName: String? {
    switch self {
    case .character(" "): "Space"
    case .character(let c): String(c)
    case .control(let c): "^" + String(c)
    case .up: "Up"
    case .down: "Down"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .enter: "Enter"
    case .escape: "Esc"
    case .backspace: nil
    case .f(let n): "F\(n)"
    }
  }
}
public struct Style: Hashable, Sendable {
  public var tag: UInt8 = 0; public static let plain = Style()
}
public struct Frame: Sendable {
  public let size: ScreenSize
  var cells: [String]
  init(size: ScreenSize) {
    self.size = size; cells = Array(repeating: " ", count: max(0, size.columns * size.rows))
  }
  mutating func put(_ s: Character, x: Int, y: Int) { cells[y * size.columns + x] = String(s) }
  public var text: String {
    (0..<size.rows).map { y in
      var line = cells[(y * size.columns)..<((y + 1) * size.columns)].joined()
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n") + "\n"
  }
}
enum TextWidth {
  static func columns(of c: Character) -> Int { 1 }
  static func columns(of s: String) -> Int { s.count }
}
