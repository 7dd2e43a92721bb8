import MemtopCore

/// A file in xl's configuration language, xl.cfg(5) and xl.conf(5): `name = value` and `name += value`.
package struct XLConfig: Sendable {
  package indirect enum Value: Hashable, Sendable {
    /// A number or a string.
    case atom(String)
    case list([Value])
  }

  package struct Setting: Hashable, Sendable {
    package let value: Value
    package let line: Int
  }

  /// As it was given, safe to print.
  package let path: String
  private var settings: [String: Setting] = [:]

  /// Reads the file at `path`.
  ///
  /// - Throws: `ConfError` with the file, and the line where there is one.
  package init(_ path: String) throws(ConfError) {
    try self.init(text: TextFile.contents(of: path), path: path)
  }

  /// The same of a text that is at hand.
  package init(text: [UInt8], path: String) throws(ConfError) {
    self.path = ConfError.shown(path)
    var parser = Parser(tokens: XLTokens(text, path: self.path))
    settings = try parser.settings()
  }

  /// Its value: the last `=`, with every later `+=` added to it.
  package subscript(name: String) -> Setting? { settings[name] }

  private struct Parser {
    var tokens: XLTokens
    private var depth = 0
    /// The line in which the statement that is being read begins.
    private var beginning = 1

    /// No file has lists in so many lists; a thread's stack would not hold half a million.
    private static let deepest = 100

    init(tokens: XLTokens) { self.tokens = tokens }

    mutating func settings() throws(ConfError) -> [String: Setting] {
      var settings: [String: Setting] = [:]
      while let (token, line) = try tokens.next() {
        if token == .newline || token == .semicolon { continue }
        beginning = line
        guard case .name(let name) = token, let sign = try tokens.next()?.token,
          sign == .assign || sign == .add
        else { throw notAssignment }
        var value = try self.value(try tokens.next())
        if sign == .add, let former = settings[name] { value = Self.sum(former.value, value) }
        settings[name] = Setting(value: value, line: line)
        try end()
      }
      return settings
    }

    private var notAssignment: ConfError { tokens.problem("is not name = value", in: beginning) }

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
      case (.list, .atom), (.atom, .list): value
      }
    }

    private mutating func value(
      _ next: (token: XLTokens.Token, line: Int)?
    ) throws(ConfError) -> Value {
      guard let (token, line) = next else { throw notAssignment }
      switch token {
      case .atom(let text): return .atom(text)
      case .open: return .list(try list(openedIn: line))
      case .name, .assign, .add, .close, .comma, .semicolon, .newline: throw notAssignment
      }
    }

    /// What stands up to the `]`; newlines may stand anywhere.
    private mutating func list(openedIn opening: Int) throws(ConfError) -> [Value] {
      guard depth < Self.deepest else {
        throw tokens.problem("has lists nested more than \(Self.deepest) deep", in: opening)
      }
      depth += 1
      defer { depth -= 1 }
      var values: [Value] = []
      var wantsComma = false
      while let next = try tokens.next() {
        switch next.token {
        case .newline: break
        case .close: return values
        case .comma where wantsComma: wantsComma = false
        case .atom, .open:
          guard !wantsComma else {
            throw tokens.problem("has a list without a comma", in: next.line)
          }
          values.append(try value(next))
          wantsComma = true
        case .name, .assign, .add, .comma, .semicolon:
          throw tokens.problem("has an unexpected sign in a list", in: next.line)
        }
      }
      throw tokens.problem("has a list that is not closed", in: opening)
    }
  }
}

/// The words and signs of xl's configuration language, as its lexer takes them (libxlu_cfg_l.l).
struct XLTokens {
  enum Token: Equatable {
    case name(String)
    /// A number, or a string without its quotes.
    case atom(String)
    case assign, add, open, close, comma, semicolon, newline
  }

  private let text: [UInt8]
  private let path: String
  private var place = 0
  private(set) var line = 1

  init(_ text: [UInt8], path: String) {
    (self.text, self.path) = (text, path)
  }

