import MemtopCore

/// A file in xl's configuration language, xl.cfg(5) and xl.conf(5): `name = value` and `name += value`.
package struct XLConfig: Sendable {
  public indirect enum Value: Hashable, Sendable {
    /// A number or a string.
    case atom(String)
    case list([Value])
  }

  package struct Setting: Hashable, Sendable {
    package let value: Value
    package let line: Int
    /// It was said with `+=`.
    package let isAddition: Bool
  }

  /// As it was given, safe to print.
  package let path: String
  private var settings: [String: Setting] = [:]

  /// Reads the file at `path`.
  package init(_ path: String) throws(ConfError) {
    try self.init(text: TextFile.contents(of: path), path: path)
  }

  /// The same of a text that is at hand.
  package init(text: [UInt8], path: String) throws(ConfError) {
    self.path = ConfError.shown(path)
    var parser = Parser(tokens: XLTokens(text, path: self.path))
    settings = try parser.settings()
  }

  /// What was said last.
  public subscript(name: String) -> Setting? { settings[name] }

  private struct Parser {
    var tokens: XLTokens

    mutating func settings() throws(ConfError) -> [String: Setting] {
      var settings: [String: Setting] = [:]
      while let (token, line) = try tokens.next() {
        if token == .newline || token == .semicolon { continue }
        guard case .name(let name) = token, let sign = try tokens.next()?.token,
          sign == .assign || sign == .add
        else { throw notAssignment }
        var value = try self.value(try tokens.next()?.token)
        if sign == .add, let former = settings[name] { value = Self.sum(former.value, value) }
        settings[name] = Setting(value: value, line: line, isAddition: sign == .add)
        try end()
      }
      return settings
    }

    private var notAssignment: ConfError { tokens.problem("is not name = value") }

    private mutating func end() throws(ConfError) {
      guard let token = try tokens.next()?.token else { return }
      guard token == .newline || token == .semicolon else {
        throw notAssignment
      }
    }

    private static func sum(_ former: Value, _ value: Value) -> Value {
      switch (former, value) {
      case (.list(let former), .list(let more)): .list(former + more)
      case (.atom(let former), .atom(let more)): .atom(former + more)
      default: value
      }
    }

    private mutating func value(_ token: XLTokens.Token?) throws(ConfError) -> Value {
      switch token {
      case .atom(let text): return .atom(text)
      case .open: return .list(try list())
      case .name, .assign, .add, .close, .comma, .semicolon, .newline, nil: throw notAssignment
      }
    }

    /// What stands up to the `]`; newlines may stand anywhere.
    private mutating func list() throws(ConfError) -> [Value] {
      var values: [Value] = []
      var wantsComma = false
      while let token = try tokens.next()?.token {
        switch token {
        case .newline: break
        case .close: return values
        case .comma where wantsComma: wantsComma = false
        case .atom, .open:
          guard !wantsComma else { throw tokens.problem("has a list without a comma") }
          values.append(try value(token))
          wantsComma = true
        case .name, .assign, .add, .comma, .semicolon:
          throw tokens.problem("has a list that is not one")
        }
      }
      throw tokens.problem("has a list without an end")
    }
  }
}
