/// A word or a sign of Swift's source. Comments, and strings but for what is interpolated, are left out.
struct SourceToken {
  let text: String
  let line: Int
  let isWord: Bool
  /// Something other than a blank is right before it.
  let isGlued: Bool

  static func all(of text: String) -> [SourceToken] {
    var reader = Reader(bytes: Array(text.utf8))
    reader.readCode(until: nil)
    return reader.tokens
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0
    var line = 1
    var tokens: [SourceToken] = []

    private func has(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

    private mutating func step(_ count: Int = 1) {
      for _ in 0..<count where at < bytes.count {
        if bytes[at] == UInt8(ascii: "\n") { line += 1 }
        at += 1
      }
    }

    private mutating func skip(to end: String) {
      while at < bytes.count, !has(end) { step() }
      step(end.utf8.count)
    }

    /// - Parameter until: ")" ends what is interpolated.
    mutating func readCode(until: UInt8?) {
      var depth = 0
      while at < bytes.count {
        if has("//") {
          while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { step() }
        } else if has("/*") {
          skip(to: "*/")
        } else if has("#\"") {
          step(2)
          skip(to: "\"#")
        } else if bytes[at] == UInt8(ascii: "\"") {
          readString(has("\"\"\"") ? "\"\"\"" : "\"")
        } else if Self.isOfWord(bytes[at]) {
          let begin = at
          while at < bytes.count, Self.isOfWord(bytes[at]) { at += 1 }
          add(begin..<at, isWord: true)
        } else {
          if bytes[at] == until {
            if depth == 0 { return }
            depth -= 1
          } else if bytes[at] == UInt8(ascii: "(") {
            depth += 1
          }
          if !Self.isBlank(bytes[at]) { add(at..<at + 1, isWord: false) }
          step()
        }
      }
    }

    private mutating func readString(_ quote: String) {
      step(quote.utf8.count)
      while at < bytes.count, !has(quote) {
        if has("\\(") {
          step(2)
          readCode(until: UInt8(ascii: ")"))
          step()
        } else {
          step(has("\\") ? 2 : 1)
        }
      }
      step(quote.utf8.count)
    }

    private mutating func add(_ range: Range<Int>, isWord: Bool) {
      let before = range.lowerBound - 1
      tokens.append(
        SourceToken(
          text: String(decoding: bytes[range], as: UTF8.self), line: line, isWord: isWord,
          isGlued: before >= 0 && !Self.isBlank(bytes[before])))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }

    private static func isOfWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
      default: false
      }
    }
  }
}

extension [SourceToken] {
  func isAfterDot(_ index: Int) -> Bool {
    index > 0 && self[index - 1].text == "." && self[index].isGlued
  }

  /// Whether what stands before the dot is a value or a type: `.name` alone is a member of whatever type is
  /// expected there.
  func isOfValue(dot: Int) -> Bool {
    guard dot > 0 else { return false }
    let before = self[dot - 1]
    if self[dot].isGlued { return before.isWord || ")]}?!".contains(before.text) }
    return before.line < self[dot].line
      && (before.isWord ? !Self.leading.contains(before.text) : ")]}".contains(before.text))
  }

  /// What may stand at the end of a line before such a member.
  private static let leading: Set = ["return", "else", "in", "throw", "try", "await", "case"]
}