  /// The next token, with its line; nil at the end.
  mutating func next() throws(ConfError) -> (token: Token, line: Int)? {
    skipBlanks()
    guard place < text.count else { return nil }
    let line = line
    return (try token(), line)
  }

  /// - Parameter line: default the one that is being read; after a newline that is the next one.
  func problem(_ what: String, in line: Int? = nil) -> ConfError {
    ConfError(path, line ?? self.line, what)
  }

  private mutating func skipBlanks() {
    while place < text.count {
      switch text[place] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): place += 1
      case UInt8(ascii: "#"):
        while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
      default: return
      }
    }
  }

  private static let signs: [UInt8: Token] = [
    UInt8(ascii: "="): .assign, UInt8(ascii: "["): .open, UInt8(ascii: "]"): .close,
    UInt8(ascii: ","): .comma, UInt8(ascii: ";"): .semicolon, UInt8(ascii: "\n"): .newline,
  ]

  private mutating func token() throws(ConfError) -> Token {
    let byte = text[place]
    if let sign = Self.signs[byte] {
      place += 1
      if sign == .newline { line += 1 }
      return sign
    }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .atom(try quoted(byte))
    case UInt8(ascii: "+") where text[place...].dropFirst().first == UInt8(ascii: "="):
      place += 2
      return .add
    case UInt8(ascii: "a")...UInt8(ascii: "z"):
      return .name(word { Self.isLower($0) || Self.isDigit($0) || $0 == 0x2E || $0 == 0x5F })
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .atom(word { Self.isDigit($0) || $0 == 0x78 || (0x61...0x66).contains($0) })
    default: throw problem("is not xl's configuration language" + shown)
    }
  }

  private var shown: String {
    let rest = text[place...].prefix { $0 != UInt8(ascii: "\n") }
    return ": " + SafeText.escaped(Array(rest), limit: 40)
  }

  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
    let start = place
    while place < text.count, belongs(text[place]) { place += 1 }
    return String(decoding: text[start..<place], as: UTF8.self)
  }

  /// A backslash keeps the byte behind it from ending the string, but not the line. Escapes stay as they
  /// are, because none of the values that are understood has any.
  private mutating func quoted(_ quote: UInt8) throws(ConfError) -> String {
    place += 1
    let start = place
    while place < text.count, text[place] != UInt8(ascii: "\n") {
      if text[place] == quote {
        place += 1
        return String(decoding: text[start..<(place - 1)], as: UTF8.self)
      }
      let isEscape =
        text[place] == UInt8(ascii: "\\") && text[(place + 1)...].first != UInt8(ascii: "\n")
      place += isEscape ? 2 : 1
    }
    throw problem("has a string that is not closed")
  }
}

/// Whether `xl create` takes what it lacks from dom0 by itself: `autoballoon` in xl.conf(5).
package enum Autoballoon: Sendable {
  case on, off
  /// Only where Xen was booted without dom0_mem= (xl.c, auto_autoballoon).
  case auto

  package static let path = "/etc/xen/xl.conf"

  /// xl's own choice where the file cannot be read or says something else is `auto`.
  package static func read(_ path: String = path) -> Autoballoon {
    guard let config = try? XLConfig(path) else { return .auto }
    return Autoballoon(config)
  }

  init(_ config: XLConfig) {
    guard case .atom(let word) = config["autoballoon"]?.value else {
      self = .auto
      return
    }
    switch word {
    case "on", "1": self = .on
    case "off", "0": self = .off
    default: self = .auto
    }
  }

  /// What an operator should know who asked for more than the guests can give; nil where xl leaves dom0
  /// alone.
  package var hint: String? {
    switch self {
    case .off: nil
    case .on: "xl create takes the missing memory from dom0 (autoballoon in \(Self.path))"
    case .auto:
      "xl create takes the missing memory from dom0, unless Xen was booted with dom0_mem="
        + " (autoballoon in \(Self.path))"
    }
  }
}
