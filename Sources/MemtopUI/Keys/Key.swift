import MemtopCore

/// A key as the operator pressed it, whatever bytes the terminal sent for it.
package enum Key: Hashable, Sendable {
  /// A printable character; Space is one of them.
  case character(Character)
  /// Ctrl with a letter (upper case) or one of `\ ] ^ _`: ^C is `.control("C")`.
  /// ^H, ^I, ^J and ^M never appear here: they are `backspace`, `tab` and `enter`.
  case control(Character)
  case up, down, left, right
  case pageUp, pageDown, home, end, insert, delete
  case tab, enter, escape, backspace
  /// F1 to F24.
  case f(Int)
  /// Text from the clipboard: one line without control characters, and never a command.
  case pasted(String)
}

extension Key {
  /// The key's name in the command table and in help; nil for keys that no command has.
  package var commandName: String? {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let character): "^" + String(character)
    case .up: "Up"
    case .down: "Down"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .enter: "Enter"
    case .escape: "Esc"
    case .f(let number): "F\(number)"
    case .left, .right, .insert, .delete, .tab, .backspace, .pasted: nil
    }
  }

  /// What a key does to a line that is being typed.
  enum Edit: Hashable {
    case cancel, finish, insert(String), deleteLast, deleteAll
  }

  var edit: Edit? {
    switch self {
    case .character(let character): .insert(String(character))
    case .pasted(let text): .insert(text)
    case .escape: .cancel
    case .enter: .finish
    case .backspace: .deleteLast
    case .control("U"): .deleteAll
    case .control, .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .insert, .delete,
      .tab, .f:
      nil
    }
  }
}

/// Pasted text as one line: lines are joined by a blank, tabs are blanks, and control characters and
/// what has no width are left out, as where text is typed.
struct PastedLine: Sendable {
  private var scalars = String.UnicodeScalarView()
  private var utf8 = UTF8Collector()
  /// A line has ended, and another has yet to begin.
  private var isBetweenLines = false
  /// More is not kept: no line that is typed is longer.
  private static let longest = 1000

  var text: String { String(scalars) }

  mutating func take(_ byte: UInt8) {
    guard case .scalar(let scalar) = utf8.take(byte) else { return }
    switch scalar {
    case "\n", "\r": isBetweenLines = !scalars.isEmpty
    case "\t": add(" ")
    default:
      if !TextWidth.isControl(scalar), TextWidth.columns(of: scalar) > 0 { add(scalar) }
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    guard scalars.count < Self.longest else { return }
    if isBetweenLines { scalars.append(" ") }
    isBetweenLines = false
    scalars.append(scalar)
  }
}
