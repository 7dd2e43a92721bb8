import MemtopCore

extension Key {
  /// The key's name in the command table and in help; nil for keys that no command has.
  public var commandName: String? {
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
