import MemtopCore

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

  func problem(_ what: String) -> ConfError { ConfError(path, line, what) }

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

  /// A backslash keeps the byte behind it from ending the string. Escapes stay as they are, because none
  /// of the values that are understood has any.
  private mutating func quoted(_ quote: UInt8) throws(ConfError) -> String {
    place += 1
    let start = place
    while place < text.count, text[place] != UInt8(ascii: "\n") {
      if text[place] == quote {
        place += 1
        return String(decoding: text[start..<(place - 1)], as: UTF8.self)
      }
      place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    throw problem("has a string without an end")
  }
}
